"""How many groups there are, and who is in which: from many groups to one, the most probable number is kept."""

from __future__ import annotations  # SciPy loads its parts when they are first used

from dataclasses import dataclass

import numpy as np
import scipy

from terreau_engines.opinion.axes import axes
from terreau_engines.opinion.kmeans import split_up
from terreau_engines.opinion.latent import Classes, Likelihood, total_evidence

MOST_GROUPS = 6
FEWEST_PEOPLE = 5  # fewer are persons, not a group, and their votes could be told
SEARCHED_VOTES = (
    400_000  # beyond, the number of groups is sought among as many votes; all votes then place people
)
_AXES = 6
_CUT_TURNS, _MERGE_TURNS, _LAST_TURNS = 3, 4, 40


@dataclass(frozen=True)
class Grouping:
    """``group``: of each person, −1 for who gave no opinion; 0 is the largest. ``sure``: probability of that group.

    ``evidence``: by number of groups, against the number kept, in natural logarithms; the numbers of groups that
    were tried and had no group of fewer than ``FEWEST_PEOPLE``.
    """

    group: np.ndarray
    sure: np.ndarray
    place: np.ndarray
    evidence: dict[int, float]

    @property
    def count(self) -> int:
        return max(1, int(self.group.max(initial=-1)) + 1)


def find_grouping(opinions: scipy.sparse.csr_array, most: int = MOST_GROUPS) -> Grouping:
    given = np.diff(opinions.indptr)
    some = np.flatnonzero(given)
    group, sure = np.full(len(given), -1), np.ones(len(given))
    place = np.zeros((len(given), 2))
    if not len(some):
        return Grouping(group, sure, place, {1: 0.0})
    spoken = opinions if len(some) == len(given) else opinions[some]
    people = _searched(spoken)
    searched = spoken[:people] if people < len(some) else spoken
    drawn = axes(searched, _AXES)
    found, evidence = _search(Likelihood(searched), drawn, most)
    if people < len(some):
        drawn, found = axes(spoken, 2), _spread(spoken, found)
    group[some], sure[some] = _numbered(found.members)
    place[some, : drawn.shape[1]] = drawn[:, :2]
    return Grouping(group, sure, place, evidence)


def _searched(opinions: scipy.sparse.csr_array) -> int:
    """How many people are searched: everybody, or the first whose votes are enough."""
    return max(1, int(np.searchsorted(opinions.indptr, SEARCHED_VOTES, side="right")) - 1)


def _search(likelihood: Likelihood, drawn: np.ndarray, most: int) -> tuple[Classes, dict[int, float]]:
    people = len(drawn)
    start = np.eye(max(1, min(most, people // FEWEST_PEOPLE)))
    classes = likelihood.classes(start[split_up(drawn, len(start), _CUT_TURNS)[0]])
    best, evidence = classes, {}
    while True:
        classes = likelihood.fit(classes, _MERGE_TURNS if len(classes.weights) > 1 else 0)
        small, of_groups = classes.small(FEWEST_PEOPLE), likelihood.evidence(classes)
        count = len(of_groups)
        if not len(small) or count == 1:
            evidence[count] = total_evidence(of_groups, people)
            if evidence[count] >= max(evidence.values()):
                best = classes
        if count == 1:
            break
        classes = likelihood.merge_nearest(classes, of_groups, small if len(small) else np.arange(count))
    most_probable = max(evidence.values())
    settled = _settle(likelihood, best)
    return settled, {k: value - most_probable for k, value in sorted(evidence.items())}


def _settle(likelihood: Likelihood, classes: Classes) -> Classes:
    """Memberships fitted to the end; a group that gets too small on the way joins another."""
    while True:
        classes = likelihood.fit(classes, _LAST_TURNS)
        small = classes.small(FEWEST_PEOPLE)
        if not len(small) or len(classes.weights) == 1:
            return classes
        classes = likelihood.merge_nearest(classes, likelihood.evidence(classes), small)


def _spread(everyone: scipy.sparse.csr_array, found: Classes) -> Classes:
    """From the groups of those searched to everybody's."""
    likelihood = Likelihood(everyone)
    classes = likelihood.classes(likelihood.members(found.votes, found.weights))
    return likelihood.fit(classes, _LAST_TURNS) if len(found.weights) > 1 else classes


def _numbered(members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each person's most probable group, the largest first, and its probability."""
    chosen = members.argmax(1)
    order = np.argsort(-np.bincount(chosen, minlength=members.shape[1]), kind="stable")
    number = np.empty(len(order), np.int64)
    number[order] = np.arange(len(order))
    return number[chosen], members[np.arange(len(members)), chosen]
