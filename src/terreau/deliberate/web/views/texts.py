"""Texts of a process: the list, adding one, reading it, its versions and what each paragraph carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.commons.web.form_errors import take_errors
from terreau.deliberate import actions
from terreau.deliberate.actions.contributions import TextChanged, check_may_contribute
from terreau.deliberate.actions.supporting import may_support_now
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.enums import ParagraphKind
from terreau.deliberate.models import Paragraph, Process, Text, TextVersion
from terreau.deliberate.queries.texts import (
    carried_by_the_whole,
    counts_by_paragraph,
    current_version,
    footprint_of,
    own_support,
    texts_of,
    told_differences,
    version_read,
    versions_of,
)
from terreau.deliberate.rules import are_results_hidden, is_locked, may_examine, may_facilitate, powers_of
from terreau.deliberate.web.asking import participant_of, process_or_404, remember, secret_of, who_asks
from terreau.deliberate.web.refusals import refuse
from terreau.deliberate.web.text_asking import of_a_text
from terreau.deliberate.web.text_forms import AdoptionForm, ReasonForm

ON_A_PAGE = 25


def texts(request: HttpRequest, slug: str) -> HttpResponse:
    """The list, and which versions came out in which step."""
    process = process_or_404(request, slug)
    by = who_asks(request)
    page = Paginator(texts_of(process), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "process": process,
        "page": page,
        "steps": _versions_by_step(process, list(page)),
        "may_add": may_examine(by, process) or may_facilitate(by, process),
        "is_locked": is_locked(by, process),
    }
    return render(request, "deliberate/texts.html", context)


def _versions_by_step(process: Process, rows: Sequence[Text]) -> list[tuple[Any, list[TextVersion]]]:
    """Every step, and the versions of these texts published while it was open; last, those of no step."""
    if not rows:
        return []
    versions = list(TextVersion.objects.filter(text__in=[one.pk for one in rows]).select_related("text"))
    told = [(step, [one for one in versions if one.step_id == step.pk]) for step in process.steps.all()]
    alone = [one for one in versions if one.step_id is None]
    return [*told, *([(None, alone)] if alone else [])]


@dataclass(frozen=True)
class Line:
    """A paragraph to read, and how many contributions are on it. ``starts``, ``ends``: of a list of items."""

    paragraph: Paragraph
    count: int
    starts: bool
    ends: bool


def lines_of(version: TextVersion, counts: dict[str, int]) -> list[Line]:
    paragraphs = list(version.paragraphs.all())
    is_item = [one.kind == ParagraphKind.ITEM for one in paragraphs]
    return [
        Line(
            one,
            counts.get(one.key, 0),
            is_item[rank] and (rank == 0 or not is_item[rank - 1]),
            is_item[rank] and (rank + 1 == len(paragraphs) or not is_item[rank + 1]),
        )
        for rank, one in enumerate(paragraphs)
    ]


@of_a_text
def text(request: HttpRequest, text: Text) -> HttpResponse:
    """``version``: an earlier one, to read. ``do``: support, stop, end, open, adopt."""
    if request.method == "POST":
        return _acted(request, text)
    return _page(request, text)


def _page(
    request: HttpRequest, text: Text, forms: dict[str, Form] | None = None, status: int = 200
) -> HttpResponse:
    current = current_version(text)
    asked = request.GET.get("version", "")
    shown = version_read(text, int(asked)) if asked.isdecimal() and len(asked) < 6 else current
    if shown is None:
        raise Http404
    by = who_asks(request)
    now = timezone.now()
    counts = counts_by_paragraph(text)
    hidden = are_results_hidden(text.process, now)
    context = {
        "process": text.process,
        "text": text,
        "current": current,
        "shown": shown,
        "is_current": shown.pk == current.pk,
        "lines": lines_of(shown, counts),
        "on_the_whole": counts.get("", 0),
        "closed_because": why_closed(text, by),
        "may_support": may_support_now(text),
        "support": own_support(text, participant_of(request, text.process), current),
        "are_hidden": hidden,
        "supports": None if hidden else shown.supports.count(),
        "may_examine": may_examine(by, text.process),
        "forms": {"reason": ReasonForm(), "adoption": AdoptionForm(), **(forms or {})},
    }
    return render(request, "deliberate/text.html", context, status=status)


def why_closed(text: Text, by: User | None) -> str:
    """Why nobody can contribute now; empty when she can."""
    try:
        check_may_contribute(text, by)
    except NotAllowed as refusal:
        return str(refusal)
    return ""


def _acted(request: HttpRequest, text: Text) -> HttpResponse:
    do = request.POST.get("do", "")
    if do in {"support", "stop"}:
        return _supported(request, text, stops=do == "stop")
    by = who_asks(request)
    form: Form = AdoptionForm(request.POST) if do == "adopt" else ReasonForm(request.POST)
    name = "adoption" if do == "adopt" else "reason"
    if do not in {"adopt", "end", "open"}:
        raise Http404
    if by is None or not powers_of(by, text.process):
        return refuse(
            request, text.process, NotAllowed(_("Seuls les instructeurs de la démarche le peuvent."))
        )
    if not form.is_valid():
        return _page(request, text, {name: form}, 400)
    try:
        if do == "adopt":
            actions.adopt_text(text=text, on=form.cleaned_data["on"], by=by)
        else:
            actions.set_contributions_open(
                text=text, is_open=do == "open", reason=form.cleaned_data["reason"], by=by
            )
    except NotAllowed as refusal:
        return refuse(request, text.process, refusal)
    except ValidationError as error:
        take_errors(form, error)
        return _page(request, text, {name: form}, 400)
    messages.success(request, _("C’est enregistré."))
    return redirect("deliberate:text", text.process.slug, text.token)


def _supported(request: HttpRequest, text: Text, *, stops: bool) -> HttpResponse:
    by = who_asks(request)
    here = redirect("deliberate:text", text.process.slug, text.token)
    if not ratelimit.consume(request, action="text_support"):
        messages.error(
            request, _("Trop de soutiens depuis cette connexion en une heure. Réessayez plus tard.")
        )
        return here
    secret = "" if by else secret_of(request)
    number = request.POST.get("version", "")
    try:
        with transaction.atomic():
            author = actions.take_part(process=text.process, by=by, secret=secret)
            if stops:
                actions.stop_supporting(text=text, author=author, by=by)
            else:
                actions.support_version(
                    text=text, number=int(number) if number.isdecimal() else 0, author=author, by=by
                )
    except TooLate as refusal:
        messages.error(request, str(refusal))
        return here
    except NotAllowed as refusal:
        return refuse(request, text.process, refusal)
    except TextChanged as changed:
        messages.error(
            request,
            _(
                "Le texte a changé pendant que vous le lisiez : voici la version %d. Relisez-la avant de la soutenir."
            )
            % changed.number,
        )
        return here
    messages.success(
        request, _("Vous ne soutenez plus ce texte.") if stops else _("Vous soutenez cette version du texte.")
    )
    return remember(here, secret) if secret else here


@of_a_text
def versions(request: HttpRequest, text: Text) -> HttpResponse:
    page = Paginator(versions_of(text).order_by("-number"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"process": text.process, "text": text, "page": page}
    return render(request, "deliberate/text_versions.html", context)


@of_a_text
def difference(request: HttpRequest, text: Text, old: int, new: int) -> HttpResponse:
    before, after = version_read(text, old), version_read(text, new)
    if before is None or after is None or old >= new:
        raise Http404
    told = told_differences(before, after)
    context = {
        "process": text.process,
        "text": text,
        "old": before,
        "new": after,
        "told": told,
        "changed": sum(one.difference.is_changed for one in told),
        "between": versions_of(text).filter(number__gt=old, number__lte=new),
    }
    return render(request, "deliberate/text_difference.html", context)


@of_a_text
def footprint(request: HttpRequest, text: Text) -> HttpResponse:
    asked = request.GET.get("version", "")
    shown = version_read(text, int(asked)) if asked.isdecimal() and len(asked) < 6 else current_version(text)
    if shown is None:
        raise Http404
    context = {
        "process": text.process,
        "text": text,
        "version": shown,
        "footprint": footprint_of(shown),
        "whole": carried_by_the_whole(shown),
    }
    return render(request, "deliberate/text_footprint.html", context)
