"""Groups as classes of a likelihood: in each group each statement has its own chance of being agreed with.

Only votes that were cast enter the likelihood; what was not asked, and passes, say nothing of a person's group. A
chance starts from the share of everybody, as if ``PRIOR`` votes of the group had already been cast in that proportion.
"""

from __future__ import annotations  # SciPy loads its parts when they are first used

from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import combinations

import numpy as np
import scipy

PRIOR = 2.0  # votes
SETTLED = 2e-3  # mean change of membership under which a fit stops
_FEW = 16_384  # people whose memberships stay in the cache of a processor


@dataclass(frozen=True)
class Classes:
    """``members``: people × groups, rows sum to 1. ``votes``: by side and statement (2 × statements) and group."""

    members: np.ndarray
    votes: np.ndarray

    @cached_property
    def weights(self) -> np.ndarray:
        return np.einsum("ij->j", self.members)

    def small(self, fewest: int) -> np.ndarray:
        """Groups that are the most probable of fewer than ``fewest`` people."""
        count = self.members.shape[1]
        return np.flatnonzero(np.bincount(self.members.argmax(1), minlength=count) < fewest)


class Likelihood:
    """``opinions``: people × statements, +1 agrees, −1 disagrees."""

    def __init__(self, opinions: scipy.sparse.csr_array) -> None:
        people, size = opinions.shape
        columns = opinions.indices + np.where(opinions.data > 0, 0, size).astype(opinions.indices.dtype)
        cast = scipy.sparse.csr_array(
            (np.ones(len(columns)), columns, opinions.indptr), shape=(people, 2 * size)
        )
        self._by_side = cast.T
        self._by_person = cast.tocsc() if people <= _FEW else cast  # adding by column waits for no other sum
        self.size = size
        votes = np.bincount(columns, minlength=2 * size).astype(float)
        agree = (votes[:size] + 1) / (votes[:size] + votes[size:] + 2)
        self.prior = PRIOR * np.concatenate([agree, 1 - agree])[:, None]
        self._no_vote = _log_beta(self.prior[:size], self.prior[size:]).sum()

    def classes(self, members: np.ndarray) -> Classes:
        """Each person's votes count in a group as much as she is a member of it."""
        return Classes(members, np.asarray(self._by_side @ members))

    def members(self, votes: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Probability that each person is in each group, given what the groups vote and weigh."""
        chances = votes + self.prior
        both = chances[: self.size] + chances[self.size :]
        chances[: self.size] /= both
        chances[self.size :] /= both
        found = np.asarray(self._by_person @ np.log(chances, out=chances))
        found += np.log((weights + 1) / (weights + 1).sum())
        found -= reduce(np.maximum, found.T)[:, None]  # by column: numpy is slow along short rows
        np.exp(found, out=found)
        found /= reduce(np.add, found.T)[:, None]
        return found

    def fit(self, classes: Classes, turns: int) -> Classes:
        """Memberships and chances found from each other until they settle, ``turns`` times at most."""
        for _ in range(turns):
            before, classes = classes, self.classes(self.members(classes.votes, classes.weights))
            if np.abs(classes.members - before.members).sum() < SETTLED * len(classes.members):
                break
        return classes

    def evidence(self, classes: Classes) -> np.ndarray:
        """Of each group, its part in the logarithm of how probable the votes are with so many groups, averaged over
        the chances they might have.

        More groups always fit better; averaged over all the chances they might have had, they do so only if they
        are there. A lower bound that is exact when every membership is 0 or 1.
        """
        return self._of_groups(classes.votes, classes.weights, classes.members)

    def merge_nearest(self, classes: Classes, evidence: np.ndarray, groups: np.ndarray) -> Classes:
        """The two groups whose union loses the least evidence become one; at least one of them is in ``groups``."""
        members, votes, weights = classes.members, classes.votes, classes.weights
        wanted = set(groups.tolist())
        pairs = [pair for pair in combinations(range(len(weights)), 2) if wanted & set(pair)]
        first, second = np.array(pairs).T
        union = np.eye(len(weights))[:, first] + np.eye(len(weights))[:, second]
        together = self._of_groups(votes @ union, weights @ union, members @ union)
        kept, gone = pairs[int((together - evidence[first] - evidence[second]).argmax())]
        members, votes = (_merged(each, kept, gone) for each in (members, votes))
        return Classes(members, votes)

    def _of_groups(self, votes: np.ndarray, weights: np.ndarray, members: np.ndarray) -> np.ndarray:
        """The average probability of the votes of each group, its chance to have such a weight, the entropy of its
        memberships: the sum of their logarithms.
        """
        chances = votes + self.prior
        of_votes = _log_beta(chances[: self.size], chances[self.size :]).sum(0) - self._no_vote
        doubt = (members * np.log(np.maximum(members, 1e-300))).sum(0)
        return np.asarray(of_votes + scipy.special.gammaln(1 + weights) - doubt)


def total_evidence(evidence: np.ndarray, people: int) -> float:
    """From that of each group; all sizes of groups are as probable beforehand."""
    return float(
        evidence.sum() + scipy.special.gammaln(len(evidence)) - scipy.special.gammaln(len(evidence) + people)
    )


def _merged(table: np.ndarray, kept: int, gone: int) -> np.ndarray:
    merged = np.delete(table, gone, 1)
    merged[:, kept] += table[:, gone]
    return merged


def _log_beta(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(scipy.special.gammaln(a) + scipy.special.gammaln(b) - scipy.special.gammaln(a + b))
