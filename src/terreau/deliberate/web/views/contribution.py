"""The page of one contribution: its thread, what became of it, and what its author may still do."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from terreau.commons.enums import Role
from terreau.commons.models import User
from terreau.commons.web.form_errors import take_errors
from terreau.deliberate import actions
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.models import Contribution, Participant
from terreau.deliberate.queries.contributions import find_contribution, thread_of
from terreau.deliberate.queries.texts import current_version
from terreau.deliberate.rules import is_moderator, may_examine
from terreau.deliberate.web.asking import participant_of, process_or_404, remember, secret_of, who_asks
from terreau.deliberate.web.contribution_cards import cards_of
from terreau.deliberate.web.locking import refuse_if_locked
from terreau.deliberate.web.refusals import refuse
from terreau.deliberate.web.text_asking import takes_a_long_form
from terreau.deliberate.web.text_forms import AnswerForm, OutcomeForm

from .contributions import ON_A_PAGE, author_of, thanks
from .texts import why_closed


@takes_a_long_form
def contribution(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """``do``: answer, close, withdraw, erase. An answer has its page too: that of its thread, where it is."""
    process = process_or_404(request, slug)
    found = find_contribution(process, token)
    by = who_asks(request)
    if found is None:
        raise Http404
    if (closed := refuse_if_locked(request, process, text=found.text)) is not None:
        return closed
    participant = participant_of(request, process)
    if not found.is_published and not _may_see(found, participant, by):
        return _not_shown(request, found)
    if request.method != "POST":
        return _page(request, found, participant)
    do = request.POST.get("do", "")
    if do == "answer":
        return _answered(request, found, participant)
    if do == "close":
        return _closed(request, found, participant)
    if do in {"withdraw", "erase"}:
        return _taken_back(request, found, participant, do)
    raise Http404


def _may_see(found: Contribution, participant: Participant | None, by: User | None) -> bool:
    return (participant is not None and found.author_id == participant.pk) or is_moderator(by)


def _not_shown(request: HttpRequest, found: Contribution) -> HttpResponse:
    """Its address was given before: it says that words wait, or the public motive for which they are not shown."""
    context = {"process": found.text.process, "text": found.text, "contribution": found}
    return render(request, "deliberate/contribution_hidden.html", context, status=403)


def _page(
    request: HttpRequest,
    found: Contribution,
    participant: Participant | None,
    forms: dict[str, Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    by = who_asks(request)
    text = found.text
    root = found.answers or found
    page = Paginator(thread_of(root, participant), ON_A_PAGE).get_page(request.GET.get("page"))
    current = current_version(text)
    is_author = participant is not None and found.author_id == participant.pk
    context = {
        "process": text.process,
        "text": text,
        "card": cards_of([found], participant)[0],
        "contribution": found,
        "root": root,
        "page": page,
        "answers": cards_of(page, participant) if not found.answers_id else [],
        "closed_because": why_closed(text, by),
        "is_author": is_author,
        "may_withdraw": is_author and not found.withdrawn_at and not found.kept_in_id,
        "may_erase": not found.is_erased and (is_author or _may_erase(by)),
        "may_close": _may_close(found, by, is_author),
        "is_older": current.number > found.version.number,
        "current": current,
        "forms": {
            "answer": AnswerForm(process=text.process, participant=participant),
            "outcome": OutcomeForm(initial={"outcome": found.outcome, "reason": found.outcome_reason}),
            **(forms or {}),
        },
    }
    return render(request, "deliberate/contribution.html", context, status=status)


def _may_erase(by: User | None) -> bool:
    return by is not None and any(by.has_role(role) for role in (Role.STEWARD, Role.ADMINISTRATOR))


def _may_close(found: Contribution, by: User | None, is_author: bool) -> bool:
    is_judged_last = bool(found.kept_in_id or found.withdrawn_at or found.answers_id)
    return found.is_published and not is_judged_last and not is_author and may_examine(by, found.text.process)


def _answered(request: HttpRequest, found: Contribution, participant: Participant | None) -> HttpResponse:
    by, text = who_asks(request), found.text
    form = AnswerForm(request.POST, process=text.process, participant=participant)

    def again(status: int) -> HttpResponse:
        return _page(request, found, participant, {"answer": form}, status)

    if not form.is_valid():
        return again(400)
    root = found.answers or found
    here = reverse("deliberate:contribution", args=[text.process.slug, root.token])
    if form.cleaned_data["website"]:
        return redirect(here)
    if not ratelimit.consume(request, action="contribution"):
        form.add_error(
            None, _("Trop de contributions depuis cette connexion en une heure. Réessayez plus tard.")
        )
        return again(429)
    secret = "" if by else secret_of(request)
    try:
        with transaction.atomic():
            row = actions.contribute(
                text=text,
                author=author_of(text, form, by, secret),
                version=current_version(text).number,
                key="",
                kind="",
                words=form.cleaned_data["words"],
                answers=root,
                by=by,
            )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return again(400)
    except ValidationError as error:
        take_errors(form, error)
        return again(400)
    messages.success(request, thanks(row))
    last = Paginator(thread_of(root, row.author), ON_A_PAGE).num_pages
    response = redirect(f"{here}?page={last}#c-{row.token}")
    return remember(response, secret) if secret else response


def _closed(request: HttpRequest, found: Contribution, participant: Participant | None) -> HttpResponse:
    by, text = who_asks(request), found.text
    form = OutcomeForm(request.POST)
    here = reverse("deliberate:contribution", args=[text.process.slug, found.token])
    if by is None or not may_examine(by, text.process):
        refusal = NotAllowed(_("Seuls les instructeurs de la démarche disent ce qui est gardé."))
        return refuse(request, text.process, refusal)
    if not form.is_valid():
        return _page(request, found, participant, {"outcome": form}, 400)
    try:
        actions.close_contribution(
            contribution=found, by=by, address=request.build_absolute_uri(here), **form.cleaned_data
        )
    except NotAllowed as refusal:
        return refuse(request, text.process, refusal)
    except ValidationError as error:
        take_errors(form, error)
        return _page(request, found, participant, {"outcome": form}, 400)
    messages.success(request, _("La réponse est publique, et son auteur la reçoit s’il a un compte."))
    return redirect(here)


def _taken_back(
    request: HttpRequest, found: Contribution, participant: Participant | None, do: str
) -> HttpResponse:
    by = who_asks(request)
    act: Any = actions.withdraw_contribution if do == "withdraw" else actions.erase_contribution
    try:
        act(contribution=found, author=participant, by=by)
    except NotAllowed as refusal:
        return refuse(request, found.text.process, refusal)
    else:
        done = _("La contribution est retirée.") if do == "withdraw" else _("Les mots sont effacés.")
        messages.success(request, done)
    return redirect("deliberate:contribution", found.text.process.slug, found.token)
