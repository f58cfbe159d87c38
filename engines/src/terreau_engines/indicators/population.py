"""How many inhabitants each zone has, year by year."""

import polars as pl

from terreau_engines.frames import MEMBERSHIP, POPULATION
from terreau_engines.result import Result, Step, digest_of

from .placing import smallest


def population_by_zone(population: pl.DataFrame, membership: pl.DataFrame) -> Result:
    """Inhabitants per zone and year: ``frames.POPULATION`` and ``frames.MEMBERSHIP`` in.

    Out, one row per zone and year: zone, year, value (inhabitants of its covered places), missing (covered
    places without a count that year). One missing place leaves the value empty: a sum with a hole is no sum.
    """
    population, membership = POPULATION.check(population), MEMBERSHIP.check(membership)
    years = population.select("year").unique()
    covered = smallest(membership).filter("covered").select("place", "zone")
    value = (
        covered.join(years, how="cross")
        .join(population, on=["place", "year"], how="left")
        .group_by("zone", "year")
        .agg(
            pl.col("population").sum().alias("value"),
            pl.col("population").null_count().cast(pl.Int64).alias("missing"),
        )
        .select("zone", "year", pl.when(pl.col("missing") == 0).then("value").alias("value"), "missing")
        .sort("zone", "year")
    )
    zones = membership["zone"].n_unique()
    unknown = population.join(membership.select("place").unique(), on="place", how="anti")
    return Result(
        engine="indicators.population_by_zone",
        formula="for each zone and year, the sum of the population of its covered places",
        value=value,
        trace=(
            Step("read", len(population), "counts read"),
            Step("unknown", len(unknown), "counts of places that belong to no zone, left out"),
            Step("holes", value["value"].null_count(), "zones × years left empty: a place has no count"),
            Step("zones_not_covered", zones - covered["zone"].n_unique(), "zones where nothing is collected"),
        ),
        parameters={},
        input_digest=digest_of(population=population, membership=membership),
    )
