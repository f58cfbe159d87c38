"""The labelled pairs compared, and models learnt on some organisations to be judged on others."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from benchmarks.linkage_audit import not_scored
from benchmarks.linkage_gold import Gold
from terreau_engines.linkage.blocking import with_keys
from terreau_engines.linkage.links import SCREEN_AT
from terreau_engines.linkage.model import COMPARISONS, bits_of, score
from terreau_engines.linkage.names import fold
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
    def halves(self) -> np.ndarray:
        """Two halves, each judged under what is learnt on the other."""
        return np.array([fold_of(*both, 2) for both in self.organisations])

    def half_of(self, pair: tuple[int, int]) -> int:
        return fold_of(self.siren[pair[0]], self.siren[pair[1]], 2)

    def placed(self, pair: tuple[int, int]) -> bool:
        departements = self.records["departement"]
        return departements[pair[0]] is not None and departements[pair[1]] is not None

    def is_wanted_scored(self, pair: tuple[int, int]) -> bool:
        return not (self.reasons[pair[0]] or self.reasons[pair[1]])


def judged(gold: Gold) -> Judged:
    records = with_keys(prepare(gold.records))
    siren = [gold.siren[one] for one in records["id"]]
    pairs = read_closely(score(records, {}, -20.0), records)
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


def learnt_model(every: Judged, use: np.ndarray) -> dict[str, Any]:
    """Weights of the screen and of the closer reading from the pairs of ``use`` that the audit did not put aside."""
    chosen = use & every.is_scored
    pairs, same = every.pairs.filter(pl.Series(chosen)), every.same[chosen]
    weights, prior = learn(pairs, COMPARISONS, same)
    screen = {"prior": prior, "weights": weights}
    kept = _passes(pairs, screen)
    weights, prior = learn(pairs.filter(pl.Series(kept)), CLOSE, same[kept])
    return {"screen": screen, "close": {"prior": prior, "weights": weights}}


def bits_under(pairs: pl.DataFrame, model: Mapping[str, Any]) -> np.ndarray:
    close = model["close"]
    bits = bits_of(pairs, CLOSE, close["weights"], close["prior"]).to_numpy()
    return np.where(_passes(pairs, model["screen"]), bits, OUT)


def _passes(pairs: pl.DataFrame, screen: Mapping[str, Any]) -> np.ndarray:
    bits = bits_of(pairs, COMPARISONS, screen["weights"], screen["prior"]).to_numpy()
    return np.asarray(bits >= np.log2(SCREEN_AT / (1 - SCREEN_AT)))


def held_out(every: Judged, groups: np.ndarray, wanted: float) -> tuple[np.ndarray, np.ndarray]:
    """Bits of each pair under the model learnt on the other groups, and whether it links by a threshold found there.

    The threshold gave the precision ``wanted`` on those others, each fold of them under a model learnt without it: a
    model is too sure of the pairs from which it learnt, and the group that is judged chooses nothing.
    """
    bits, is_link = np.zeros(len(groups)), np.zeros(len(groups), bool)
    for one in np.unique(groups):
        is_judged = groups == one
        bits[is_judged] = bits_under(
            every.pairs.filter(pl.Series(is_judged)), learnt_model(every, ~is_judged)
        )
        known = np.full(len(groups), OUT)
        for inner in np.unique(every.folds[~is_judged]):
            left_out = ~is_judged & (every.folds == inner)
            model = learnt_model(every, ~is_judged & (every.folds != inner))
            known[left_out] = bits_under(every.pairs.filter(pl.Series(left_out)), model)
        use = ~is_judged & every.is_scored
        is_link[is_judged] = bits[is_judged] >= threshold(known[use], every.same[use], wanted)
    return bits, is_link


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
