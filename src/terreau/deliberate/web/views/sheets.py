"""For a workshop: paper sheets, their entry at a desk, calls, and the screen of the hall."""

from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache

from terreau.commons.models import User
from terreau.deliberate.actions import enter_sheet, take_part
from terreau.deliberate.actions.sheets import sheet_secret
from terreau.deliberate.actions.statements import when_open
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.enums import Channel, StepKind
from terreau.deliberate.models import Process
from terreau.deliberate.queries.statements import (
    people_who_voted,
    published_statements,
    shown_channels,
    shown_tallies,
)
from terreau.deliberate.rules import may_facilitate
from terreau.deliberate.web.asking import process_or_404
from terreau.deliberate.web.statement_forms import DeskForm, PrintForm, college_choices
from terreau.ui.codes import qr_image

from .statements import refused

ON_THE_SCREEN = 6
SECONDS = 10


@dataclass(frozen=True)
class Sheet:
    number: int
    address: str
    code: str


def absolute(request: HttpRequest, route: str, *arguments: object) -> str:
    """In the first language of the site, on the name that its operator declares: it is read away from the site."""
    with override(settings.LANGUAGE_CODE):
        path = reverse(route, args=arguments)
    return f"{settings.SITE_ADDRESS}{path}" if settings.SITE_ADDRESS else request.build_absolute_uri(path)


def _only_facilitators() -> str:
    return _("Les feuilles sont préparées et saisies par les animateurs de la démarche.")


def sheets(request: HttpRequest, slug: str) -> HttpResponse:
    """Printed as they are asked for; nothing is written until somebody answers."""
    process = process_or_404(request, slug)
    if not may_facilitate(cast(User, request.user), process):
        return refused(request, process, _only_facilitators())
    form = PrintForm(request.GET if "first" in request.GET else None)
    made: list[Sheet] = []
    if form.is_bound and form.is_valid():
        made = [
            _sheet(request, process, number)
            for number in range(form.cleaned_data["first"], form.cleaned_data["last"] + 1)
        ]
    context = {
        "process": process,
        "form": form,
        "sheets": made,
        "statements": published_statements(process).filter(same_as__isnull=True).order_by("number"),
        "colleges": [label for _code, label in college_choices(process)],
    }
    return render(request, "deliberate/sheets.html", context)


def _sheet(request: HttpRequest, process: Process, number: int) -> Sheet:
    address = absolute(request, "deliberate:sheet_vote", process.slug, number, sheet_secret(process, number))
    return Sheet(number, address, qr_image(address))


@never_cache
def sheet_desk(request: HttpRequest, slug: str) -> HttpResponse:
    """A number, then a letter for each statement: with the keyboard alone."""
    process, by, now = process_or_404(request, slug), cast(User, request.user), timezone.now()
    if not may_facilitate(by, process):
        return refused(request, process, _only_facilitators())
    form = DeskForm(
        request.POST or None,
        process=process,
        statements=published_statements(process).order_by("number"),
        initial={"channel": request.GET.get("voie", Channel.PAPER)},
    )
    status = 200
    if request.method == "POST":
        status = _entered(request, process, form, by)
        if status == 200:
            return redirect(f"{request.path}?voie={form.cleaned_data['channel']}")
    step = process.step_open_at(now, StepKind.VOTE)
    closed = "" if step else when_open(process, now, (StepKind.VOTE,))
    context = {"process": process, "form": form, "closed": closed}
    return render(request, "deliberate/sheet_desk.html", context, status=status)


def _entered(request: HttpRequest, process: Process, form: DeskForm, by: User) -> int:
    if not form.is_valid():
        return 400
    values, number = form.values(), form.cleaned_data["number"]
    was_there = number is not None and process.participants.filter(sheet=str(number)).exists()
    try:
        row = enter_sheet(
            process=process,
            number=number,
            values=values,
            by=by,
            now=timezone.now(),
            channel=form.cleaned_data["channel"],
        )
    except TooLate as error:
        form.add_error(None, str(error))
        return 409
    except NotAllowed as error:
        form.add_error(None, str(error))
        return 403
    except ValidationError as error:
        for name, errors in (error.error_dict if hasattr(error, "error_dict") else {"": [error]}).items():
            form.add_error(name if name in form.fields else None, errors)
        return 400
    if form.cleaned_data["college"]:
        take_part(
            process=process,
            by=None,
            secret=sheet_secret(process, int(row.sheet)),
            college=form.cleaned_data["college"],
        )
    messages.success(
        request,
        _("Feuille n° %(number)s : avis notés, %(votes)d.") % {"number": row.sheet, "votes": len(values)},
    )
    if was_there:
        messages.info(
            request,
            _("Cette feuille avait déjà servi : c’est la même personne, le dernier avis tapé compte."),
        )
    return 200


@never_cache
def screen(request: HttpRequest, slug: str) -> HttpResponse:
    """For a projector: where to vote, how many people took part; what they think only where it is not hidden."""
    process, now = process_or_404(request, slug), timezone.now()
    address = absolute(request, "deliberate:vote", process.slug)
    tallies = shown_tallies(process, now)
    rows = published_statements(process).filter(same_as__isnull=True).order_by("number")
    lines = (
        sorted(((row, tallies[row.pk]) for row in rows if row.pk in tallies), key=lambda line: -line[1].cast)
        if tallies
        else []
    )
    step = process.step_open_at(now, StepKind.VOTE)
    is_paused = "pause" in request.GET
    context = {
        "process": process,
        "address": address,
        "code": qr_image(address),
        "people": people_who_voted(process),
        "statements": rows.count(),
        "is_hidden": tallies is None,
        "lines": lines[:ON_THE_SCREEN],
        "channels": shown_channels(process, now),
        "step": step,
        "closed": "" if step else when_open(process, now, (StepKind.VOTE,)),
        "is_paused": is_paused,
        "seconds": SECONDS,
    }
    response = render(request, "deliberate/screen.html", context)
    if not is_paused:
        response["Refresh"] = str(SECONDS)
    return response
