"""Which lists name a record: a list that names each organisation once names two records of two organisations."""

from collections import defaultdict
from collections.abc import Collection
from math import comb, log2

import polars as pl

from terreau_engines.frames import Column, Shape

LISTS = Shape(
    "lists",
    (
        Column("id", pl.String(), "identifier of the record"),
        Column("list", pl.String(), "a list that names the record so, e.g. the grants of a year"),
        Column("series", pl.String(), "what the lists are editions of, e.g. the grants of a body"),
        Column("names_once", pl.Boolean(), "whether the list names each organisation once", default=True),
    ),
)
NAMED_APART = (2.5, 1.5, 0.8, 0.4, 0.15, 0.0)  # bits
LEVELS = (
    "in one list, which names each organisation once",
    "in one list, which may name one several times",
    *(f"never in one list: {bits:g} bits or more" for bits in NAMED_APART),
    "no lists of one series",
)


class Lists:
    """Level of two records in ``LEVELS``: how telling it is that they are in one list, or never are."""

    def __init__(self, lists: pl.DataFrame, identifiers: Collection[str]) -> None:
        table = LISTS.check(lists)
        self.editions: dict[str, int] = dict(
            table.filter("names_once").group_by("series").agg(pl.col("list").n_unique()).iter_rows()
        )
        self.once: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.often: dict[str, set[str]] = defaultdict(set)
        for one, listed, series, is_once in table.filter(pl.col("id").is_in(list(identifiers))).iter_rows():
            if is_once:
                self.once[one][series].add(listed)
            else:
                self.often[one].add(listed)

    def level(self, one: str, other: str) -> int:
        of_one, of_other = self.once.get(one, {}), self.once.get(other, {})
        common = of_one.keys() & of_other.keys()
        if any(of_one[series] & of_other[series] for series in common):
            return 0
        if self.often.get(one, set()) & self.often.get(other, set()):
            return 1
        if not common:
            return len(LEVELS) - 1
        bits = sum(
            _bits_apart(self.editions[series], len(of_one[series]), len(of_other[series]))
            for series in common
        )
        return 2 + next(level for level, least in enumerate(NAMED_APART) if bits >= least)


def _bits_apart(editions: int, one: int, other: int) -> float:
    """How surprising it is that two organisations are in no edition together, drawn at random."""
    return -log2(max(comb(editions - one, other) / comb(editions, other), 1e-3))
