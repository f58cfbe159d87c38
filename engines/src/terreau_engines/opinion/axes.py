"""The axes along which people differ most, each statement counting as much as another.

Votes are centred on the mean of their statement and divided by the root of its number of votes, so that a statement
shown often does not weigh more than one shown seldom. What was not asked stays absent: nothing is filled in.
"""

from __future__ import annotations  # SciPy loads its parts when they are first used

import numpy as np
import scipy

_SPARE = 4  # directions followed beside those wanted, so that these settle sooner
_TURNS = 4  # of two multiplications each way


def axes(opinions: scipy.sparse.csr_array, wanted: int) -> np.ndarray:
    """Coordinates of each person on ``wanted`` axes at most, divided by the root of how many opinions she gave."""
    scaled = _scaled(opinions)
    given = np.maximum(np.diff(opinions.indptr), 1)
    found = _main_components(scaled, wanted) / np.sqrt(given)[:, None]
    return found * np.where((found * found * found).sum(0) < 0, -1.0, 1.0)


def _scaled(opinions: scipy.sparse.csr_array) -> scipy.sparse.csr_array:
    size = opinions.shape[1]
    votes = np.maximum(np.bincount(opinions.indices, minlength=size), 1)
    mean = np.bincount(opinions.indices, weights=opinions.data, minlength=size) / votes
    root = 1 / np.sqrt(votes)
    data = (opinions.data - mean.take(opinions.indices)) * root.take(opinions.indices)
    return scipy.sparse.csr_array((data, opinions.indices, opinions.indptr), shape=opinions.shape)


def _main_components(scaled: scipy.sparse.csr_array, wanted: int) -> np.ndarray:
    """People on the leading right singular vectors: multiplied and orthogonalised in turns from a fixed start."""
    size = scaled.shape[1]
    start = np.random.default_rng(0).standard_normal((size, min(size, wanted + _SPARE)))
    basis = np.linalg.qr(start)[0]
    back = scaled.T
    for _ in range(_TURNS):
        basis = np.linalg.qr(back @ (scaled @ (back @ (scaled @ basis))))[0]
    image = scaled @ basis
    rotation = np.linalg.eigh(image.T @ image)[1][:, ::-1]
    return np.asarray(image @ rotation[:, :wanted])
