"""How far groups and statements would have been the same with other people of the same opinions.

People are drawn again with replacement, ``times`` over, and everything is computed again from nothing on those
drawn, about two in three. Who is drawn twice counts once: her double would look like a group. The draw follows the
order of the votes, so it is the same whatever people are called.
"""

from dataclasses import dataclass

import numpy as np

from terreau_engines.opinion.groups import Grouping, find_grouping
from terreau_engines.opinion.shares import common_ground, distinguishing
from terreau_engines.opinion.votes import Votes

REDRAWN_VOTES = 100_000  # beyond, fewer people are drawn: what is said of stability is then less than it is
SEED = 20


@dataclass(frozen=True)
class Stability:
    """Shares of the draws, from 0 to 1.

    ``group``: mean likeness (people in both ÷ people in either) of each group to the nearest group of a draw.
    ``same_number``: draws with as many groups. ``unites``: of each statement, draws in which all groups of that draw
    take the side. ``tells``: side × group × statement, draws in which it distinguishes the nearest group.
    """

    times: int
    group: np.ndarray
    same_number: float
    numbers: dict[int, int]
    unites: np.ndarray
    tells: np.ndarray


def measure_stability(votes: Votes, found: Grouping, times: int, most: int) -> Stability:
    groups, size = found.count, votes.answers.shape[1]
    opinions, drawn = votes.opinions(), np.random.default_rng(SEED)
    wanted = min(
        votes.people, max(1, int(votes.people * REDRAWN_VOTES / max(REDRAWN_VOTES, votes.answers.nnz)))
    )
    likeness, tells = np.zeros(groups), np.zeros((2, groups, size))
    unites = np.zeros((2, size))
    numbers: dict[int, int] = {}
    for _ in range(times):
        circle = np.full(votes.people, -1)
        people = np.unique(drawn.choice(votes.people, wanted, replace=True))
        again = find_grouping(opinions[people], most)
        numbers[again.count] = numbers.get(again.count, 0) + 1
        alike = _likeness(found.group[people], again.group, groups, again.count)
        likeness += alike.max(1)
        circle[people] = again.group
        counts = votes.counts(circle, again.count)
        sides = common_ground(counts).side
        unites += np.array([[side == name for side in sides] for name in ("agree", "disagree")])
        if again.count > 1:
            tells += distinguishing(counts)["tells"][:, alike.argmax(1)]
    return Stability(
        times,
        likeness / times,
        numbers.get(groups, 0) / times,
        dict(sorted(numbers.items())),
        unites / times,
        tells / times,
    )


def _likeness(before: np.ndarray, after: np.ndarray, old: int, new: int) -> np.ndarray:
    known = (before >= 0) & (after >= 0)
    both = np.bincount(before[known] * new + after[known], minlength=old * new).reshape(old, new)
    either = both.sum(1, keepdims=True) + both.sum(0, keepdims=True) - both
    return np.asarray(both / np.maximum(either, 1))
