"""Which zone holds what, and what could not be placed finely enough to say."""

from dataclasses import dataclass

import polars as pl

from terreau_engines.result import Step


@dataclass(frozen=True)
class Placing:
    """``placed``, ``undecided``: tables (unit, zone) without repetition.

    *Undecided*: the unit is known only at a larger territory that overlaps the zone (a département, for one
    of its communes), so it may or may not be there. ``nowhere``: units (one column) with a place that is
    empty or unknown; they are undecided for every zone, without a row for each. ``outside``: how many units
    are known to be only in places where nothing is collected.
    """

    placed: pl.DataFrame
    undecided: pl.DataFrame
    nowhere: pl.DataFrame
    outside: int
    zones: pl.DataFrame  # zone, places, places_covered

    def trace(self, units: int, what: str) -> tuple[Step, ...]:
        return (
            Step("read", units, f"{what} read"),
            Step("placed", self.placed["unit"].n_unique(), f"{what} placed in at least one zone"),
            Step("outside", self.outside, f"{what} only in places where nothing is collected, left out"),
            Step("nowhere", len(self.nowhere), f"{what} with a row whose place is empty or unknown"),
            Step(
                "zones_not_covered",
                len(self.zones.filter(pl.col("places_covered") == 0)),
                "zones where nothing is collected: not measured",
            ),
        )

    def unplaced(self) -> pl.DataFrame:
        """(zone, unplaced): how many units may be in the zone but are not placed in it."""
        told = pl.concat([self.placed, self.undecided]).join(self.nowhere, on="unit", how="semi")
        columns = (
            self.undecided.group_by("zone").agg(pl.len().alias("undecided")),
            told.group_by("zone").agg(pl.len().alias("told")),
        )
        table = self.zones.select("zone")
        for column in columns:
            table = table.join(column, on="zone", how="left")
        return table.select(
            "zone",
            (
                pl.col("undecided").fill_null(0).cast(pl.Int64)
                + len(self.nowhere)
                - pl.col("told").fill_null(0).cast(pl.Int64)
            ).alias("unplaced"),
        )


def place_units(units: pl.DataFrame, membership: pl.DataFrame) -> Placing:
    """Place (unit, place) rows in the zones of (place, zone, covered) rows; both tables already checked."""
    units = units.unique()
    covered = membership.filter("covered").select("place", "zone")
    placed = units.join(covered, on="place").select("unit", "zone").unique()
    known = membership.select("place").unique()
    nowhere = units.join(known, on="place", how="anti").select("unit").unique()

    inside = covered.join(units.select("place").unique(), left_on="zone", right_on="place", how="semi")
    overlaps = (
        inside.filter(pl.col("place") != pl.col("zone"))
        .rename({"zone": "larger"})
        .join(covered, on="place")
        .select("larger", "zone")
        .unique()
    )
    undecided = (
        units.join(overlaps, left_on="place", right_on="larger")
        .select("unit", "zone")
        .unique()
        .join(placed, on=["unit", "zone"], how="anti")
    )
    somewhere = pl.concat([placed.select("unit"), undecided.select("unit"), nowhere])
    return Placing(
        placed=placed,
        undecided=undecided,
        nowhere=nowhere,
        outside=units.join(somewhere, on="unit", how="anti")["unit"].n_unique(),
        zones=_count_places(membership),
    )


def smallest(membership: pl.DataFrame) -> pl.DataFrame:
    """The rows whose place contains no other place: communes, not the départements that group them."""
    larger = membership.filter(pl.col("place") != pl.col("zone")).select("zone").unique()
    return membership.join(larger, left_on="place", right_on="zone", how="anti")


def _count_places(membership: pl.DataFrame) -> pl.DataFrame:
    counts = (
        smallest(membership)
        .group_by("zone")
        .agg(
            pl.len().cast(pl.Int64).alias("places"),
            pl.col("covered").sum().cast(pl.Int64).alias("places_covered"),
        )
    )
    return (
        membership.select("zone")
        .unique()
        .join(counts, on="zone", how="left")
        .with_columns(pl.col(pl.Int64).fill_null(0))
    )


def measured(value: pl.Expr, exhaustive: bool) -> pl.Expr:
    """A figure, or empty when it cannot be said. The rule for 0 is here and nowhere else.

    Found: the figure. Not found: 0 only where the source claims to be exhaustive, the zone is covered, and
    nothing that could not be placed might be in it. Otherwise empty: *none that we know of* is not 0.
    """
    zero_is_sure = (pl.col("places_covered") > 0) & (pl.col("unplaced") == 0) & pl.lit(exhaustive)
    return pl.when(value.is_not_null()).then(value).when(zero_is_sure).then(0).otherwise(None)
