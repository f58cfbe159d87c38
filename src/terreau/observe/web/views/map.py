"""The page of the map, and the same figures as a table."""

from typing import Any

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
from terreau.observe.queries.map import Choropleth, ZoneValue, choropleth, map_summary
from terreau.observe.web.figures import as_of_words, figure_cell, words_of_unplaced

from .map_files import LAST_TILE_ZOOM, layer_address, tiles_address

DEFAULT_ZONING = "epci_2026"
ROWS_A_PAGE = 120  # one page for the EPCI of a region, and for its bassins de vie


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """``?zonage=``, ``?indicateur=``; ``?territoire=epci_2026:243700754`` comes near to one territory."""
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
        "summary": map_summary(),
        "indicator": INDICATORS[asked],
        "zoning": zoning,
        "focus": focus,
    }
    if zoning is not None:
        chosen = choropleth(zoning, INDICATORS[asked])
        context["choropleth"] = chosen
        page = Paginator(chosen.zones, ROWS_A_PAGE).get_page(request.GET.get("page"))
        context["page"] = page
        context["rows"] = [_row(chosen, zone) for zone in page]
        context["as_of"] = as_of_words(chosen.indicator, chosen.period)
        context["has_boundaries"] = layer_path(zoning.code).exists()
        context["focus_row"] = next(
            (_row(chosen, zone) for zone in chosen.zones if zone.place == focus), None
        )
        context["settings_of_map"] = _settings_of_map(chosen, focus)
    return render(request, "observe/map.html", context)


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


def _settings_of_map(chosen: Choropleth, focus: Place | None) -> dict[str, Any]:
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
        "tiles": tiles_address(),
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
        "place": reverse("observe:place", args=[chosen.zoning.code, "CODE"]),
        "party": reverse("observe:party", args=["PUBLIC_ID"]),
        "nearby": reverse("observe:nearby"),
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
