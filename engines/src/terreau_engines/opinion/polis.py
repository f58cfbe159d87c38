"""The published Polis method, as its formulas are published, so that anyone can compare.

A and D: votes of a group that agree and disagree; P: passes; S: all of them.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from terreau_engines.opinion.shares import SIDES, difference_score, elsewhere, of_side, smoothed

Z_90 = 1.2816
META_PRIORITY = 7.0
PICKED = 5


def one_proportion(a: np.ndarray, n: np.ndarray) -> np.ndarray:
    """2·√(S+1)·((A+1)/(S+1) − ½)."""
    return 2 * np.sqrt(n + 1) * ((a + 1) / (n + 1) - 0.5)


def group_aware_consensus(counts: np.ndarray, side: str = "agree") -> np.ndarray:
    """Π over groups of (A+1)/(S+2)."""
    return np.asarray(smoothed(*of_side(counts, side)).prod(0))


def priorities(counts: np.ndarray, extremity: np.ndarray, meta: np.ndarray | None = None) -> np.ndarray:
    """((1 − (P+1)/(S+2))·(1+E)·(A+1)/(S+2)·(1 + 8·2^(−S/5)))², 7² for a statement on the conversation itself."""
    agree, cast = of_side(counts.sum(0), "agree")
    passed = counts.sum(0)[:, 1]
    rare = 1 + 8 * 2 ** (-cast / 5)
    value = (1 - smoothed(passed, cast)) * (1 + extremity) * smoothed(agree, cast) * rare
    if meta is not None:
        value = np.where(meta, META_PRIORITY, value)
    return np.asarray(value**2)


def extremity(centre: np.ndarray, components: np.ndarray) -> np.ndarray:
    """Distance from the middle of a person who would only have disagreed with that statement; centre in +1 agrees."""
    reach = components * (-1 - centre) * np.sqrt(len(centre))
    return np.asarray(np.sqrt((reach**2).sum(0)))


@dataclass(frozen=True)
class Representativeness:
    """Arrays side × group × statement."""

    votes: np.ndarray
    cast: np.ndarray
    share: np.ndarray  # (A+1)/(S+2)
    share_score: np.ndarray
    ratio: np.ndarray  # to the same share of the other groups
    ratio_score: np.ndarray


def representativeness(counts: np.ndarray) -> Representativeness:
    found = []
    for side in SIDES:
        votes, cast = of_side(counts, side)
        other_votes, other_cast = of_side(elsewhere(counts), side)
        share = smoothed(votes, cast)
        ratio = share / smoothed(other_votes, other_cast)
        score = difference_score(votes, cast, other_votes, other_cast)
        found.append((votes, cast, share, one_proportion(votes, cast), ratio, score))
    return Representativeness(*(np.stack(arrays) for arrays in zip(*found, strict=True)))


def pick_representative(counts: np.ndarray, allowed: np.ndarray) -> list[list[tuple[int, str]]]:
    """Of each group, at most five (statement, side): those whose two scores are above 1.2816, the strongest first.

    The strength is the product of the share, the ratio and both scores. When none passes, the statement with the
    highest ratio score is picked.
    """
    found = representativeness(counts)
    side = (found.ratio_score[1] >= found.ratio_score[0]).astype(int)
    picked = []
    for group in range(counts.shape[0]):
        at = (side[group], group, np.arange(counts.shape[1]))
        one, two = found.share_score[at], found.ratio_score[at]
        strength = found.share[at] * found.ratio[at] * one * two
        passing = np.flatnonzero(allowed & (one > Z_90) & (two > Z_90))
        if not len(passing) and allowed.any():
            passing = np.flatnonzero(allowed)[[int(two[allowed].argmax())]]
        best = passing[np.argsort(-strength[passing], kind="stable")][:PICKED]
        picked.append([(int(j), SIDES[side[group, j]]) for j in best])
    return picked


def pick_consensus(counts: np.ndarray, allowed: np.ndarray) -> dict[str, list[int]]:
    """Of each side, at most five statements that more than half of all voters take, with a score above 1.2816."""
    picked = {}
    for side in SIDES:
        votes, cast = of_side(counts, side)
        share, score = smoothed(votes, cast), one_proportion(votes, cast)
        passing = np.flatnonzero(allowed & (share > 0.5) & (score > Z_90))
        strength = share[passing] * score[passing]
        picked[side] = [int(j) for j in passing[np.argsort(-strength, kind="stable")][:PICKED]]
    return picked


def statistics_table(counts: np.ndarray, statements: pl.Series, side: str = "agree") -> pl.DataFrame:
    """One row for each statement and group, sorted."""
    found = representativeness(counts)
    at = SIDES.index(side)
    groups, size = counts.shape[:2]
    return pl.DataFrame(
        {
            "statement": statements.gather(np.tile(np.arange(size), groups)),
            "group": np.repeat(np.arange(groups), size),
            "votes": found.votes[at].ravel().astype(int),
            "cast": found.cast[at].ravel().astype(int),
            "share": found.share[at].ravel(),
            "share_score": found.share_score[at].ravel(),
            "ratio": found.ratio[at].ravel(),
            "ratio_score": found.ratio_score[at].ravel(),
        }
    ).sort("statement", "group")
