"""Which pairs are worth comparing: records that share a rare key within a place. Common keys are dropped.

Each key holds at most ``LARGEST_BLOCK`` records, and a record has a bounded number of keys: the number of pairs
grows in line with the number of records.
"""

import polars as pl

LARGEST_BLOCK = 60  # records; a key that more share within a place tells nothing
RAREST = 6  # words of a name that make keys
LIST = pl.List(pl.UInt64)


def with_keys(records: pl.DataFrame) -> pl.DataFrame:
    """Adds ``near`` and ``far``: keys met within a place, and keys met where one of the two has no place."""
    words = records.select("row", "commune", "departement", pl.col("rarest").list.head(RAREST).alias("word"))
    singles = words.explode("word").drop_nulls("word").with_columns(kind=pl.lit("w"))
    twos = (
        singles.join(singles.select("row", other="word"), on="row")
        .filter(pl.col("word") < pl.col("other"))
        .select(
            "row", "commune", "departement", word=pl.col("word") + " " + pl.col("other"), kind=pl.lit("w")
        )
    )
    whole = records.filter(pl.col("compact") != "").select(
        "row", "commune", "departement", word=pl.col("compact"), kind=pl.lit("n")
    )
    keys = pl.concat([singles, twos, whole, _acronym_keys(records)], how="diagonal")
    within = keys.filter(pl.col("departement").is_not_null())
    in_commune = keys.filter(pl.col("commune").is_not_null() & (pl.col("kind") != "n"))
    near = pl.concat(
        [
            _blocks(within, pl.concat_str("departement", "kind", "word", separator="|")),
            _blocks(in_commune, pl.concat_str("commune", "kind", "word", separator="|")),
        ]
    )
    unplaced = keys.filter(pl.col("departement").is_null()).select("kind", "word").unique()
    far = _blocks(
        keys.join(unplaced, on=["kind", "word"], how="semi"), pl.concat_str("kind", "word", separator="|")
    )
    for name, blocks in (("near", near), ("far", far)):
        listed = blocks.group_by("row").agg(pl.col("key").unique().sort().alias(name))
        records = records.join(listed, on="row", how="left", maintain_order="left")
    return records.with_columns(pl.col("near", "far").fill_null(pl.lit([], dtype=LIST)))


def _acronym_keys(records: pl.DataFrame) -> pl.DataFrame:
    """Acronyms, and the initials that are an acronym of some record: FALEP meets its full title."""
    place = ("row", "commune", "departement")
    written = records.select(*place, word=pl.col("acronyms").list.concat("short")).explode("word")
    could_be = records.select(*place, word=pl.col("initials")).explode("word")
    written, could_be = written.drop_nulls("word"), could_be.drop_nulls("word")
    both = written.select("word").unique().join(could_be.select("word").unique(), on="word")
    met = pl.concat([written, could_be]).join(both, on="word", how="semi").unique()
    return met.with_columns(kind=pl.lit("a"))


def _blocks(keys: pl.DataFrame, key: pl.Expr) -> pl.DataFrame:
    """(row, key) of the keys that several records share, and not too many."""
    keyed = keys.select("row", key=key.hash(seed=0)).unique()
    sizes = keyed.group_by("key").len().filter(pl.col("len").is_between(2, LARGEST_BLOCK))
    return keyed.join(sizes, on="key", how="semi")
