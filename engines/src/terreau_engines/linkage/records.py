"""Records ready to compare: weighed words, acronyms, and the keys under which two records may meet."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from terreau_engines.frames import Column, Shape
from terreau_engines.linkage.names import read_name

ORGANISATIONS = Shape(
    "organisations",
    (
        Column("id", pl.String(), "identifier of the record"),
        Column("name", pl.String(), "name as the source writes it"),
        Column("acronym", pl.String(), "acronym, when the source gives one", nullable=True),
        Column("siren", pl.String(), "nine figures", nullable=True),
        Column("rna", pl.String(), "number in the register of associations", nullable=True),
        Column("commune", pl.String(), "INSEE code of the commune", nullable=True),
        Column("departement", pl.String(), "code of the département", nullable=True),
        Column("post_code", pl.String(), "post code", nullable=True),
        Column("lon", pl.Float64(), "longitude, degrees", nullable=True),
        Column("lat", pl.Float64(), "latitude, degrees", nullable=True),
    ),
    key=("id",),
)
WEIGHT_BITS = 12  # of a packed word: its rarity in hundredths of a bit; the bits above are its number


def prepare(organisations: pl.DataFrame) -> pl.DataFrame:
    """One row per record, sorted by ``id``: places filled, names read, words weighed, keys of blocks listed."""
    table = organisations.sort("id").with_columns(
        departement=pl.coalesce(
            "departement", _departement(pl.col("commune")), _departement(pl.col("post_code"))
        )
    )
    names = [
        read_name(name, acronym or "") for name, acronym in zip(table["name"], table["acronym"], strict=True)
    ]
    table = table.with_columns(
        pl.Series("stems", [list(name.stems) for name in names], dtype=pl.List(pl.String)),
        pl.Series("words", [list(name.words) for name in names], dtype=pl.List(pl.String)),
        pl.Series("compact", ["".join(name.words) for name in names], dtype=pl.String),
        pl.Series("acronyms", [sorted(name.acronyms) for name in names], dtype=pl.List(pl.String)),
        pl.Series("short", [sorted(name.short) for name in names], dtype=pl.List(pl.String)),
        pl.Series("initials", [sorted(name.initials) for name in names], dtype=pl.List(pl.String)),
        pl.Series("numbers", [sorted(name.numbers) for name in names], dtype=pl.List(pl.String)),
        pl.Series("letters", [_letters(name.words) for name in names], dtype=pl.List(pl.Int64)),
    ).with_row_index("row")
    return _weigh(table)


@cache
def usual_frequencies() -> dict[str, Any]:
    """How many of ``names`` names have each of the ``stems``, with their provenance."""
    text = files("terreau_engines.linkage").joinpath("frequencies.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def _letters(words: tuple[str, ...]) -> list[int]:
    """The pairs of letters that follow each other, as numbers: words run together or cut keep most of them."""
    text = "".join(words).encode()
    return sorted({text[at] * 256 + text[at + 1] for at in range(len(text) - 1)})


def _departement(code: pl.Expr) -> pl.Expr:
    """Of an INSEE code or a post code; empty for Corsica's post codes, which do not tell 2A from 2B."""
    overseas = code.str.starts_with("97") | code.str.starts_with("98")
    first = pl.when(overseas).then(code.str.slice(0, 3)).otherwise(code.str.slice(0, 2))
    return pl.when(first == "20").then(None).otherwise(first)


def _weigh(table: pl.DataFrame) -> pl.DataFrame:
    """Adds ``packed`` (each word's number and rarity) and ``total`` (sum of the rarities, hundredths of a bit)."""
    words = table.select("row", pl.col("stems").alias("stem")).explode("stem").drop_nulls()
    frequency = words.group_by("stem").agg(pl.len().alias("names")).sort("stem").with_row_index("number")
    # a short list does not know what is rare: its names are counted with those of the shipped list
    usual = usual_frequencies()
    usually = pl.col("stem").replace_strict(usual["stems"], default=0, return_dtype=pl.Int64)
    share = (pl.col("names") + usually) / (table.height + usual["names"])
    bits = -share.log(2)
    weight = (bits * 100).round().clip(1, 2**WEIGHT_BITS - 1).cast(pl.Int64)
    frequency = frequency.with_columns(weight=weight)
    words = words.join(frequency, on="stem", how="left", maintain_order="left")
    packed = words.group_by("row", maintain_order=True).agg(
        ((pl.col("number").cast(pl.Int64) * 2**WEIGHT_BITS) + pl.col("weight")).alias("packed"),
        pl.col("weight").sum().alias("total"),
        pl.col("stem").sort_by(-pl.col("weight"), pl.col("stem")).alias("rarest"),
    )
    return table.join(packed, on="row", how="left", maintain_order="left").with_columns(
        pl.col("packed").fill_null(pl.lit([], dtype=pl.List(pl.Int64))),
        pl.col("rarest").fill_null(pl.lit([], dtype=pl.List(pl.String))),
        pl.col("total").fill_null(0),
    )
