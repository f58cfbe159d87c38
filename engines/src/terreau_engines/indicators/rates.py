"""A figure against another: per inhabitant, or against the level above."""

import polars as pl

from terreau_engines.frames import ABOVE, ZONE_VALUES, FrameError
from terreau_engines.result import Result, Step, digest_of


def rate(numerator: pl.DataFrame, denominator: pl.DataFrame, *, per: int = 10_000) -> Result:
    """``per`` × numerator ÷ denominator for each zone of ``numerator``; both ``frames.ZONE_VALUES``.

    Out: zone, value. Empty when either figure is empty or absent, or the denominator is 0: never 0 for want
    of a figure. For a zone partly covered give both figures over its covered part.
    """
    if per <= 0:
        raise FrameError(f"rate: per must be positive, not {per}")
    numerator, denominator = ZONE_VALUES.check(numerator), ZONE_VALUES.check(denominator)
    if (denominator["value"] < 0).any():
        raise FrameError("rate: a denominator is negative")
    pairs = numerator.join(denominator.rename({"value": "whole"}), on="zone", how="left")
    value = pairs.select(
        "zone", pl.when(pl.col("whole") > 0).then(pl.col("value") * per / pl.col("whole")).alias("value")
    ).sort("zone")
    without = pairs.filter(pl.col("value").is_not_null() & ~(pl.col("whole") > 0).fill_null(False))
    return Result(
        engine="indicators.rate",
        formula=f"{per} × numerator ÷ denominator; empty when either is empty or the denominator is 0",
        value=value,
        trace=(
            Step("read", len(numerator), "zones read"),
            Step("no_numerator", numerator["value"].null_count(), "zones without a numerator: empty"),
            Step("no_denominator", len(without), "zones with a numerator but no denominator: empty"),
        ),
        parameters={"per": per},
        input_digest=digest_of(numerator=numerator, denominator=denominator),
    )


def compare(values: pl.DataFrame, above: pl.DataFrame) -> Result:
    """Each zone against the zones above it: ``frames.ZONE_VALUES`` and ``frames.ABOVE`` in.

    Out: zone, above, value, value_above, difference (value − value_above), ratio (value ÷ value_above). Empty
    when either figure is empty; the ratio also when the figure above is 0.
    """
    values, above = ZONE_VALUES.check(values), ABOVE.check(above)
    pairs = above.join(values, on="zone", how="left").join(
        values.rename({"zone": "above", "value": "value_above"}), on="above", how="left"
    )
    value = pairs.select(
        "zone",
        "above",
        "value",
        "value_above",
        (pl.col("value") - pl.col("value_above")).alias("difference"),
        pl.when(pl.col("value_above") != 0).then(pl.col("value") / pl.col("value_above")).alias("ratio"),
    ).sort("zone", "above")
    return Result(
        engine="indicators.compare",
        formula="difference = value − value above; ratio = value ÷ value above",
        value=value,
        trace=(
            Step("read", len(above), "pairs read"),
            Step(
                "incomplete", value["difference"].null_count(), "pairs where a figure is empty: not compared"
            ),
        ),
        parameters={},
        input_digest=digest_of(values=values, above=above),
    )
