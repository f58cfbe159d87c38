"""The shipped national tables, cut to what one region needs: its communes and the zones they belong to.

A zone that crosses the border comes whole: its communes outside are there too, so that its totals are true.
Polars frames only; ``actions.places`` writes them down.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _


class UnknownRegion(ValueError):
    """No region has this INSEE code. The message lists those that exist."""


@dataclass(frozen=True)
class Territories:
    """What one region needs of the tables. Columns of the frames:

    ``places``: zoning, code, name, population, population_in_region, communes_total, communes_in_region,
    lon, lat; ``memberships``: zoning, zone, commune; ``post_codes``: code, commune;
    ``population_counts``: commune, year, population;
    ``changes``: date, kind, code_before, name_before, code_after, name_after.
    ``absent_sources``: codes of declared sources whose file is not here for this region.
    """

    region_name: str
    sources: list[dict[str, Any]]
    absent_sources: list[str]
    zonings: list[dict[str, Any]]
    places: pl.DataFrame
    memberships: pl.DataFrame
    post_codes: pl.DataFrame
    population_counts: pl.DataFrame
    changes: pl.DataFrame


def read_territories(folder: Path, region: str) -> Territories:
    """``folder``: ``data/territories`` as ``data/prepare.py`` makes it. Raises UnknownRegion."""
    communes = pl.read_parquet(folder / "communes.parquet")
    declared = tomllib.loads((folder / "territories.toml").read_text("utf8"))
    zonings = [zoning for zoning in declared["zoning"] if zoning["code"] != "commune"]
    here = communes.filter(region=region)
    if here.is_empty() or len(region) != 2:
        raise UnknownRegion(_unknown_region(region, communes))
    sources = [one for one in declared["source"] if _is_here(one, folder, region)]
    wide, labels = _zones_of_communes(folder, communes)
    memberships = pl.concat(
        wide.filter(
            pl.col(code).is_in(wide.filter(region=region)[code].drop_nulls().unique().implode())
        ).select(zoning=pl.lit(code), zone=code, commune="code")
        for code in (zoning["code"] for zoning in zonings)
    )
    kept = communes.join(memberships, left_on="code", right_on="commune", how="semi")
    counts = pl.read_parquet(folder / "population.parquet").rename({"code": "commune"})
    return Territories(
        region_name=here["region_name"][0],
        sources=sources,
        absent_sources=[one["code"] for one in declared["source"] if one not in sources],
        zonings=declared["zoning"],
        places=pl.concat([_communes(kept, region), _zones(memberships, kept, labels, region)]),
        memberships=memberships,
        post_codes=kept.select(code="post_codes", commune="code").explode("code").drop_nulls().unique(),
        population_counts=counts.join(kept, left_on="commune", right_on="code", how="semi"),
        changes=_changes_leading_to(set(kept["code"]), pl.read_parquet(folder / "changes.parquet")),
    )


def _unknown_region(code: str, communes: pl.DataFrame) -> str:
    regions = communes.filter(pl.col("region").str.len_chars() == 2).select("region", "region_name").unique()
    known = ", ".join(f"{code} {name}" for code, name in regions.sort("region").iter_rows())
    message = _("Aucune région n’a le code « %(code)s ». Les régions : %(known)s.")
    return message % {"code": code, "known": known}


def _is_here(source: dict[str, Any], folder: Path, region: str) -> bool:
    """Some tables are of one region: their source names the file, ``"contours/{region}.geojson.gz"``."""
    only_with = source.get("only_with")
    return only_with is None or (folder / only_with.format(region=region)).exists()


def _zones_of_communes(folder: Path, communes: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One column for each zoning, named by its code; and the labels: zoning, code, name."""
    columns = {"epci_2026": "epci", "departement": "departement", "region": "region"}
    wide = communes.select("code", **columns).join(
        pl.read_parquet(folder / "zonings.parquet"), on="code", how="left"
    )
    labels = [
        communes.select(zoning=pl.lit(zoning), code=column, name=f"{column}_name").unique()
        for zoning, column in columns.items()
    ]
    return wide, pl.concat([*labels, pl.read_parquet(folder / "zoning_labels.parquet")]).drop_nulls()


def _communes(kept: pl.DataFrame, region: str) -> pl.DataFrame:
    inside = pl.col("region") == region
    return kept.select(
        pl.lit("commune").alias("zoning"),
        "code",
        "name",
        "population",
        pl.when(inside).then("population").otherwise(0).alias("population_in_region"),
        pl.lit(1, pl.Int32).alias("communes_total"),
        inside.cast(pl.Int32).alias("communes_in_region"),
        "lon",
        "lat",
    )


def _zones(memberships: pl.DataFrame, kept: pl.DataFrame, labels: pl.DataFrame, region: str) -> pl.DataFrame:
    """The point of a zone is the mean of its communes' points, weighted by population."""
    inside = pl.col("region") == region
    weight = pl.when(pl.col("lon").is_not_null()).then(pl.col("population").clip(lower_bound=1))
    return (
        memberships.join(kept, left_on="commune", right_on="code")
        .sort("zoning", "zone", "commune")  # sums of floats depend on the order
        .group_by("zoning", pl.col("zone").alias("code"), maintain_order=True)
        .agg(
            pl.col("population").sum(),
            pl.col("population").filter(inside).sum().alias("population_in_region"),
            pl.len().cast(pl.Int32).alias("communes_total"),
            inside.sum().cast(pl.Int32).alias("communes_in_region"),
            *(((pl.col(axis) * weight).sum() / weight.sum()).round(5).alias(axis) for axis in ("lon", "lat")),
        )
        .join(labels, on=["zoning", "code"], how="left")
        .select(
            "zoning",
            "code",
            pl.coalesce("name", "code").alias("name"),
            "population",
            "population_in_region",
            "communes_total",
            "communes_in_region",
            "lon",
            "lat",
        )
    )


def _changes_leading_to(codes: set[str], changes: pl.DataFrame) -> pl.DataFrame:
    """The changes by which the communes known here came to be, back to 1943."""
    while True:
        kept = changes.filter(pl.col("code_after").is_in(codes))
        further = codes | set(kept["code_before"])
        if further == codes:
            return kept
        codes = further
