"""Points kept in the order of the Morton curve, in files that are mapped into memory, not read."""

import hashlib
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .grid import UInt64s, grid_position, morton, unmorton
from .protobuf import string_value

_ARRAYS = ("keys", "column_sums", "row_sums", "offsets", "records", "attribute_names")
_POINTER = "current"


@dataclass(frozen=True)
class PointIndex:
    """``keys``: sorted Morton keys, one a point. ``column_sums``, ``row_sums``: running sums of positions, one longer.

    ``records``: the attributes of each point, already written as MVT values; ``offsets``: where each begins.
    ``digest`` depends on the points alone, never on the order they were given in.
    """

    keys: UInt64s
    column_sums: UInt64s
    row_sums: UInt64s
    offsets: UInt64s
    records: npt.NDArray[np.uint8]
    attribute_names: npt.NDArray[np.bytes_]
    digest: str

    def __len__(self) -> int:
        return len(self.keys)

    @classmethod
    def build(
        cls, lon: npt.ArrayLike, lat: npt.ArrayLike, attributes: Mapping[str, Sequence[str]]
    ) -> "PointIndex":
        """``lon``, ``lat``: degrees. ``attributes``: name → one text a point.

        Raises ValueError for lengths that differ and for coordinates that are not on Earth.
        """
        keys = morton(*grid_position(lon, lat))
        if any(len(texts) != len(keys) for texts in attributes.values()):
            raise ValueError("each attribute needs exactly one text for each point")
        values = [map(string_value, texts) for texts in attributes.values()]
        records = list(map(b"".join, zip(*values, strict=True))) or [b""] * len(keys)
        # Points at one place are put in the order of their attributes: the order given does not matter.
        order = np.array(sorted(range(len(keys)), key=records.__getitem__), dtype=np.int64)
        order = order[np.argsort(keys[order], kind="stable")]
        keys = keys[order]
        columns, rows = unmorton(keys)
        lengths = np.fromiter(map(len, records), dtype=np.uint64, count=len(records))[order]
        arrays: dict[str, Any] = {
            "keys": keys,
            "column_sums": _running_sum(columns),
            "row_sums": _running_sum(rows),
            "offsets": _running_sum(lengths),
            "records": np.frombuffer(b"".join(records[i] for i in order), dtype=np.uint8),
            "attribute_names": np.array([name.encode() for name in attributes], dtype=np.bytes_),
        }
        return cls(**arrays, digest=_digest(arrays))

    def save(self, folder: Path) -> None:
        """Makes this the current index of ``folder``. Who reads meanwhile gets the one before or this one, whole."""
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / self.digest
        if not target.is_dir():
            unfinished = folder / f".building-{os.getpid()}"
            unfinished.mkdir()
            for name in _ARRAYS:
                np.save(unfinished / f"{name}.npy", getattr(self, name))
            unfinished.rename(target)
        pointer = folder / f".{_POINTER}-{os.getpid()}"
        pointer.write_text(self.digest)
        pointer.replace(folder / _POINTER)
        for old in folder.iterdir():
            if old.is_dir() and old != target:
                shutil.rmtree(
                    old, ignore_errors=True
                )  # files still mapped stay readable until they are closed

    @classmethod
    def open(cls, folder: Path) -> "PointIndex | None":
        """The current index of ``folder``; None when none was built yet."""
        for _ in range(3):  # the folder named by the pointer may be replaced between the two readings
            try:
                digest = (folder / _POINTER).read_text()
            except FileNotFoundError:
                return None
            try:
                return _open_arrays(folder, digest)
            except FileNotFoundError:
                continue
        return None


@lru_cache(maxsize=2)
def _open_arrays(folder: Path, digest: str) -> PointIndex:
    arrays = {name: np.load(folder / digest / f"{name}.npy", mmap_mode="r") for name in _ARRAYS}
    # A plain view of the mapped memory: np.memmap's own bookkeeping at every slice costs more than the slice.
    return PointIndex(**{name: array.view(np.ndarray) for name, array in arrays.items()}, digest=digest)


def _running_sum(values: UInt64s) -> UInt64s:
    return np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(values, dtype=np.uint64)])


def _digest(arrays: Mapping[str, npt.NDArray[Any]]) -> str:
    digest = hashlib.blake2b(digest_size=10)
    for name in ("keys", "offsets", "records", "attribute_names"):
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()
