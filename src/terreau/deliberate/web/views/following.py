"""To follow a process by mail, and to answer by the link of a mail. A link shows; a button acts."""

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from terreau.commitments.actions.subscribing import subscribe
from terreau.commitments.models import Subscription
from terreau.commitments.queries.subscriptions import (
    ANSWER,
    STOP,
    find_subscription,
    is_secret_of,
    secret_of,
    subscriptions_to,
)
from terreau.commons.models import User
from terreau.commons.web.addresses import absolute
from terreau.commons.web.fields import long_text
from terreau.commons.web.subscribing import AddressForm
from terreau.deliberate.actions.answering import answer_process, takes_statements, texts_to_comment
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import StepKind
from terreau.deliberate.models import Process, Text
from terreau.deliberate.models.texts import CONTRIBUTION_LENGTH
from terreau.deliberate.queries.following import followed_process, mail_secret, topic_of
from terreau.deliberate.web.asking import COOKIE, process_or_404, remember, who_asks
from terreau.ui.codes import qr_code

STATEMENT = "affirmation"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    process, by = process_or_404(request, slug), who_asks(request)
    if process.is_draft:
        raise Http404  # nothing to follow yet, even for those who prepare it
    form = AddressForm(request.POST or None) if by is None else None
    here = absolute(request, "deliberate:follow", process.slug)
    context: dict[str, Any] = {"process": process, "form": form, "by": by, "address": here}
    status = 200
    if request.method == "POST":
        if form is not None and not form.is_valid():
            status = 400
        elif form is not None and form.cleaned_data["fax"]:
            return render(request, "deliberate/follow_sent.html", context)
        else:
            email = by.email if by else form.cleaned_data["email"]  # type: ignore[union-attr]
            if ratelimit.consume(request, action="subscription", key=email.lower()):
                return _followed(request, process, by, email, context)
            status = 429
            context["problem"] = _("Trop de demandes en une heure. Réessayez plus tard.")
    held = _held(by, process) if by else None
    if held:
        context["is_followed"] = True
        context["stop_address"] = reverse("commitments:stop", args=[held.token, secret_of(STOP, held.token)])
    context["code"] = qr_code(here)
    return render(request, "deliberate/follow.html", context, status=status)


def _held(by: User, process: Process) -> Subscription | None:
    return subscriptions_to(by.email).filter(topic=topic_of(process), confirmed_at__isnull=False).first()


def _followed(
    request: HttpRequest, process: Process, by: User | None, email: str, context: dict[str, Any]
) -> HttpResponse:
    def link_to(token: str, secret: str) -> str:
        return absolute(request, "commitments:confirm", token, secret)

    subscribe(address=email, link_to=link_to, by=by, topic=topic_of(process))
    if by is None:
        return render(request, "deliberate/follow_sent.html", context)
    messages.success(request, _("Vous suivez cette démarche."))
    return redirect("deliberate:follow", process.slug)


class AnswerForm(forms.Form):
    """``about``: a statement for everybody to vote on, or a comment of one of the open texts."""

    about = forms.ChoiceField(
        label=gettext_lazy("Ce que vous envoyez"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez ce que vous envoyez.")},
    )
    words = long_text(
        gettext_lazy("Vos mots"),
        required=gettext_lazy("Écrivez quelque chose."),
        length=CONTRIBUTION_LENGTH,
        rows=6,
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about = self.fields["about"]
        assert isinstance(about, forms.ChoiceField)
        about.choices = choices
        if len(choices) == 1:
            about.initial = choices[0][0]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, slug: str, token: str, secret: str) -> HttpResponse:
    subscription = find_subscription(token) if is_secret_of(ANSWER, token, secret) else None
    process = followed_process(subscription) if subscription else None
    if subscription is None or process is None or process.slug != slug or subscription.confirmed_at is None:
        raise Http404
    now = timezone.now()
    texts = {one.token: one for one in texts_to_comment(process, subscription, now)}
    choices = [(STATEMENT, _("une affirmation courte, que d’autres approuvent ou non"))]
    if not takes_statements(process, now):
        choices = []
    choices += [(key, _("un commentaire du texte « %s »") % one.title) for key, one in texts.items()]
    may_vote = process.step_open_at(now, StepKind.VOTE) is not None
    context: dict[str, Any] = {"process": process, "may_vote": may_vote}
    if may_vote and request.POST.get("do") == "vote":  # a press, not the link: a mail scanner opens links
        return _known(request, redirect("deliberate:vote", process.slug), subscription)
    if not choices:
        context["closed"] = _(
            "On n’écrit pas en ce moment dans cette démarche, ou ce dossier vous est fermé."
        )
        return render(request, "deliberate/answer.html", context)
    form = context["form"] = AnswerForm(request.POST or None, choices=choices)
    status = 200
    if request.method == "POST":
        if not ratelimit.consume(request, action="process_answer"):
            status = 429
            form.add_error(None, _("Trop d’envois en une heure. Réessayez plus tard : rien n’est perdu ici."))
        elif form.is_valid() and _answered(form, process, subscription, texts):
            messages.success(request, _("C’est reçu. Vos mots seront relus avant d’être publics."))
            return _known(request, redirect("deliberate:process", process.slug), subscription)
        else:
            status = 400
    return render(request, "deliberate/answer.html", context, status=status)


def _answered(form: AnswerForm, process: Process, subscription: Subscription, texts: dict[str, Text]) -> bool:
    """False: the form says why."""
    text = texts.get(form.cleaned_data["about"])
    try:
        answer_process(
            process=process, subscription=subscription, words=form.cleaned_data["words"], text=text
        )
    except ValidationError as error:
        form.add_error("words", [one for messages in error.message_dict.values() for one in messages])
    except NotAllowed as error:
        form.add_error(None, str(error))
    return form.is_valid()


def _known(request: HttpRequest, response: HttpResponse, subscription: Subscription) -> HttpResponse:
    """A browser that is nobody yet is now the one who answered: her votes are hers too."""
    if subscription.user is None and who_asks(request) is None and COOKIE not in request.COOKIES:
        return remember(response, mail_secret(subscription))
    return response
