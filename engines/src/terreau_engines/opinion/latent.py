"""Groups as classes of a likelihood: in each group each statement has its own chance of being agreed with.

Only votes that were cast enter the likelihood; what was not asked, and passes, say nothing of a person's group. A
chance starts from the share of everybody, as if ``PRIOR`` votes of the group had already been cast in that proportion.
"""

from __future__ import annotations  # SciPy loads its parts when they are first used

from functools import reduce
from itertools import combinations

import numpy as np
import scipy

PRIOR = 2.0  # votes
SETTLED = 2e-3  # mean change of membership under which a fit stops


class Likelihood:
    """``opinions``: people × statements, +1 agrees, −1 disagrees. Memberships: people × groups, rows sum to 1."""

    def __init__(self, opinions: scipy.sparse.csr_array) -> None:
        people, size = opinions.shape
        columns = opinions.indices + np.where(opinions.data > 0, 0, size).astype(opinions.indices.dtype)
        self.cast = scipy.sparse.csr_array(
            (np.ones(len(columns)), columns, opinions.indptr), shape=(people, 2 * size)
        )
        self.size = size
        votes = np.bincount(columns, minlength=2 * size).astype(float)
        agree = (votes[:size] + 1) / (votes[:size] + votes[size:] + 2)
        self.prior = PRIOR * np.concatenate([agree, 1 - agree])[:, None]
        self._no_vote = scipy.special.betaln(self.prior[:size], self.prior[size:])

    def votes(self, members: np.ndarray) -> np.ndarray:
        """Votes by side and statement (2 × statements) and group, each counted as much as the person is a member."""
        return np.asarray(self.cast.T @ members)

    def members(self, votes: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Probability that each person is in each group, given what the groups vote and weigh."""
        chances = votes + self.prior
        both = chances[: self.size] + chances[self.size :]
        chances[: self.size] /= both
        chances[self.size :] /= both
        found = np.asarray(self.cast @ np.log(chances, out=chances))
        found += np.log((weights + 1) / (weights + 1).sum())
        found -= reduce(np.maximum, found.T)[:, None]  # by column: numpy is slow along short rows
        np.exp(found, out=found)
        found /= reduce(np.add, found.T)[:, None]
        return found

    def fit(self, members: np.ndarray, turns: int) -> np.ndarray:
        """Memberships and chances found from each other until they settle, ``turns`` times at most."""
        for _ in range(turns):
            before = members
            members = self.members(self.votes(members), members.sum(0))
            if np.abs(members - before).sum() < SETTLED * len(members):
                break
        return members

    def evidence(self, members: np.ndarray) -> float:
        """Logarithm of how probable the votes are with so many groups, averaged over the chances they might have.

        More groups always fit better; averaged over all the chances they might have had, they do so only if they
        are there. A lower bound that is exact when every membership is 0 or 1.
        """
        groups, weights = members.shape[1], members.sum(0)
        of_sizes = (
            scipy.special.gammaln(groups)
            - scipy.special.gammaln(groups + weights.sum())
            + scipy.special.gammaln(1 + weights).sum()
        )
        return float(self._of_votes(self.votes(members)).sum() + of_sizes + _doubt(members).sum())

    def merge_nearest(self, members: np.ndarray, groups: np.ndarray) -> np.ndarray:
        """The two groups whose union loses the least evidence become one; at least one of them is in ``groups``."""
        wanted = set(groups.tolist())
        pairs = [pair for pair in combinations(range(members.shape[1]), 2) if wanted & set(pair)]
        first, second = np.array(pairs).T
        votes, weights = self.votes(members), members.sum(0)
        apart = self._of_votes(votes) + scipy.special.gammaln(1 + weights) + _doubt(members)
        together = (
            self._of_votes(votes[:, first] + votes[:, second])
            + scipy.special.gammaln(1 + weights[first] + weights[second])
            + np.array([_doubt(members[:, a] + members[:, b]) for a, b in pairs])
        )
        kept, gone = pairs[int((together - apart[first] - apart[second]).argmax())]
        merged = np.delete(members, gone, 1)
        merged[:, kept] += members[:, gone]
        return merged

    def _of_votes(self, votes: np.ndarray) -> np.ndarray:
        """Of each group, the logarithm of the average probability of its votes."""
        agree, disagree = votes[: self.size], votes[self.size :]
        with_votes = scipy.special.betaln(agree + self.prior[: self.size], disagree + self.prior[self.size :])
        return np.asarray((with_votes - self._no_vote).sum(0))


def _doubt(members: np.ndarray) -> np.ndarray:
    """Entropy of memberships, summed over people."""
    return np.asarray(-(members * np.log(np.maximum(members, 1e-300))).sum(0))
