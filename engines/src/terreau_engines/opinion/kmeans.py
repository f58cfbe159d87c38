"""Points into k clusters by distance, always the same way: nothing is drawn at random."""

import numpy as np


def nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return np.asarray(((centres**2).sum(1) - 2 * points @ centres.T).argmin(1))


def settle(points: np.ndarray, centres: np.ndarray, turns: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels and centres after at most ``turns`` of: each point to its nearest centre, each centre to its mean."""
    labels = nearest(points, centres)
    for _ in range(turns):
        sizes = np.bincount(labels, minlength=len(centres))
        sums = [np.bincount(labels, weights=column, minlength=len(centres)) for column in points.T]
        centres = np.where(sizes[:, None] > 0, np.stack(sums, 1) / np.maximum(sizes, 1)[:, None], centres)
        before, labels = labels, nearest(points, centres)
        if np.array_equal(before, labels):
            break
    return labels, centres


def split_up(points: np.ndarray, clusters: int, turns: int) -> tuple[np.ndarray, np.ndarray]:
    """Labels and centres: the most spread cluster is cut along its longest axis until there are ``clusters``."""
    labels, centres = np.zeros(len(points), np.int64), points.mean(0, keepdims=True)
    while len(centres) < clusters:
        apart = points - centres.take(labels, 0)
        away = np.einsum("ij,ij->i", apart, apart)
        widest = int(np.bincount(labels, weights=away, minlength=len(centres)).argmax())
        inside = points[labels == widest] - centres[widest]
        spread, directions = np.linalg.eigh(inside.T @ inside)
        shift = directions[:, -1] * np.sqrt(max(spread[-1], 0.0) / max(len(inside), 1))
        shift *= np.sign(shift[np.abs(shift).argmax()]) or 1.0
        centres = np.vstack([centres, centres[widest] + shift])
        centres[widest] -= shift
        labels, centres = settle(points, centres, turns)
    return labels, centres
