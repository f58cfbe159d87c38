"""What unites, what distinguishes, what divides: from counts of votes by circle of people and by statement.

A circle is a group, a college or everybody. Counts are arrays circle × statement × (disagree, pass, agree).
"""

from dataclasses import dataclass

import numpy as np

Z_BOUND = 1.2816  # a lower bound that is right 9 times in 10
Z_APART = 2.3263  # a difference that chance makes once in 100
SPLIT = 1 / 3  # of the people, for each side of a statement that divides everybody
LEAST_CAST = 5  # votes of a circle on a statement: fewer say nothing of the circle
SIDES = ("agree", "disagree")


def of_side(counts: np.ndarray, side: str) -> tuple[np.ndarray, np.ndarray]:
    """Votes for the side, and all votes cast, passes too: whoever passes does not take the side."""
    disagree, passed, agree = np.moveaxis(counts.astype(float), -1, 0)
    return (agree if side == "agree" else disagree), disagree + passed + agree


def lower_bound(votes: np.ndarray, cast: np.ndarray) -> np.ndarray:
    """Wilson's: the share of ``votes`` in ``cast`` is above it 9 times in 10; 0 when fewer than 5 were cast."""
    known = np.maximum(cast, 1)
    share, extra = votes / known, Z_BOUND**2 / known
    margin = np.sqrt(np.maximum(share * (1 - share) * extra + extra**2 / 4, 0))
    return np.where(cast >= LEAST_CAST, (share + extra / 2 - margin) / (1 + extra), 0.0)


def smoothed(votes: np.ndarray, cast: np.ndarray) -> np.ndarray:
    """A share as if one more person had taken the side and one had not: a few votes do not make 0 or 100 %."""
    return (votes + 1) / (cast + 2)


def elsewhere(counts: np.ndarray) -> np.ndarray:
    """For each circle, the votes of all the others."""
    return counts.sum(0, keepdims=True) - counts


def difference_score(a: np.ndarray, n: np.ndarray, b: np.ndarray, m: np.ndarray) -> np.ndarray:
    """Two-proportion z of a in n against b in m, with one vote added to each of the four; 0 if nothing differs."""
    a, n, b, m = a + 1, n + 1, b + 1, m + 1
    pooled = (a + b) / (n + m)
    spread = np.sqrt(np.maximum(pooled * (1 - pooled) * (1 / n + 1 / m), 0))
    return np.divide(a / n - b / m, spread, out=np.zeros_like(spread), where=spread > 0)


@dataclass(frozen=True)
class Common:
    """By statement: the side that every circle takes or ``None``, the circle that takes it least, its lower bound."""

    side: list[str | None]
    weakest: np.ndarray
    bound: np.ndarray


def common_ground(counts: np.ndarray) -> Common:
    """A side unites when, in each circle, more than half take it, 9 times in 10 at least."""
    bounds = np.stack([lower_bound(*of_side(counts, side)) for side in SIDES])  # side, circle, statement
    leading = bounds.min(1).argmax(0)
    chosen = np.take_along_axis(bounds, leading[None, None], 0)[0]
    least = chosen.min(0)
    sides = [SIDES[side] if bound > 0.5 else None for side, bound in zip(leading, least, strict=True)]
    return Common(sides, chosen.argmin(0), least)


def distinguishing(counts: np.ndarray) -> dict[str, np.ndarray]:
    """By side, circle × statement: ``share`` and ``others`` (smoothed), ``score``, and whether it ``tells`` apart."""
    found: dict[str, list[np.ndarray]] = {"share": [], "others": [], "score": [], "tells": []}
    for side in SIDES:
        votes, cast = of_side(counts, side)
        other_votes, other_cast = of_side(elsewhere(counts), side)
        score = difference_score(votes, cast, other_votes, other_cast)
        found["share"].append(smoothed(votes, cast))
        found["others"].append(smoothed(other_votes, other_cast))
        found["score"].append(score)
        found["tells"].append((lower_bound(votes, cast) > 0.5) & (score > Z_APART))
    return {name: np.stack(arrays) for name, arrays in found.items()}


def leading(counts: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """``distinguishing`` for the side with the higher score, circle × statement; and which side that is."""
    found = distinguishing(counts)
    side = found["score"].argmax(0)
    return {name: np.where(side == 0, *array) for name, array in found.items()}, side


def dividing(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far apart groups are on each statement (0 to 1), and whether it divides.

    Several groups: the largest share that agrees less the smallest; it divides when most of one group agree and most
    of another disagree. One group: the share of the smaller side; it divides when both sides hold a third.
    """
    agree, cast = of_side(counts, "agree")
    disagree, _ = of_side(counts, "disagree")
    if len(counts) == 1:
        smaller = np.minimum(agree, disagree)[0]
        return smoothed(smaller, cast[0]), np.asarray(lower_bound(smaller, cast[0]) > SPLIT)
    share = smoothed(agree, cast)
    for_it = (lower_bound(agree, cast) > 0.5).any(0)
    against = (lower_bound(disagree, cast) > 0.5).any(0)
    return np.asarray(share.max(0) - share.min(0)), np.asarray(for_it & against)
