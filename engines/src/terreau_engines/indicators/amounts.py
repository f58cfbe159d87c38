"""How much goes to each zone: sums of whole numbers, exact."""

import polars as pl

from terreau_engines.frames import AMOUNTS, MEMBERSHIP, FrameError
from terreau_engines.result import Result, digest_of

from .placing import measured, place_units

_LARGEST = 2**63 - 1


def sum_amounts(amounts: pl.DataFrame, membership: pl.DataFrame, *, exhaustive: bool = False) -> Result:
    """Sums per zone: ``frames.AMOUNTS`` (each row counts, even twice the same) and ``frames.MEMBERSHIP`` in.

    Out, one row per zone: zone, value (same unit as ``amount``; empty: not measured), rows, unplaced (rows
    that may go there), places, places_covered. Whole numbers only: no rounding, ever.
    """
    amounts, membership = AMOUNTS.check(amounts), MEMBERSHIP.check(membership)
    if amounts["amount"].abs().cast(pl.Int128).sum() > _LARGEST:
        raise FrameError("amounts.amount: the sum does not fit in 64 bits; are these really cents?")
    rows = amounts.with_row_index("unit")
    placing = place_units(rows.select("unit", "place"), membership)
    sums = (
        placing.placed.join(rows.select("unit", "amount"), on="unit")
        .group_by("zone")
        .agg(pl.col("amount").sum().alias("found"), pl.len().cast(pl.Int64).alias("rows"))
    )
    value = (
        placing.zones.join(sums, on="zone", how="left")
        .join(placing.unplaced(), on="zone")
        .select(
            "zone",
            measured(pl.col("found"), exhaustive).alias("value"),
            pl.col("rows").fill_null(0),
            "unplaced",
            "places",
            "places_covered",
        )
        .sort("zone")
    )
    return Result(
        engine="indicators.sum_amounts",
        formula="for each zone, the sum of the amounts whose place is among its covered places",
        value=value,
        trace=placing.trace(len(amounts), "amounts"),
        parameters={"exhaustive": exhaustive},
        input_digest=digest_of(amounts=amounts, membership=membership),
    )
