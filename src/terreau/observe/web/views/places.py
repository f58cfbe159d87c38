"""Territories: the list of each zoning, one page for each place, and the search by name or post code."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.queries.listing import commitments_in
from terreau.commitments.words import section_of
from terreau.commons.models import Place
from terreau.observe import schema_org
from terreau.observe.indicators import (
    ESS_ORGANISATIONS,
    INDICATORS,
    ORGANISATIONS,
    ORGANISATIONS_PER_10000,
    POPULATION,
    WORK_INTEGRATION,
    Indicator,
)
from terreau.observe.queries import places as read
from terreau.observe.queries.directory import what_they_do
from terreau.observe.web.addresses import absolute
from terreau.observe.web.figures import Cell, Figures, figures_of
from terreau.ui.charts import LineChart, line_chart
from terreau.ui.templatetags.ui import format_number, percent

PLACES_A_PAGE = 60
PARTIES_LISTED = 12
COMMUNES_A_PAGE = 120
LONGEST_SEARCH = 100
COMPARED = (POPULATION, ORGANISATIONS, ORGANISATIONS_PER_10000, ESS_ORGANISATIONS, WORK_INTEGRATION)


def places(request: HttpRequest) -> HttpResponse:
    """``?zonage=`` a zoning; without it, the smallest zoning above the commune."""
    zonings = list(read.zonings())
    asked = request.GET.get("zonage")
    chosen = next((zoning for zoning in zonings if zoning.code == asked), None)
    if asked and chosen is None:
        raise Http404
    if chosen is None:
        chosen = next(
            (zoning for zoning in zonings if zoning.kind != "commune"), zonings[0] if zonings else None
        )
    page = _page(request, read.places_of(chosen) if chosen else Place.objects.none(), PLACES_A_PAGE, "page")
    latest = read.latest_figures([place.pk for place in page], (POPULATION.code, ORGANISATIONS.code))
    rows = [
        (place, latest[place.pk].get(POPULATION.code), latest[place.pk].get(ORGANISATIONS.code))
        for place in page
    ]
    context = {"zonings": zonings, "chosen": chosen, "page": page, "rows": rows}
    return render(request, "observe/places.html", context)


def show_place(request: HttpRequest, zoning_code: str, code: str) -> HttpResponse:
    place = Place.objects.select_related("zoning__source").filter(zoning=zoning_code, code=code).first()
    if place is None:
        raise Http404
    is_commune = place.zoning_id == "commune"
    figures = figures_of(place, read.levels_above(place))
    knowledge = read.knowledge_of(place)
    parties = list(read.with_their_sites(read.parties_at(place), place)[:PARTIES_LISTED])
    does = what_they_do(parties)
    zones = list(read.zones_of(place)) if is_commune else []
    communes = Place.objects.none() if is_commune else read.communes_of(place)
    context = {
        "place": place,
        "is_commune": is_commune,
        "post_codes": [post_code.code for post_code in place.post_codes.all()] if is_commune else [],
        "parties": [(party, does[party.pk]) for party in parties],
        "figures": figures,
        "indicators": INDICATORS.values(),
        "compared": COMPARED,
        "population": population_in_words(figures),
        "knowledge": knowledge,
        "beside": _beside(place),
        "communes_outside": place.communes_total - place.communes_in_region,
        "zones": zones,
        "schema_org": _schema_org(request, place, zones),
        "communes": _page(request, communes, COMMUNES_A_PAGE, "communes"),
        "commitments": section_of(commitments_in(place), timezone.localdate()),
        "history": read.history_of(place) if is_commune else [],
    }
    return render(request, "observe/place.html", context)


def _schema_org(request: HttpRequest, place: Place, zones: list[Place]) -> str:
    def address(of: Place) -> str:
        return absolute(request, "observe:place", of.zoning_id, of.code)

    inside = [(zone.name, address(zone)) for zone in zones if zone.zoning_id in {"departement", "region"}]
    return schema_org.script_text(schema_org.place(place, address(place), inside))


@dataclass(frozen=True)
class BesideRow:
    """A line of the comparison with the neighbours. ``cells``: a figure and whether it is one."""

    place: Place
    km: float | None  # None: the place of the page itself
    cells: list[Cell]


def _beside(place: Place) -> list[BesideRow]:
    """The place, then its nearest neighbours; nothing when it has none."""
    codes = [indicator.code for indicator in COMPARED]
    found = read.places_beside(place, codes)
    if not found or not place.communes_in_region:
        return []
    own = read.latest_figures([place.pk], codes)[place.pk]
    rows = [(place, None, own), *((one.place, one.km, one.figures) for one in found)]
    return [BesideRow(at, km, [_cell(one, figures) for one in COMPARED]) for at, km, figures in rows]


def _cell(indicator: Indicator, figures: dict[str, float | None]) -> Cell:
    value = figures.get(indicator.code)
    return Cell("–" if value is None else format_number(value, indicator.decimals), value is not None)


def place_search(request: HttpRequest) -> HttpResponse:
    """One answer and no other is opened at once."""
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    found = read.search_places(text) if text else None
    if found and found.only:
        return redirect("observe:place", found.only.zoning_id, found.only.code)
    return render(request, "observe/place_search.html", {"text": text, "found": found})


@dataclass(frozen=True)
class Population:
    """What the page says of the population: a sentence, a chart and the reason for holes."""

    chart: LineChart | None
    trend: str
    largest_hole: int


def population_in_words(figures: Figures) -> Population:
    years = figures.population
    first, last = figures.earliest_population, figures.latest_population
    return Population(
        chart=line_chart([(year.year, year.value) for year in years]),
        trend=_trend(first.year, first.value, last.year, last.value)
        if first and last and first != last
        else "",
        largest_hole=max((year.missing for year in years), default=0),
    )


def _trend(first_year: int, first: int | None, last_year: int, last: int | None) -> str:
    change = (last or 0) - (first or 0)
    facts = {
        "first": first_year,
        "last": last_year,
        "change": format_number(abs(change)),
        "share": percent(abs(change) / first, 1) if first else "",
    }
    if change == 0:
        return _("Autant d’habitants en %(last)d qu’en %(first)d.") % facts
    if not first:
        return _("Entre %(first)d et %(last)d : %(change)s habitants de plus.") % facts
    if change > 0:
        return _("Entre %(first)d et %(last)d : %(change)s habitants de plus (+ %(share)s).") % facts
    return _("Entre %(first)d et %(last)d : %(change)s habitants de moins (− %(share)s).") % facts


def _page(request: HttpRequest, rows: object, size: int, parameter: str) -> Page:
    return Paginator(rows, size).get_page(request.GET.get(parameter))  # type: ignore[arg-type]
