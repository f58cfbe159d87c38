"""A territory as it was published on a date: ``?au=`` on its page."""

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from terreau.commons.models import Place, Zoning
from terreau.observe.indicators import INDICATORS
from terreau.observe.queries.history import read_moment
from terreau.observe.queries.places_past import PastPlace, first_publication
from terreau.observe.web.addresses import absolute
from terreau.observe.web.figures import figures_from

from .places import population_in_words, show_place

PARTIES_A_PAGE = 50


def place(request: HttpRequest, zoning_code: str, code: str) -> HttpResponse:
    """The page of today; with ``?au=``, what was published on a date."""
    if "au" in request.GET:
        return as_of(request, zoning_code, code, request.GET["au"])
    return show_place(request, zoning_code, code)


def as_of(request: HttpRequest, zoning_code: str, code: str, asked: str) -> HttpResponse:
    zoning = Zoning.objects.filter(code=zoning_code).first()
    today = Place.objects.filter(zoning=zoning_code, code=code).first()
    if zoning is None:
        raise Http404
    context = {
        "zoning": zoning,
        "code": code,
        "today": today,
        "name": today.name if today else code,
        "asked": asked,
        "canonical": absolute(request, "observe:place", zoning_code, code),
    }
    try:
        moment = read_moment(asked)
    except ValueError:
        if today is None:
            raise Http404 from None
        return _page(request, {**context, "is_wrong": True}, 400)
    past = PastPlace(zoning_code, code, moment)
    if past.facts is None:
        if today is None:
            raise Http404
        return _page(request, {**context, "moment": moment, **_why_nothing(past, moment)}, 404)
    return _page(request, {**context, "moment": moment, **_shown(request, zoning, past)}, 200)


def _page(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    return render(request, "observe/place_as_of.html", context, status=status)


def _why_nothing(past: PastPlace, moment: dt.datetime) -> dict[str, Any]:
    first = first_publication()
    is_before = first is None or moment < first
    used = [] if is_before else past.used
    is_withdrawn = not is_before and not past.can_read("places")
    return {
        "is_empty": True,
        "first": first,
        "is_before": is_before,
        "is_withdrawn": is_withdrawn,
        "used": used,
    }


def _shown(request: HttpRequest, zoning: Zoning, past: PastPlace) -> dict[str, Any]:
    facts: Any = past.facts
    place = Place(pk=0, zoning=zoning, **{name: facts[name] for name in _KEPT if facts[name] is not None})
    values = past.figures()
    figures = figures_from(values, place, with_sources=False)
    is_commune = zoning.code == "commune"
    page = Paginator(range(past.party_count()), PARTIES_A_PAGE).get_page(request.GET.get("page"))
    zonings = Zoning.objects.in_bulk()
    zones = [(zone, zonings.get(zone.zoning)) for zone in past.zones()] if is_commune else []
    zones.sort(key=lambda pair: (pair[1].level, pair[1].pk) if pair[1] else (99, pair[0].zoning))
    return {
        "place": place,
        "name": place.name,
        "is_commune": is_commune,
        "used": past.used,
        "figures": figures,
        "can_read_figures": past.can_read("indicators"),
        "indicators": INDICATORS.values(),
        "unknown": sorted({one.indicator for one in values} - set(INDICATORS)),
        "population": population_in_words(figures),
        "page": page,
        "parties": past.parties(page.start_index() - 1, page.end_index()) if page.paginator.count else [],
        "can_read_parties": past.can_read("sites", *([] if is_commune else ["memberships"])),
        "zones": zones,
    }


_KEPT = ("code", "name", "population", "population_in_region", "communes_total", "communes_in_region")
