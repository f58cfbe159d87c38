"""Contributions: those of a paragraph with the form to write one, the page of each, the list of all."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from terreau.commons.enums import College
from terreau.commons.web.form_errors import take_errors
from terreau.deliberate import actions
from terreau.deliberate.actions.contributions import TextChanged
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import ContributionKind, Outcome
from terreau.deliberate.models import Contribution, Paragraph, Participant, Text, TextVersion
from terreau.deliberate.queries.contributions import NO_COLLEGE, acceptance_of, contributions_shown, filtered
from terreau.deliberate.queries.texts import current_version, kept_and_waiting, paragraph_of, version_read
from terreau.deliberate.web.asking import participant_of, remember, secret_of, who_asks
from terreau.deliberate.web.contribution_cards import cards_of
from terreau.deliberate.web.text_asking import of_a_text, takes_a_long_form
from terreau.deliberate.web.text_forms import ContributionForm, WhoForm

from .texts import why_closed

ON_A_PAGE = 50
WHOLE = "texte"  # in an address, in place of the key of a paragraph


@takes_a_long_form
@of_a_text
def paragraph(request: HttpRequest, text: Text, key: str) -> HttpResponse:
    """What is said of one paragraph, or of the whole text. ``proposer``: the kind that the form is for."""
    key = "" if key == WHOLE else key
    current = current_version(text)
    found = paragraph_of(current, key) if key else None
    last = found or _last_known(text, key)
    if key and last is None:
        raise Http404
    kind = request.POST.get("kind", "") or request.GET.get("proposer", "")
    kind = kind if kind in _kinds(found) else ""
    participant = participant_of(request, text.process)
    if request.method == "POST":
        return _contributed(request, text, key, kind, participant)
    form = None
    if kind and not why_closed(text, who_asks(request)):
        initial = {"version": current.number}
        if kind == ContributionKind.REPLACE and found is not None:
            initial["words"] = found.words  # type: ignore[assignment]
        form = ContributionForm(initial=initial, process=text.process, participant=participant)
    return _paragraph_page(request, text, key, kind, form, participant)


def _kinds(found: Paragraph | None) -> list[str]:
    if found is None:
        return [ContributionKind.ADD, ContributionKind.COMMENT]
    return list(ContributionKind.values)


def _last_known(text: Text, key: str) -> Paragraph | None:
    """A paragraph that left the text keeps its page: contributions are still there."""
    return (
        Paragraph.objects.filter(version__text=text, key=key)
        .select_related("version")
        .order_by("-version__number")
        .first()
    )


def _paragraph_page(
    request: HttpRequest,
    text: Text,
    key: str,
    kind: str,
    form: ContributionForm | None,
    participant: Participant | None,
    status: int = 200,
    changed: TextChanged | None = None,
) -> HttpResponse:
    current = current_version(text)
    found = paragraph_of(current, key) if key else None
    rows = contributions_shown(text, participant).filter(paragraph_key=key)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "process": text.process,
        "text": text,
        "key": key,
        "address_key": key or WHOLE,
        "paragraph": found or (_last_known(text, key) if key else None),
        "is_gone": bool(key) and found is None,
        "current": current,
        "kinds": [(value, _PROPOSING[ContributionKind(value)]()) for value in _kinds(found)],
        "kind": kind,
        "kind_label": _PROPOSING[ContributionKind(kind)]() if kind else "",
        "form": form,
        "changed": changed,
        "page": page,
        "cards": cards_of(page, participant),
        "closed_because": why_closed(text, who_asks(request)),
    }
    return render(request, "deliberate/text_paragraph.html", context, status=status)


def _version_told(text: Text, number: str) -> TextVersion | None:
    return version_read(text, int(number)) if number.isdecimal() and len(number) < 6 else None


_PROPOSING: dict[ContributionKind, Any] = {
    ContributionKind.REPLACE: lambda: _("Remplacer ses mots"),
    ContributionKind.ADD: lambda: _("Ajouter un paragraphe après"),
    ContributionKind.DELETE: lambda: _("Proposer de le supprimer"),
    ContributionKind.COMMENT: lambda: _("Commenter"),
}


def _contributed(
    request: HttpRequest, text: Text, key: str, kind: str, participant: Participant | None
) -> HttpResponse:
    by = who_asks(request)
    data = request.POST.copy()
    is_known = _version_told(text, data.get("version", "")) is not None
    if not is_known:
        data["version"] = str(current_version(text).number)  # the page that comes back shows that one
    form = ContributionForm(data, process=text.process, participant=participant)

    def again(status: int, changed: TextChanged | None = None) -> HttpResponse:
        return _paragraph_page(request, text, key, kind, form, participant, status, changed)

    if not is_known:
        form.add_error(
            None, _("On ne sait pas quelle version vous lisiez : relisez le texte, puis envoyez de nouveau.")
        )
    if not form.is_valid():
        return again(400)
    here = reverse("deliberate:paragraph", args=[text.process.slug, text.token, key or WHOLE])
    if form.cleaned_data["website"]:  # a robot: it is told what a person would be told
        return redirect(here)
    if not ratelimit.consume(request, action="contribution"):
        form.add_error(
            None, _("Trop de contributions depuis cette connexion en une heure. Réessayez plus tard.")
        )
        return again(429)
    secret = "" if by else secret_of(request)
    try:
        with transaction.atomic():
            author = author_of(text, form, by, secret)
            row = actions.contribute(
                text=text,
                author=author,
                version=form.cleaned_data["version"],
                key=key,
                kind=kind,
                words=form.cleaned_data["words"],
                why=form.cleaned_data["why"],
                by=by,
            )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return again(400)
    except TextChanged as changed:
        data = form.data.copy()  # type: ignore[attr-defined]
        data["version"] = str(changed.number)  # what she sends next says that she read it
        form.data = data
        return again(409, changed)
    except ValidationError as error:
        take_errors(form, error)
        return again(400)
    messages.success(request, thanks(row))
    response = redirect("deliberate:contribution", text.process.slug, row.token)
    return remember(response, secret) if secret else response


def author_of(text: Text, form: WhoForm, by: Any, secret: str) -> Participant:
    who = form.who()
    author = actions.take_part(process=text.process, by=by, secret=secret, college=who["college"])
    if who["shown_name"] != author.shown_name:
        author.shown_name = who["shown_name"]
        author.save(update_fields=["shown_name"])
    return author


def thanks(row: Contribution) -> str:
    if row.is_published:
        return _("C’est publié. Merci.")
    return _("C’est reçu. Merci. Un modérateur le relit avant que d’autres le lisent.")


@of_a_text
def contributions(request: HttpRequest, text: Text) -> HttpResponse:
    """All of them. ``suite``, ``college``, ``paragraphe``: filters."""
    given = {name: request.GET.get(name, "") for name in ("suite", "college", "paragraphe")}
    current = current_version(text)
    outcomes = [("open", _("pas encore de réponse")), *((v, label) for v, label in Outcome.choices if v)]
    colleges = [
        *((code, College(code).label) for code in text.process.colleges),
        (NO_COLLEGE, _("collège non précisé")),
    ]
    paragraphs = [(WHOLE, _("l’ensemble du texte"))] + [
        (one.key, f"{rank}. {one.words[:60]}") for rank, one in enumerate(current.paragraphs.all(), 1)
    ]
    asked = given["paragraphe"]
    rows = filtered(
        contributions_shown(text),
        outcome=given["suite"] if given["suite"] in dict(outcomes) else "",
        college=given["college"] if given["college"] in dict(colleges) else "",
        key=None if not asked else ("" if asked == WHOLE else asked[:10]),
    )
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "process": text.process,
        "text": text,
        "given": given,
        "outcomes": outcomes,
        "colleges": colleges,
        "paragraphs": paragraphs,
        "page": page,
        "cards": cards_of(page, participant_of(request, text.process)),
        "kept_waiting": kept_and_waiting(text).exclude(kind=ContributionKind.COMMENT).count(),
        "acceptance": acceptance_of(
            text, text.process.colleges, unknown=_("collège non précisé"), everyone=_("ensemble")
        ),
    }
    return render(request, "deliberate/text_contributions.html", context)
