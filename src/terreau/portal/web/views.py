"""The home page, the pages in the region's own words, the choice of light or dark."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from terreau.commitments.enums import Clock, State
from terreau.commitments.queries.programmes import main_items
from terreau.commitments.queries.standing import Standing, where_we_stand
from terreau.commitments.words import Line, lines_of
from terreau.deliberate.enums import Standing as ProcessStanding
from terreau.deliberate.queries.conferences import clock_on
from terreau.deliberate.queries.processes import listed
from terreau.deliberate.queries.replies import count_late, replies_due
from terreau.deliberate.web.process_words import line_sentence
from terreau.portal.context import THEMES
from terreau.portal.pages import page_file, region_words
from terreau.portal.queries import home_figures, sources_read

from .loop_picture import loop_steps

ONE_YEAR = 365 * 24 * 3600
SOURCES_ON_HOME_PAGE = 8
PROCESSES_ON_HOME_PAGE = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    standing = where_we_stand(on=today)
    return render(
        request,
        "portal/home.html",
        {
            "standing": standing,
            "numbers": [(state, label, standing.numbers[state]) for state, label in _numbers()],
            "groups": _groups(standing, today),
            "items": main_items(on=today),
            "figures": home_figures(),
            "sources": sources_read()[:SOURCES_ON_HOME_PAGE],
            "steps": loop_steps(),
            "perimeter_url": reverse("observe:perimeter"),
            "conference_clock": clock_on(today),
            "open_processes": _open_processes(),
            "late_replies": count_late(replies_due(), today),
        },
    )


def _open_processes() -> list[tuple[str, str, bool, str]]:
    """Where anyone can take part now, what closes soonest first: address, title, whether fictional, until when."""
    found = listed(timezone.now(), standing=ProcessStanding.OPEN.value)[:PROCESSES_ON_HOME_PAGE]
    return [(row.slug, row.title, row.is_demonstration, line_sentence(row)) for row in found]


def _numbers() -> list[tuple[str, str]]:
    return [
        (Clock.LATE, _("date passée")),
        (Clock.SOON, _("bientôt dus")),
        (State.OPEN, _("en cours")),
        (State.KEPT, _("tenus")),
        ("orphan", _("sans porteur")),
    ]


@dataclass(frozen=True)
class Highlights:
    """Some commitments; ``count``: how many the register lists under ``state``."""

    title: str
    lines: list[Line]
    state: str
    count: int


def _groups(standing: Standing, today: dt.date) -> list[Highlights]:
    told = (
        (_("Date passée, où en est-on ?"), standing.late, Clock.LATE),
        (_("Bientôt dus"), standing.soon, Clock.SOON),
        (_("Tenus récemment"), standing.kept, State.KEPT),
        (_("Sans porteur : qui reprend ?"), standing.orphans, "orphan"),
        (_("Prochaines dates"), standing.ahead, Clock.AHEAD),
    )
    return [
        Highlights(title, lines_of(rows, today), state, standing.numbers[state])
        for title, rows, state in told
        if rows
    ]


@require_safe
def words(request: HttpRequest, name: str) -> HttpResponse:
    """A page the law asks for: the region's own words, then what the software knows of itself."""
    language = get_language() or "fr"
    context = {
        "words": region_words(name, language),
        "file": f"pages/{page_file(name, language).name}",
        "session_days": settings.SESSION_COOKIE_AGE // (24 * 3600),
        "source_code_address": settings.SOURCE_CODE,
    }
    return render(request, f"portal/{name}.html", context)


@csrf_exempt  # changes nothing but the looks, and lets pages be read without any cookie
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice in a cookie that says ``light`` or ``dark``; without a choice there is no cookie."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("home")
    response = redirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie(
            "theme", theme, max_age=ONE_YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be indexed; forms and personal pages need not be."""
    lines = ["User-agent: *", "Disallow: /compte/", "Disallow: /en/compte/", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
