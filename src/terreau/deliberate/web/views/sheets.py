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
from terreau.commons.web.form_errors import take_errors
from terreau.deliberate.actions import Sheet, enter_sheet
from terreau.deliberate.actions.sheets import SheetDiffers, sheet_secret
from terreau.deliberate.actions.statements import SPEAKING, AlreadySaid, when_open
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.enums import Channel, StepKind
from terreau.deliberate.models import Process
from terreau.deliberate.queries.sheets import count_sheets
from terreau.deliberate.queries.statements import (
    people_who_voted,
    published_statements,
    shown_channels,
    shown_tallies,
)
from terreau.deliberate.rules import may_facilitate
from terreau.deliberate.web.asking import process_or_404
from terreau.deliberate.web.sheet_words import told_of_sheet
from terreau.deliberate.web.statement_forms import DeskForm, PrintForm, college_choices
from terreau.ui.codes import qr_image

from .statements import refused

ON_THE_SCREEN = 6
SECONDS = 10


@dataclass(frozen=True)
class PrintedSheet:
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
    made: list[PrintedSheet] = []
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


def _sheet(request: HttpRequest, process: Process, number: int) -> PrintedSheet:
    address = absolute(request, "deliberate:sheet_vote", process.slug, number, sheet_secret(process, number))
    return PrintedSheet(number, address, qr_image(address))


@never_cache
def sheet_desk(request: HttpRequest, slug: str) -> HttpResponse:
    """A number, a letter for each statement, and her own: with the keyboard alone."""
    process, by, now = process_or_404(request, slug), cast(User, request.user), timezone.now()
    if not may_facilitate(by, process):
        return refused(request, process, _only_facilitators())
    may_vote = process.step_open_at(now, StepKind.VOTE) is not None
    form = DeskForm(
        request.POST or None,
        process=process,
        statements=published_statements(process).order_by("number") if may_vote or request.POST else [],
        initial={"channel": request.GET.get("voie", Channel.PAPER)},
    )
    context: dict[str, object] = {"process": process, "form": form, "may_vote": may_vote}
    status = 200
    if request.method == "POST":
        status = _entered(request, process, form, by, context)
        if status == 200:
            return redirect(f"{request.path}?voie={form.cleaned_data['channel']}")
    context["closed"] = "" if process.step_open_at(now, *SPEAKING) else when_open(process, now)
    context["typed"], context["confirmed"] = count_sheets(process)
    return render(request, "deliberate/sheet_desk.html", context, status=status)


def _entered(
    request: HttpRequest, process: Process, form: DeskForm, by: User, context: dict[str, object]
) -> int:
    if not form.is_valid():
        return 400
    given, number = form.cleaned_data, form.cleaned_data["number"]
    was_there = number is not None and process.participants.filter(sheet=str(number)).exists()
    try:
        entered = enter_sheet(
            process=process,
            number=number,
            sheet=Sheet(form.values(), given["words"], given["college"]),
            by=by,
            now=timezone.now(),
            channel=given["channel"],
            replaces=number is not None and request.POST.get("replaces") == str(number),
        )
    except TooLate as error:
        form.add_error(None, str(error))
        return 409
    except NotAllowed as error:
        form.add_error(None, str(error))
        return 403
    except SheetDiffers as error:
        context["differs"] = number
        form.add_error(None, _("Cette saisie n’est pas la même que la première. Rien n’est changé."))
        take_errors(form, error)
        return 409
    except AlreadySaid as error:
        context["existing"] = error.statement if error.statement.is_published else None
        take_errors(form, error)
        return 409
    except ValidationError as error:
        take_errors(form, error)
        return 400
    messages.success(
        request,
        _("Feuille n° %(number)s : avis notés, %(votes)d.")
        % {"number": entered.participant.sheet, "votes": len(form.values())},
    )
    for told in told_of_sheet(entered, was_there):
        messages.info(request, told)
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
