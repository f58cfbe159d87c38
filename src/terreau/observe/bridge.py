"""From the database's rows to the engines' tables and back: the only module here that calls them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

from terreau_engines import indicators as engine
from terreau_engines.frames import ABOVE, AMOUNTS, POPULATION, UNITS, ZONE_VALUES
from terreau_engines.linkage import LINK_AT, REVIEW_AT, find_links
from terreau_engines.linkage.records import ORGANISATIONS
from terreau_engines.result import Result

Figures = dict[str, tuple[float | None, int]]
"""Zone → (value, how many could not be placed). A zone where nothing is collected is absent: not measured."""


@dataclass(frozen=True)
class Territory:
    """Which place is in which zone: communes in zones, and départements in the zones that hold them whole."""

    membership: pl.DataFrame  # frames.MEMBERSHIP

    @classmethod
    def build(
        cls, communes: Iterable[tuple[str, bool]], belongs: Iterable[tuple[str, str]], coarse: Iterable[str]
    ) -> "Territory":
        """``communes``: (identifier, in the region). ``belongs``: (commune, zone). ``coarse``: the zones
        that a source may give as a place when it does not give the commune.
        """
        covered = pl.DataFrame(
            list(communes), schema={"place": pl.String, "covered": pl.Boolean}, orient="row"
        )
        zones = pl.DataFrame(list(belongs), schema={"place": pl.String, "zone": pl.String}, orient="row")
        own = covered.select("place", pl.col("place").alias("zone"))
        fine = pl.concat([own, zones]).join(covered, on="place")
        large = _holders(fine.filter("covered"), list(coarse))
        return cls(pl.concat([fine, large.with_columns(covered=True)]).select("place", "zone", "covered"))


def _holders(fine: pl.DataFrame, coarse: list[str]) -> pl.DataFrame:
    """(coarse zone, zone that holds all its communes), itself included."""
    inside = fine.filter(pl.col("zone").is_in(coarse)).select("place", large="zone")
    sizes = inside.group_by("large").agg(pl.len().alias("size"))
    return (
        inside.join(fine.filter(pl.col("zone") != pl.col("place")), on="place")
        .group_by("large", "zone")
        .agg(pl.len().alias("shared"))
        .join(sizes, on="large")
        .filter(pl.col("shared") == pl.col("size"))
        .select(pl.col("large").alias("place"), "zone")
    )


def count_units(rows: Iterable[tuple[str, str | None]], territory: Territory, *, exhaustive: bool) -> Figures:
    """Distinct units of (unit, place) rows in each zone."""
    units = pl.DataFrame(list(rows), schema=_schema(UNITS.empty()), orient="row")
    return _figures(engine.count_units(units, territory.membership, exhaustive=exhaustive))


def sum_amounts(rows: Iterable[tuple[str | None, int]], territory: Territory, *, exhaustive: bool) -> Figures:
    """Sums of (place, amount) rows in each zone; amounts are whole numbers."""
    amounts = pl.DataFrame(list(rows), schema=_schema(AMOUNTS.empty()), orient="row")
    return _figures(engine.sum_amounts(amounts, territory.membership, exhaustive=exhaustive))


def population_by_year(rows: Iterable[tuple[str, int, int]], territory: Territory) -> dict[int, Figures]:
    """Year → inhabitants of each zone; beside them, how many communes have no count that year."""
    counts = pl.DataFrame(list(rows), schema=_schema(POPULATION.empty()), orient="row")
    table = engine.population_by_zone(counts, territory.membership).value
    by_year: dict[int, Figures] = {}
    for zone, year, value, missing in table.iter_rows():
        by_year.setdefault(year, {})[zone] = (value, missing)
    return by_year


def rate(numerator: Figures, denominator: Figures, *, per: int) -> Figures:
    """Per ``per`` inhabitants; what could not be placed is that of the numerator."""
    result = engine.rate(_values(numerator), _values(denominator), per=per)
    return {zone: (value, numerator[zone][1]) for zone, value in result.value.iter_rows()}


@dataclass(frozen=True)
class Comparison:
    """``difference``: value − value above. ``ratio``: value ÷ value above, empty when that is 0."""

    value_above: float | None
    difference: float | None
    ratio: float | None


def compare(
    values: dict[str, float | None], pairs: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Comparison]:
    """Each (figure, figure above) of ``pairs`` compared; ``values``: figure → value or empty."""
    table = pl.DataFrame(list(values.items()), schema=_schema(ZONE_VALUES.empty()), orient="row")
    above = pl.DataFrame(list(pairs), schema=_schema(ABOVE.empty()), orient="row")
    rows = engine.compare(table, above).value.iter_rows()
    return {
        (zone, up): Comparison(value_above, difference, ratio)
        for zone, up, _, value_above, difference, ratio in rows
    }


def _figures(result: Result) -> Figures:
    covered = result.value.filter(pl.col("places_covered") > 0)
    return {
        zone: (value, unplaced)
        for zone, value, unplaced in covered.select("zone", "value", "unplaced").iter_rows()
    }


def _values(figures: Figures) -> pl.DataFrame:
    rows = [(zone, value) for zone, (value, _) in figures.items()]
    return pl.DataFrame(rows, schema=_schema(ZONE_VALUES.empty()), orient="row")


def _schema(empty: pl.DataFrame) -> dict[str, pl.DataType]:
    return dict(empty.schema)


def possible_links(organisations: list[tuple[Any, ...]]) -> list[tuple[str, str, float, list[Any]]]:
    """(first, second, probability, explanation) of the pairs that look like one organisation, an identifier aside.

    ``organisations``: rows of the columns of ``ORGANISATIONS``. The explanation is as ``Candidate`` keeps it.
    """
    table = pl.DataFrame(organisations, schema=dict(ORGANISATIONS.empty().schema), orient="row")
    found = find_links(table, link_at=LINK_AT, review_at=REVIEW_AT).value
    pairs = []
    for first, second, probability, _, text in found.iter_rows():
        said = json.loads(text)
        if said[0]["comparison"] != "identifier":
            pairs.append((first, second, probability, said))
    return pairs
