"""The labelled pairs compared, and models learnt on some organisations to be judged on others."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from benchmarks.linkage_audit import not_scored
from benchmarks.linkage_gold import Gold
from terreau_engines.linkage.blocking import with_keys
from terreau_engines.linkage.links import SCREEN_AT
from terreau_engines.linkage.model import COMPARISONS, Comparison, bits_of, score
from terreau_engines.linkage.names import fold, read_name
from terreau_engines.linkage.reading import CLOSE, read_closely
from terreau_engines.linkage.records import prepare
from terreau_engines.linkage.training import learn

FOLDS = 5
OUT = -99.0  # bits of a pair that the screen has left out


@dataclass(frozen=True)
class Judged:
    """``pairs``: all that share a key, with their levels. ``same``: one SIREN. ``is_scored``: not put aside by rule.

    ``wanted``: pairs to find (rows of ``records``) → both placed. ``reasons``: why a record is put aside.
    """

    records: pl.DataFrame
    pairs: pl.DataFrame
    same: np.ndarray
    is_scored: np.ndarray
    organisations: list[tuple[str, str]]  # SIREN of both ends
    siren: list[str]  # of each record
    wanted: dict[tuple[int, int], bool]
    reasons: list[str]

    @cached_property
    def ends(self) -> list[tuple[int, int]]:
        return [(min(a, b), max(a, b)) for a, b in self.pairs.select("row_l", "row_r").iter_rows()]

    @cached_property
    def folds(self) -> np.ndarray:
        return np.array([fold_of(*both, FOLDS) for both in self.organisations])

    @cached_property
    def ends_folds(self) -> np.ndarray:
        """Of each pair the folds of its two organisations."""
        return np.array([(fold_of(a, a, FOLDS), fold_of(b, b, FOLDS)) for a, b in self.organisations])

    @cached_property
    def pools(self) -> np.ndarray:
        """The fold that both ends are of; -1 when they are of two."""
        one, other = self.ends_folds.T
        return np.where(one == other, one, -1)

    def placed(self, pair: tuple[int, int]) -> bool:
        departements = self.records["departement"]
        return departements[pair[0]] is not None and departements[pair[1]] is not None

    def is_wanted_scored(self, pair: tuple[int, int]) -> bool:
        return not (self.reasons[pair[0]] or self.reasons[pair[1]])


def judged(gold: Gold) -> Judged:
    records = with_keys(prepare(gold.records))
    siren = [gold.siren[one] for one in records["id"]]
    neighbours = gold.names.select(
        "departement",
        stems=pl.Series(
            [list(read_name(name).stems) for name in gold.names["name"]], dtype=pl.List(pl.String)
        ),
    )
    pairs = read_closely(score(records, {}, -20.0), records, lists=gold.lists, neighbours=neighbours)
    organisations = [(siren[a], siren[b]) for a, b in pairs.select("row_l", "row_r").iter_rows()]
    reasons = not_scored(
        [
            (name, owner, commune, departement)
            for (name, commune, departement), owner in zip(
                records.select("name", "commune", "departement").iter_rows(), siren, strict=True
            )
        ]
    )
    row_of = dict(zip(records["id"], records["row"], strict=True))
    wanted = {}
    for a, b, placed in gold.pairs:
        one, other = sorted((row_of[a], row_of[b]))
        wanted[one, other] = placed
    ends = pairs.select("row_l", "row_r").iter_rows()
    return Judged(
        records=records,
        pairs=pairs,
        same=np.array([a == b for a, b in organisations]),
        is_scored=np.array([not (reasons[a] or reasons[b]) for a, b in ends]),
        organisations=organisations,
        siren=siren,
        wanted=wanted,
        reasons=reasons,
    )


def fold_of(one: str, other: str, folds: int) -> int:
    """The spellings of one organisation are all in one fold; it may be in wrong pairs of another."""
    return zlib.crc32("".join(sorted({one, other})).encode()) % folds


@dataclass(frozen=True)
class Split:
    """Pairs to judge, and pairs from which a model may learn before it judges them."""

    judged: np.ndarray
    learnt: np.ndarray


def split_by(groups: np.ndarray) -> list[Split]:
    """Each group of pairs is judged under what all other pairs teach."""
    return [Split(groups == one, groups != one) for one in np.unique(groups)]


def split_by_pool(every: Judged) -> list[Split]:
    """Each fold of the organisations is a pool of its own: nothing is learnt from a pair that touches one of them."""
    return [
        Split(every.pools == one, ~(every.ends_folds == one).any(axis=1))
        for one in np.unique(every.pools[every.pools >= 0])
    ]


def learnt_model(every: Judged, use: np.ndarray, close: Sequence[Comparison] = CLOSE) -> dict[str, Any]:
    """Weights of the screen and of the closer reading from the pairs of ``use`` that the audit did not put aside."""
    chosen = use & every.is_scored
    pairs, same = every.pairs.filter(pl.Series(chosen)), every.same[chosen]
    weights, prior = learn(pairs, COMPARISONS, same)
    screen = {"prior": prior, "weights": weights}
    kept = _passes(pairs, screen)
    weights, prior = learn(pairs.filter(pl.Series(kept)), close, same[kept])
    return {"screen": screen, "close": {"prior": prior, "weights": weights}}


def bits_under(
    pairs: pl.DataFrame, model: Mapping[str, Any], comparisons: Sequence[Comparison] = CLOSE
) -> np.ndarray:
    close = model["close"]
    bits = bits_of(pairs, comparisons, close["weights"], close["prior"]).to_numpy()
    return np.where(_passes(pairs, model["screen"]), bits, OUT)


def _passes(pairs: pl.DataFrame, screen: Mapping[str, Any]) -> np.ndarray:
    bits = bits_of(pairs, COMPARISONS, screen["weights"], screen["prior"]).to_numpy()
    return np.asarray(bits >= np.log2(SCREEN_AT / (1 - SCREEN_AT)))


def held_out(every: Judged, splits: Sequence[Split], comparisons: Sequence[Comparison] = CLOSE) -> np.ndarray:
    """Bits of each judged pair under the model learnt without it; ``OUT`` for the others."""
    bits = np.full(len(every.ends), OUT)
    for split in splits:
        model = learnt_model(every, split.learnt, comparisons)
        bits[split.judged] = bits_under(every.pairs.filter(pl.Series(split.judged)), model, comparisons)
    return bits


def linked(
    every: Judged, bits: np.ndarray, splits: Sequence[Split], inner: Sequence[Split], wanted: float
) -> np.ndarray:
    """Whether each judged pair links by a threshold found on the pairs that its model had learnt from.

    The threshold gave the precision ``wanted`` on those others, each part of ``inner`` under a model learnt without it:
    a model is too sure of the pairs from which it learnt, and what is judged chooses nothing.
    """
    is_link = np.zeros(len(bits), bool)
    for split in splits:
        known, use = np.full(len(bits), OUT), np.zeros(len(bits), bool)
        for part in inner:
            left_out = split.learnt & part.judged
            if left_out.any():
                model = learnt_model(every, split.learnt & part.learnt)
                known[left_out] = bits_under(every.pairs.filter(pl.Series(left_out)), model)
                use |= left_out & every.is_scored
        is_link[split.judged] = bits[split.judged] >= threshold(known[use], every.same[use], wanted)
    return is_link


def threshold(bits: np.ndarray, same: np.ndarray, wanted: float) -> float:
    """The least bits from which on the pairs are right as often as ``wanted``; infinite when none are."""
    order = np.argsort(-bits, kind="stable")
    right = np.cumsum(same[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(right >= wanted)
    return float(bits[order[good[-1]]]) if len(good) else float("inf")


def class_of(one: str, other: str) -> str:
    """How much two names say the same, on plain words: what a person sees before knowing anything else."""
    words = [frozenset(fold(name).replace("-", " ").split()) for name in (one, other)]
    compact = ["".join(filter(str.isalnum, fold(name))) for name in (one, other)]
    if words[0] <= words[1] or words[1] <= words[0]:
        return "one name within the other"
    short, long = sorted(compact, key=len)
    if len(short) <= 9 and len(long) > 2 * len(short):
        return "acronym or brand"
    pairs = [{text[at : at + 3] for at in range(len(text) - 2)} for text in compact]
    alike = 2 * len(pairs[0] & pairs[1]) / max(1, len(pairs[0]) + len(pairs[1]))
    return (
        "many letters in common"
        if alike >= 0.5
        else "some letters in common"
        if alike >= 0.2
        else "almost none"
    )
