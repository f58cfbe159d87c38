"""The map: the points that it shows, and one figure for each zone of a zoning."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from django.conf import settings
from django.db.models import Exists, Max, OuterRef, QuerySet

from terreau.commons.enums import Diffusion
from terreau.commons.models import Place, Site, Zoning
from terreau.lake.tiles import PointIndex
from terreau.observe.indicators import ORGANISATIONS, Indicator
from terreau.observe.models import IndicatorValue

from . import visible_parties

MOST_CLASSES = 5


# Points -------------------------------------------------------------------------------------------------------


class Point(NamedTuple):
    lon: float
    lat: float
    public_id: str
    name: str
    nature: str


class MapSummary(NamedTuple):
    """``points``: places of work drawn. ``unplaced``: organisations of which no source gives a position."""

    points: int = 0
    parties: int = 0
    unplaced: int = 0


def _mapped_sites() -> "QuerySet[Site]":
    """A party of partial diffusion is in the directory, but its address may not be shown: it is no point."""
    parties = visible_parties().filter(is_active=True).exclude(diffusion=Diffusion.PARTIAL)
    return Site.objects.filter(is_active=True, lon__isnull=False, party__in=parties).order_by()


def mapped_points() -> Iterator[Point]:
    """Every place of work that the map draws; a party twice at one position is one point."""
    columns = ("lon", "lat", "party__public_id", "party__name", "party__nature")
    return map(Point._make, _mapped_sites().values_list(*columns).distinct().iterator(chunk_size=10_000))


def count_unplaced_parties() -> int:
    is_placed = Exists(_mapped_sites().filter(party=OuterRef("pk")))
    return visible_parties().filter(~is_placed, is_active=True).count()


def points_folder() -> Path:
    return Path(settings.DATA_DIR) / "tiles" / "organisations"


def point_index() -> PointIndex | None:
    """What tiles are made from; None as long as ``actions.tiles.build_point_index`` never ran."""
    return PointIndex.open(points_folder())


def map_summary() -> MapSummary:
    """As counted when the index was built: counting again for each page would read every site."""
    path = points_folder() / "summary.json"
    return _read_summary(path, path.stat().st_mtime_ns) if path.exists() else MapSummary()


@lru_cache(maxsize=1)
def _read_summary(path: Path, version: int) -> MapSummary:
    """``version`` makes a new file be read again."""
    return MapSummary(**json.loads(path.read_text()))


# One figure a zone --------------------------------------------------------------------------------------------


class ValueClass(NamedTuple):
    """Zones drawn in one colour: its place from pale (0) to dark (4), how many, their lowest and highest values."""

    shade: int
    zones: int
    lowest: float
    highest: float


class ZoneValue(NamedTuple):
    """``figure`` is None where nobody looked; its value is None where sources place nothing. Neither is 0."""

    place: Place
    figure: IndicatorValue | None
    shade: int | None
    organisations: float | None

    @property
    def value(self) -> float | None:
        return self.figure.value if self.figure else None


@dataclass(frozen=True)
class Choropleth:
    """``period`` empty: nothing was ever measured for this zoning. ``zones`` in the order of names."""

    zoning: Zoning
    indicator: Indicator
    period: str
    zones: list[ZoneValue]
    classes: list[ValueClass]

    @property
    def nothing_placed(self) -> int:
        return sum(zone.figure is not None and zone.value is None for zone in self.zones)

    @property
    def unmeasured(self) -> int:
        return sum(zone.figure is None for zone in self.zones)


def choropleth(zoning: Zoning, indicator: Indicator) -> Choropleth:
    """The newest period of ``indicator`` for each zone that has at least one commune in the region."""
    period = _newest_period(zoning, indicator.code)
    places = list(
        Place.objects.filter(zoning=zoning, communes_in_region__gt=0).order_by("search_text", "code")
    )
    figures = _figures(zoning, indicator.code, period)
    organisations = (
        figures
        if indicator.code == ORGANISATIONS.code
        else _figures(zoning, ORGANISATIONS.code, _newest_period(zoning, ORGANISATIONS.code))
    )
    return shaded(zoning, indicator, period, places, figures, organisations)


def shaded(
    zoning: Zoning,
    indicator: Indicator,
    period: str,
    places: Sequence[Place],
    figures: Mapping[int, IndicatorValue],
    organisations: Mapping[int, IndicatorValue],
) -> Choropleth:
    """``figures`` and ``organisations``: by the primary key of the place."""
    values = {place: figure.value for place, figure in figures.items() if figure.value is not None}
    numbers, classes = value_classes(list(values.values()))
    shades = {place: classes[number].shade for place, number in zip(values, numbers, strict=True)}
    zones = [
        ZoneValue(
            place=place,
            figure=figures.get(place.pk),
            shade=shades.get(place.pk),
            organisations=organisations[place.pk].value if place.pk in organisations else None,
        )
        for place in places
    ]
    return Choropleth(zoning, indicator, period, zones, classes)


def _newest_period(zoning: Zoning, indicator: str) -> str:
    values = IndicatorValue.objects.filter(indicator=indicator, place__zoning=zoning)
    return values.aggregate(newest=Max("period"))["newest"] or ""


def _figures(zoning: Zoning, indicator: str, period: str) -> dict[int, IndicatorValue]:
    """By the primary key of the place."""
    figures = IndicatorValue.objects.filter(indicator=indicator, period=period, place__zoning=zoning)
    return {figure.place_id: figure for figure in figures.order_by()}


def value_classes(values: Sequence[float]) -> tuple[list[int], list[ValueClass]]:
    """Classes of about as many zones each, at most MOST_CLASSES; equal values are always in the same one.

    A value that many zones share fills a class by itself, and the others are shared out again after it.
    Returns the class of each value, numbered from 0 (lowest values), and the classes.
    """
    distinct, counts = np.unique(np.asarray(values, dtype=float), return_counts=True)
    classes: list[ValueClass] = []
    start, zones, left = 0, 0, len(values)
    for place, count in enumerate(counts.tolist()):
        zones += count
        classes_left = MOST_CLASSES - len(classes)
        if zones * classes_left >= left or place == len(distinct) - 1:
            classes.append(ValueClass(len(classes), zones, float(distinct[start]), float(distinct[place])))
            start, zones, left = place + 1, 0, left - zones
    highest = [one.highest for one in classes]
    steps = max(1, len(classes) - 1)
    spread = [one._replace(shade=one.shade * (MOST_CLASSES - 1) // steps) for one in classes]
    return np.searchsorted(highest, values, side="left").tolist(), spread
