"""The map on a date: the points and the figures that were published then, and nothing that came later.

Read in the files of that date, from which whoever is masked now has been taken out.
"""

import datetime as dt
from functools import cached_property

import polars as pl

from terreau.commons.models import Place, Zoning
from terreau.lake.tiles import PointIndex
from terreau.observe.indicators import ORGANISATIONS, Indicator
from terreau.observe.models import IndicatorValue

from .map import Choropleth, MapSummary, shaded
from .places_past import folded
from .published_then import Used, used_then
from .secrecy import hidden_public_ids

READ = ("places", "indicators", "organisations", "sites")
_ATTRIBUTES = ("public_id", "name", "nature")


class PastMap:
    def __init__(self, moment: dt.datetime) -> None:
        self.moment = moment
        self._used = used_then(READ, moment)

    @property
    def used(self) -> list[Used]:
        return list(self._used.values())

    @property
    def can_draw(self) -> bool:
        """Whether territories were published then, and their files are still there."""
        return self._used["places"].is_readable

    @cached_property
    def _points(self) -> tuple[PointIndex, MapSummary]:
        sites, organisations = self._used["sites"], self._used["organisations"]
        hidden = frozenset(hidden_public_ids())
        key = (sites.digest, organisations.digest, hidden)
        if key not in _built:
            if len(_built) >= _MOST_BUILT:
                _built.pop(next(iter(_built)), None)
            _built[key] = _build(sites, organisations, hidden)
        return _built[key]

    @property
    def index(self) -> PointIndex:
        return self._points[0]

    @property
    def summary(self) -> MapSummary:
        return self._points[1]

    def choropleth(self, zoning: Zoning, indicator: Indicator) -> Choropleth:
        """As ``map.choropleth``, with places and figures that are no rows of the database."""
        places = self._places(zoning)
        period, figures = self._figures(zoning, indicator.code, places)
        _period, organisations = self._figures(zoning, ORGANISATIONS.code, places)
        return shaded(zoning, indicator, period, places, figures, organisations)

    def _places(self, zoning: Zoning) -> list[Place]:
        rows = self._used["places"].rows(pl.col("zoning") == zoning.code, pl.col("communes_in_region") > 0)
        rows = rows.with_columns(folded("name").alias("order")).sort("order", "code")
        columns = ("code", "name", "communes_in_region", "communes_total")
        return [
            Place(pk=-number, zoning=zoning, **{name: row[name] for name in columns if row[name] is not None})
            for number, row in enumerate(rows.iter_rows(named=True), 1)
        ]

    def _figures(
        self, zoning: Zoning, indicator: str, places: list[Place]
    ) -> tuple[str, dict[int, IndicatorValue]]:
        """The newest period that was published, and its figures by the key of the place."""
        rows = self._used["indicators"].rows(
            pl.col("zoning") == zoning.code, pl.col("indicator") == indicator
        )
        period = str(rows["period"].max() or "")
        key_of = {place.code: place.pk for place in places}
        values = rows.filter(pl.col("period") == period).select("code", "value", "unplaced").iter_rows()
        return period, {
            key_of[code]: IndicatorValue(
                indicator=indicator, period=period, value=value, unplaced=unplaced or 0, place_id=key_of[code]
            )
            for code, value, unplaced in values
            if code in key_of
        }


_Key = tuple[str, str, frozenset[str]]
_MOST_BUILT = 2  # indexes kept in memory: a map of a date asks for some dozens of tiles
_built: dict[_Key, tuple[PointIndex, MapSummary]] = {}


def _build(sites: Used, organisations: Used, hidden: frozenset[str]) -> tuple[PointIndex, MapSummary]:
    """A party twice at one position is one point, as on the map of today."""
    active = organisations.rows(
        pl.col("is_active").fill_null(True),
        ~pl.col("public_id").is_in(list(hidden)),
        only=("public_id", "nature"),
    )
    placed = sites.rows(pl.col("lon").is_not_null(), only=("public_id", "name", "lon", "lat"))
    points = (
        placed.join(active, on="public_id")
        .unique(("public_id", "lon", "lat"))
        .sort("public_id", "lon", "lat")
    )
    texts = {name: points[name].fill_null("").to_list() for name in _ATTRIBUTES}
    index = PointIndex.build(points["lon"].to_list(), points["lat"].to_list(), texts)
    parties = points["public_id"].n_unique()
    return index, MapSummary(points.height, parties, active.height - parties)
