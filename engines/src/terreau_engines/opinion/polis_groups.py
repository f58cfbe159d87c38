"""Groups as the published Polis method makes them: mean filling, two components, k-means, silhouette.

The server starts from its last result and clusters through 100 base clusters; here the start is fixed: the best of
the first people in the order of the votes and of a cut along the longest axes. So groups may differ from its own.
"""

from __future__ import annotations  # SciPy loads its parts when they are first used

from dataclasses import dataclass

import numpy as np
import scipy

from terreau_engines.opinion.kmeans import settle, split_up

LEAST_VOTES = 7
MOST_GROUPS = 5
_TURNS = 60
_STARTS = 10
_COMPARED = 2_000  # people whose silhouette is measured; the server measures 100 base clusters
_POWER_TURNS = 40


@dataclass(frozen=True)
class PolisGroups:
    """``group``: of each person, −1 when she cast too few votes. ``components``: 2 × statements."""

    group: np.ndarray
    place: np.ndarray
    centre: np.ndarray
    components: np.ndarray
    silhouettes: dict[int, float]


def polis_groups(answers: scipy.sparse.csr_array) -> PolisGroups:
    """``answers``: people × statements, 1 disagrees, 2 passes, 3 agrees, absent: not asked."""
    people, size = answers.shape
    cast = np.diff(answers.indptr)
    votes = np.bincount(answers.indices, minlength=size)
    value = answers.data.astype(float) - 2
    centre = np.bincount(answers.indices, weights=value, minlength=size) / np.maximum(votes, 1)
    centred = scipy.sparse.csr_array(
        (value - centre[answers.indices], answers.indices, answers.indptr), shape=(people, size)
    )
    components = _components(centred)
    place = (centred @ components.T) * np.sqrt(size / np.maximum(cast, 1))[:, None]
    kept = np.flatnonzero(cast >= min(LEAST_VOTES, size))
    group = np.full(people, -1)
    silhouettes: dict[int, float] = {}
    best = np.zeros(len(kept), np.int64)
    for count in range(2, min(MOST_GROUPS, len(np.unique(place[kept], axis=0))) + 1):
        labels = _clusters(place[kept], count)
        silhouettes[count] = silhouette(place[kept], labels)
        if silhouettes[count] >= max(silhouettes.values()):
            best = labels
    order = np.argsort(-np.bincount(best), kind="stable") if len(best) else np.zeros(1, np.int64)
    number = np.argsort(order)
    group[kept] = number[best]
    return PolisGroups(group, place, centre, components, silhouettes)


def _components(centred: scipy.sparse.csr_array) -> np.ndarray:
    """The two leading right singular vectors; a missing vote filled with the mean of its column is a 0 here."""
    size = centred.shape[1]
    basis = np.linalg.qr(np.random.default_rng(0).standard_normal((size, min(size, 8))))[0]
    for _ in range(_POWER_TURNS):
        basis = np.linalg.qr(centred.T @ (centred @ basis))[0]
    image = centred @ basis
    found = basis @ np.linalg.eigh(image.T @ image)[1][:, ::-1][:, :2]
    found *= np.where((found**3).sum(0) < 0, -1.0, 1.0)
    return np.vstack([found.T, np.zeros((2 - found.shape[1], size))])


def _clusters(points: np.ndarray, count: int) -> np.ndarray:
    starts = [split_up(points, count, _TURNS)[1]]
    for number in range(_STARTS):
        chosen = np.random.default_rng(number).choice(len(points), count, replace=False)
        starts.append(points[chosen])
    tried = [settle(points, start, _TURNS) for start in starts]
    spread = [float(((points - centres[labels]) ** 2).sum()) for labels, centres in tried]
    labels = tried[int(np.argmin(spread))][0]
    return np.unique(labels, return_inverse=True)[1]


def silhouette(points: np.ndarray, labels: np.ndarray) -> float:
    """Mean over people of (b − a) / max(a, b): mean distances to her cluster and to the nearest other one."""
    points, labels = points[:_COMPARED], labels[:_COMPARED]
    used, labels = np.unique(labels, return_inverse=True)
    if len(used) < 2:
        return -1.0
    squares = (points**2).sum(1)
    distance = np.sqrt(np.maximum(squares[:, None] + squares - 2 * points @ points.T, 0))
    np.fill_diagonal(distance, 0)
    sizes = np.bincount(labels)
    sums = distance @ np.eye(len(used))[labels]
    rows = np.arange(len(points))
    inside = sums[rows, labels] / np.maximum(sizes[labels] - 1, 1)
    outside = sums / sizes
    outside[rows, labels] = np.inf
    nearest = outside.min(1)
    score = (nearest - inside) / np.maximum(np.maximum(nearest, inside), 1e-300)
    return float(np.where(sizes[labels] > 1, score, 0.0).mean())
