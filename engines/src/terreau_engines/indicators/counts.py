"""How many different units work in each zone."""

import polars as pl

from terreau_engines.frames import MEMBERSHIP, UNITS
from terreau_engines.result import Result, digest_of

from .placing import measured, place_units


def count_units(units: pl.DataFrame, membership: pl.DataFrame, *, exhaustive: bool = False) -> Result:
    """Distinct units per zone: ``frames.UNITS`` and ``frames.MEMBERSHIP`` in, one row per zone out.

    Out: zone, value (units; empty: not measured), unplaced (units that may be there), places, places_covered.
    ``exhaustive``: whether the source claims to hold every unit; only then may a zone get 0.
    """
    units, membership = UNITS.check(units), MEMBERSHIP.check(membership)
    placing = place_units(units, membership)
    counts = placing.placed.group_by("zone").agg(pl.len().cast(pl.Int64).alias("found"))
    value = (
        placing.zones.join(counts, on="zone", how="left")
        .join(placing.unplaced(), on="zone")
        .select(
            "zone",
            measured(pl.col("found"), exhaustive).alias("value"),
            "unplaced",
            "places",
            "places_covered",
        )
        .sort("zone")
    )
    return Result(
        engine="indicators.count_units",
        formula="for each zone, the number of different units with a place among its covered places",
        value=value,
        trace=placing.trace(units["unit"].n_unique(), "units"),
        parameters={"exhaustive": exhaustive},
        input_digest=digest_of(units=units, membership=membership),
    )
