"""In which order a person is asked: drawn for her alone, the same whenever she comes back."""

import hashlib
import math
from collections.abc import Iterable, Mapping

import numpy as np

from terreau_engines.opinion.polis import priorities

Counts = Mapping[int, tuple[int, int, int]]


def in_her_order(token: str, statements: Iterable[int], counts: Counts | None) -> list[int]:
    """``counts``: statement → votes that disagree, pass, agree; None while results are hidden.

    Hidden, the order is drawn from ``token`` alone: one that followed the votes would tell them. Shown, each draw is
    weighted by the published Polis priority, which favours what few people saw.
    """
    keys = list(statements)
    weights = _weights(keys, counts) if counts else dict.fromkeys(keys, 1.0)
    return sorted(keys, key=lambda key: (-math.log(_drawn(token, key)) / weights[key], key))


def _weights(keys: list[int], counts: Counts) -> dict[int, float]:
    if not keys:
        return {}
    votes = np.array([[counts.get(key, (0, 0, 0)) for key in keys]], dtype=float)  # one circle: everybody
    return dict(zip(keys, priorities(votes, np.zeros(len(keys))).tolist(), strict=True))


def _drawn(token: str, key: int) -> float:
    """Between 0 and 1, neither included."""
    digest = hashlib.blake2b(f"{token}:{key}".encode(), digest_size=6).digest()
    return (int.from_bytes(digest) + 1) / (2**48 + 2)
