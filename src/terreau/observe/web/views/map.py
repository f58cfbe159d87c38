"""The page of the map, and the same figures as a table."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from terreau.commons.enums import Nature
from terreau.commons.models import Place, Zoning
from terreau.observe.boundaries import TOWN_NAMES, layer_path
from terreau.observe.indicators import INDICATORS, ORGANISATIONS_PER_10000, Measure
from terreau.observe.queries.history import read_moment
from terreau.observe.queries.map import Choropleth, ZoneValue, choropleth, map_summary
from terreau.observe.queries.map_past import PastMap
from terreau.observe.queries.places_past import first_publication
from terreau.observe.web.figures import as_of_words, figure_cell, words_of_unplaced

from .map_files import LAST_TILE_ZOOM, layer_address, tiles_address

DEFAULT_ZONING = "epci_2026"
ROWS_A_PAGE = 120  # one page for the EPCI of a region, and for its bassins de vie


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """``?zonage=``, ``?indicateur=``; ``?territoire=epci_2026:243700754`` comes near to one territory; ``?au=`` shows
    what was published on a date.
    """
    past, wrong_date = _past(request.GET.get("au", ""))
    zonings = list(Zoning.objects.all())
    focus = _chosen_place(request.GET.get("territoire", ""))
    asked_zoning = request.GET.get("zonage") or (focus.zoning_id if focus else None)
    zoning = _chosen_zoning(zonings, asked_zoning)
    asked = request.GET.get("indicateur", ORGANISATIONS_PER_10000.code)
    if asked not in INDICATORS:
        raise Http404(_("Cet indicateur n’existe pas."))
    context: dict[str, Any] = {
        "zonings": zonings,
        "indicators": INDICATORS.values(),
        "summary": past.summary if past else map_summary(),
        "asked": request.GET.get("au", "").strip(),
        "past": past,
        "is_wrong": wrong_date,
        "of_date": _of_date(request.GET.get("au", "").strip(), past),
        "first": first_publication() if past and not past.can_draw else None,
        "indicator": INDICATORS[asked],
        "zoning": zoning,
        "focus": focus,
    }
    if zoning is not None:
        chosen = (past.choropleth if past else choropleth)(zoning, INDICATORS[asked])
        context["choropleth"] = chosen
        page = Paginator(chosen.zones, ROWS_A_PAGE).get_page(request.GET.get("page"))
        context["page"] = page
        context["rows"] = [_row(chosen, zone) for zone in page]
        context["as_of"] = as_of_words(chosen.indicator, chosen.period)
        context["has_boundaries"] = layer_path(zoning.code).exists()
        context["focus_row"] = next(
            (_row(chosen, zone) for zone in chosen.zones if focus and zone.place.code == focus.code), None
        )
        tiles = tiles_address(context["asked"], past)
        context["settings_of_map"] = _settings_of_map(chosen, focus, tiles, context["of_date"])
    return render(request, "observe/map.html", context, status=400 if wrong_date else 200)


def _past(asked: str) -> tuple[PastMap | None, bool]:
    """The map of a date; None for that of today. And whether what was asked is no date of the past."""
    if not asked.strip():
        return None, False
    try:
        return PastMap(read_moment(asked)), False
    except ValueError:
        return None, True


def _of_date(asked: str, past: PastMap | None) -> str:
    """What follows the address of a page that shows a date."""
    return f"?{urlencode({'au': asked})}" if past else ""


def _chosen_zoning(zonings: list[Zoning], asked: str | None) -> Zoning | None:
    """None when the site knows no zoning at all yet. Raises Http404 for one that it does not know."""
    by_code = {zoning.code: zoning for zoning in zonings}
    if asked:
        if asked not in by_code:
            raise Http404(_("Ce zonage n’existe pas."))
        return by_code[asked]
    return by_code.get(DEFAULT_ZONING) or (zonings[-1] if zonings else None)


def _chosen_place(asked: str) -> Place | None:
    """None when no territory was asked. Raises Http404 for one that has nothing in the region."""
    if not asked:
        return None
    zoning, _colon, code = asked.partition(":")
    found = (
        Place.objects.select_related("zoning")
        .filter(zoning=zoning, code=code, communes_in_region__gt=0)
        .first()
    )
    if found is None:
        raise Http404(_("Ce territoire n’existe pas ici."))
    return found


def _settings_of_map(chosen: Choropleth, focus: Place | None, tiles: str, of_date: str) -> dict[str, Any]:
    """What map.js needs to know. Texts are here because it has none of its own."""
    layers = {
        "region": "region",
        "departement": "departement",
        "towns": TOWN_NAMES,
        "zones": chosen.zoning.code,
    }
    if focus:
        layers["focus"] = focus.zoning_id
    return {
        "tiles": tiles,
        "lastTileZoom": LAST_TILE_ZOOM,
        "focus": focus.code if focus else None,
        "layers": {name: address for name, code in layers.items() if (address := layer_address(code))},
        "zones": {
            zone.place.code: [
                zone.shade,
                zone.figure is not None,
                figure_cell(chosen.indicator, zone.figure).text,
            ]
            for zone in chosen.zones
        },
        "place": reverse("observe:place", args=[chosen.zoning.code, "CODE"]) + of_date,
        "party": reverse("observe:party", args=["PUBLIC_ID"]) + of_date,
        "nearby": "" if of_date else reverse("observe:nearby"),  # what is around is told of today only
        "indicator": str(chosen.indicator.title),
        "natures": {nature.value: str(nature.label) for nature in Nature},
        "words": {
            "page": _("Page du territoire"),
            "together": _("organisations à cet endroit :"),
            "many": _("lieux au même endroit."),
            "list": _("Voir la liste autour de ce point"),
            "nothing": _("Rien à cet endroit."),
            "more": _("et d’autres, à voir en zoomant"),
        },
        "locale": {
            "Map.Title": _("Carte des organisations"),
            "NavigationControl.ZoomIn": _("Zoomer"),
            "NavigationControl.ZoomOut": _("Dézoomer"),
            "Popup.Close": _("Fermer"),
            "CooperativeGesturesHandler.WindowsHelpText": _("Ctrl + molette pour zoomer"),
            "CooperativeGesturesHandler.MacHelpText": _("⌘ + molette pour zoomer"),
            "CooperativeGesturesHandler.MobileHelpText": _("Deux doigts pour déplacer la carte"),
        },
    }


def _row(chosen: Choropleth, zone: ZoneValue) -> dict[str, Any]:
    """A line of the table: the zone, its figure in words, and what may be there but could not be placed."""
    is_rate = chosen.indicator.measure is Measure.RATE
    return {
        "zone": zone,
        "cell": figure_cell(chosen.indicator, zone.figure),
        "unplaced_words": "" if is_rate else words_of_unplaced(chosen.indicator, zone.figure),
    }
