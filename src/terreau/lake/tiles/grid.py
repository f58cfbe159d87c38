"""The grid of web-mercator: 2³² × 2³² cells over the world, numbered along the Morton (Z) curve."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

UInt64s: TypeAlias = npt.NDArray[np.uint64]

GRID_BITS = 32
MAX_ZOOM = 20  # at zoom 20 a unit of a tile (1/4096 of its side) is exactly one cell of the grid
_LAST_CELL = 2**GRID_BITS - 1
_SPREAD = (  # (shift, mask) that open the bits of a number to leave room for the other axis
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


class InvalidTile(ValueError):
    """No such tile: the zoom is not 0 to MAX_ZOOM, or x or y is not 0 to 2^zoom − 1."""


def check_tile(z: int, x: int, y: int) -> None:
    """Raises InvalidTile."""
    if not 0 <= z <= MAX_ZOOM:
        raise InvalidTile(f"zoom {z} is not between 0 and {MAX_ZOOM}")
    if not (0 <= x < 2**z and 0 <= y < 2**z):
        raise InvalidTile(f"tile {x}, {y} does not exist at zoom {z}")


def grid_position(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[UInt64s, UInt64s]:
    """Degrees → column (from the west) and row (from the north) in the grid.

    Latitudes beyond ±85.05°, where web-mercator ends, go to the first or last row: no point is lost.
    Raises ValueError for a coordinate that is not a finite number, or outside ±180 and ±90.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    # Written so that NaN, for which every comparison is false, is refused too.
    if not (np.all(np.abs(lon) <= 180) and np.all(np.abs(lat) <= 90)):
        raise ValueError("a longitude is not within ±180 or a latitude not within ±90")
    sine = np.sin(np.radians(np.clip(lat, -89.9, 89.9)))
    west = lon / 360 + 0.5
    north = 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)
    scale = 2.0**GRID_BITS
    column = np.clip(np.floor(west * scale), 0, _LAST_CELL)
    row = np.clip(np.floor(north * scale), 0, _LAST_CELL)
    return column.astype(np.uint64), row.astype(np.uint64)


def morton(column: npt.ArrayLike, row: npt.ArrayLike) -> UInt64s:
    """Interleaves bits: cells of one square, at every zoom, get consecutive numbers."""
    return _spread(column) | (_spread(row) << np.uint64(1))


def _spread(values: npt.ArrayLike) -> UInt64s:
    spread = np.asarray(values, dtype=np.uint64)
    for shift, mask in _SPREAD:
        spread = (spread | (spread << np.uint64(shift))) & np.uint64(mask)
    return spread


def unmorton(keys: UInt64s) -> tuple[UInt64s, UInt64s]:
    """The column and the row of each key."""
    return _gather(keys), _gather(keys >> np.uint64(1))


def _gather(values: UInt64s) -> UInt64s:
    gathered = values & np.uint64(_SPREAD[-1][1])
    wider_masks = [mask for _, mask in _SPREAD[-2::-1]] + [_LAST_CELL]
    for (shift, _), mask in zip(reversed(_SPREAD), wider_masks, strict=True):
        gathered = (gathered | (gathered >> np.uint64(shift))) & np.uint64(mask)
    return gathered
