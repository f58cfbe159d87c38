"""Building the boundary layers."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import shapely
from django.db import transaction
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.models import Membership, Place, User, Zoning
from terreau.commons.queries.places import communes_in_region, current_codes
from terreau.observe import boundaries


@dataclass(frozen=True)
class BoundariesReport:
    """``layers``: zoning → number of zones drawn. ``notes``: what was mended or is missing, in words."""

    communes: int
    layers: dict[str, int]
    notes: list[str]


@transaction.atomic
def build_boundaries(*, contours: Path, by: User | None = None) -> BoundariesReport:
    """Dissolves every zoning known here from one file of commune contours, and writes the layers.

    Layers are replaced only after the whole file was read and found good. Raises BoundariesError.
    """
    read = boundaries.read_contours(contours)
    places = {
        zoning: {place.code: place for place in Place.objects.filter(zoning=zoning)}
        for zoning in Zoning.objects.values_list("code", flat=True)
    }
    known = places.get("commune", {})
    communes, notes = _of_today(read.communes, known)
    if not communes:
        raise boundaries.BoundariesError(
            _("%(file)s : aucun code n’est celui d’une commune connue ici.") % {"file": contours.name}
        )
    light = boundaries.simplified(communes)
    layers = {
        zoning: light if zoning == "commune" else boundaries.dissolve(light, _communes_by_zone(zoning))
        for zoning in places
    }
    boundaries.write_layer(boundaries.FULL_CONTOURS, communes, {})
    _write_town_names(communes, known)
    for zoning, shapes in layers.items():
        names = {code: {"name": place.name} for code, place in places[zoning].items()}
        boundaries.write_layer(zoning, shapes, names)
    drawn = {zoning: len(shapes) for zoning, shapes in layers.items()}
    write_journal(
        verb="build-boundaries", subject=f"file:{contours.name}", by=by, communes=len(communes), layers=drawn
    )
    return BoundariesReport(len(communes), drawn, [*read.notes, *notes])


def _write_town_names(communes: boundaries.Geometries, known: Mapping[str, Place]) -> None:
    """The largest towns first: a map that has no room for all writes those."""
    ordered = sorted(communes, key=lambda code: (-(known[code].population or 0), code))
    points = {}
    for code in ordered:
        place = known[code]
        has_position = place.lon is not None and place.lat is not None
        points[code] = (
            shapely.Point(place.lon, place.lat) if has_position else communes[code].representative_point()
        )
    properties = {
        code: {"name": known[code].name, "population": known[code].population or 0} for code in ordered
    }
    boundaries.write_layer(boundaries.TOWN_NAMES, points, properties)


def _communes_by_zone(zoning: str) -> dict[str, list[str]]:
    zones = defaultdict(list)
    pairs = Membership.objects.filter(place__zoning=zoning).order_by("place__code", "commune__code")
    for zone, commune in pairs.values_list("place__code", "commune__code"):
        zones[zone].append(commune)
    return zones


def _of_today(
    drawn: boundaries.Geometries, known: Mapping[str, Place]
) -> tuple[boundaries.Geometries, list[str]]:
    """Contours by the codes in use today, and what does not match: unknown codes, communes without contour."""
    today = current_codes()
    parts = defaultdict(list)
    old, unknown = [], []
    for code, shape in drawn.items():
        became = [code] if code in known else today.get(code, [])
        if len(became) == 1 and became[0] in known:
            parts[became[0]].append(shape)
            old += [code] if became != [code] else []
        else:
            unknown.append(code)
    missing = sorted(set(communes_in_region().values_list("code", flat=True)) - set(parts))
    sentences = {
        _("%(count)s communes du fichier ont fusionné depuis, réunies : %(codes)s."): old,
        _("%(count)s communes du fichier sont inconnues ici, laissées de côté : %(codes)s."): unknown,
        _("%(count)s communes de la région n’ont pas de contour : %(codes)s."): missing,
    }
    notes = [
        sentence % {"count": len(codes), "codes": boundaries.few(codes)}
        for sentence, codes in sentences.items()
        if codes
    ]
    return {code: boundaries.union(parts[code]) for code in sorted(parts)}, notes
