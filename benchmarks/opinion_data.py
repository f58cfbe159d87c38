"""Conversations to measure on: planted ones, whose groups are known, and real ones, when they are on this machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

SHARED = Path(__file__).resolve().parents[2] / "shared"
REAL = SHARED / "data" / "votes" / "polis"
STORED = SHARED / "data" / "votes" / "polis-reference"


class Case(NamedTuple):
    """``sizes``: shares of the groups. ``skew``: how unequally statements are shown and people vote."""

    people: int
    statements: int
    votes_each: int
    groups: int
    divisive: float
    sizes: tuple[float, ...] | None = None
    skew: float = 0.0


CASES = (
    Case(5000, 500, 30, 3, 0.4),
    Case(5000, 500, 60, 3, 0.4),
    Case(3000, 300, 40, 3, 0.3, (0.7, 0.2, 0.1), 1.0),
    Case(3000, 300, 40, 4, 0.4, (0.4, 0.3, 0.2, 0.1), 0.8),
    Case(3000, 300, 40, 1, 0.0, None, 1.0),
)


class Planted(NamedTuple):
    """``best``: the groups that who knows the true chances would find."""

    votes: pl.DataFrame
    group: np.ndarray
    best: np.ndarray


def planted(case: Case, seed: int) -> Planted:
    """A divisive statement is agreed with 15 or 85 times in 100 by each group; 15 % of votes are passes."""
    drawn = np.random.default_rng(seed)
    group = drawn.choice(case.groups, case.people, p=case.sizes)
    chance = np.tile(drawn.uniform(0.2, 0.8, case.statements), (case.groups, 1))
    split = drawn.random(case.statements) < case.divisive
    chance[:, split] = drawn.choice([0.15, 0.85], (case.groups, int(split.sum())))
    weight, count = np.zeros(case.statements), np.full(case.people, case.votes_each)
    if case.skew:
        weight = np.log(drawn.permutation(1 / np.arange(1, case.statements + 1) ** case.skew))
        count = np.clip(drawn.geometric(1 / case.votes_each, case.people), 7, case.statements // 2)
    person = np.repeat(np.arange(case.people, dtype=np.int32), count)
    shown = [np.argpartition(-(weight + drawn.gumbel(size=case.statements)), k)[:k] for k in count]
    statement = np.concatenate(shown).astype(np.int32)
    vote = np.where(drawn.random(person.size) < chance[group[person], statement], 1, -1).astype(np.int8)
    vote[drawn.random(person.size) < 0.15] = 0
    likely = np.tile(np.log(np.bincount(group, minlength=case.groups) / case.people), (case.people, 1))
    for number in range(case.groups):
        chances = chance[number][statement]
        told = np.where(vote == 1, np.log(chances), np.where(vote == -1, np.log1p(-chances), 0.0))
        likely[:, number] += np.bincount(person, weights=told, minlength=case.people)
    table = pl.DataFrame({"participant": person, "statement": statement, "vote": vote})
    return Planted(table, group, likely.argmax(1))


def many(
    people: int, statements: int = 1000, each: int = 30, seed: int = 1
) -> tuple[pl.DataFrame, np.ndarray]:
    """Votes of many people, three groups of equal size, drawn quickly."""
    drawn = np.random.default_rng(seed)
    group = drawn.integers(0, 3, people)
    chance = np.tile(drawn.uniform(0.2, 0.8, statements), (3, 1))
    split = drawn.random(statements) < 0.4
    chance[:, split] = drawn.choice([0.15, 0.85], (3, int(split.sum())))
    steps = np.cumsum(drawn.integers(1, statements // each + 1, (people, each), dtype=np.int32), 1)
    first = drawn.integers(0, statements, (people, 1), dtype=np.int32)
    statement = ((first + steps) % statements).ravel()
    person = np.repeat(np.arange(people, dtype=np.int32), each)
    vote = np.where(drawn.random(person.size, dtype=np.float32) < chance[group[person], statement], 1, -1)
    vote = np.where(drawn.random(person.size, dtype=np.float32) < 0.15, 0, vote).astype(np.int8)
    return pl.DataFrame({"participant": person, "statement": statement, "vote": vote}), group


def real() -> Iterator[tuple[str, pl.DataFrame]]:
    """Each conversation by name, the last vote of each pair."""
    for folder in sorted(REAL.glob("*")):
        log = pl.read_csv(folder / "votes.csv").sort("timestamp", maintain_order=True)
        log = log.unique(["voter-id", "comment-id"], keep="last", maintain_order=True)
        yield folder.name, log.select(participant="voter-id", statement="comment-id", vote="vote")


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Adjusted Rand index of two partitions of the same people."""
    a, b = (np.unique(labels, return_inverse=True)[1] for labels in (one, other))
    table = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(table, (a, b), 1)
    both, left, right = (float((x * (x - 1) / 2).sum()) for x in (table, table.sum(1), table.sum(0)))
    chance, most = left * right / (len(a) * (len(a) - 1) / 2), (left + right) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)
