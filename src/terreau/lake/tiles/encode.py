"""One tile: clusters and single points of a square of the map."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .grid import GRID_BITS, UInt64s, check_tile, morton
from .index import PointIndex
from .protobuf import layer, point_features, unsigned_value

EXTENT = 4096  # units along a side of a tile
BUFFER = 64  # units around it that are also written
POINT_ZOOM = 14  # from here on, cells with few points give them one by one
MOST_FEATURES = 4096  # a tile never holds more, its buffer not counted
_EXTENT_BITS = 12


class Cells(NamedTuple):
    """Cells with at least one point: their run ``[first, after)`` in the index, and a shift in units where the
    map wraps around the antimeridian."""

    first: npt.NDArray[np.int64]
    after: npt.NDArray[np.int64]
    shift: npt.NDArray[np.int64]


def tile(index: PointIndex, z: int, x: int, y: int, *, cells: int = 64) -> bytes:
    """The vector tile, not compressed; empty bytes when nothing is there. Raises InvalidTile.

    The tile is cut in ``cells`` × ``cells`` (a power of two, 64 at most). A cell belongs to the zoom, not to the
    tile: seen from the buffer of a neighbour it has the same place and the same count. Layer ``clusters`` has
    ``count``; layer ``points`` has the attributes of the index, for cells with one point, and from zoom 14
    on for cells with few.
    """
    check_tile(z, x, y)
    if cells not in (1, 2, 4, 8, 16, 32, 64):
        raise ValueError("cells: a power of two, 64 at most")
    found = _occupied_cells(index, z, x, y, cells)
    one_by_one = MOST_FEATURES // cells**2 if z >= POINT_ZOOM else 1
    few = found.after - found.first <= one_by_one
    return _points(index, z, x, y, Cells(*(part[few] for part in found))) + _clusters(
        index, z, x, y, Cells(*(part[~few] for part in found))
    )


def _occupied_cells(index: PointIndex, z: int, x: int, y: int, cells: int) -> Cells:
    """The cells of the tile, then those of the ring of cells around it."""
    cell_bits = cells.bit_length() - 1
    key_bits = np.uint64(2 * (GRID_BITS - z - cell_bits))
    # The cells of a tile are consecutive on the curve: the end of one is the beginning of the next.
    first_cell = int(morton(x, y)) << (2 * cell_bits)
    bounds = _run_starts(index, np.arange(first_cell, first_cell + cells**2 + 1, dtype=np.uint64), key_bits)
    columns, rows, shift = _ring(z, x, y, cells)
    ring = morton(columns, rows)
    first = np.concatenate([bounds[:-1], _run_starts(index, ring, key_bits)])
    after = np.concatenate([bounds[1:], _run_starts(index, ring + np.uint64(1), key_bits)])
    shift = np.concatenate([np.zeros(cells**2, dtype=np.int64), shift])
    occupied = after > first
    return Cells(first[occupied], after[occupied], shift[occupied])


def _run_starts(index: PointIndex, cell_numbers: UInt64s, key_bits: np.uint64) -> npt.NDArray[np.int64]:
    starts = np.searchsorted(index.keys, cell_numbers << key_bits).astype(np.int64)
    # The number after the last cell of the world does not fit in 64 bits once shifted: its run starts at the end.
    if key_bits:
        starts[cell_numbers >> (np.uint64(64) - key_bits) > 0] = len(index)
    return starts


def _ring(z: int, x: int, y: int, cells: int) -> tuple[UInt64s, UInt64s, npt.NDArray[np.int64]]:
    """Columns, rows and shift of the cells around a tile. East of the last column comes the first one."""
    span = np.arange(-1, cells + 1)
    column, row = (axis.ravel() for axis in np.meshgrid(span, span, indexing="ij"))
    side = cells * 2**z
    inside = (column >= 0) & (column < cells) & (row >= 0) & (row < cells)
    kept = ~inside & (row + y * cells >= 0) & (row + y * cells < side)
    column, row = column[kept] + x * cells, row[kept] + y * cells
    shift = np.floor_divide(column, side) * (EXTENT << z)
    return np.mod(column, side).astype(np.uint64), row.astype(np.uint64), shift


def _positions(
    index: PointIndex, z: int, x: int, y: int, runs: Cells
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Mean position of each run in units of the tile, and whether it is within the tile or its buffer."""
    count = (runs.after - runs.first).astype(np.uint64)
    to_units = np.uint64(GRID_BITS - _EXTENT_BITS - z)
    place = []
    for sums, origin in ((index.column_sums, x), (index.row_sums, y)):
        mean = (sums[runs.after] - sums[runs.first]) // count
        place.append((mean >> to_units).astype(np.int64) - origin * EXTENT)
    across, down = place[0] + runs.shift, place[1]
    near = (across >= -BUFFER) & (across < EXTENT + BUFFER) & (down >= -BUFFER) & (down < EXTENT + BUFFER)
    return across, down, near


def _clusters(index: PointIndex, z: int, x: int, y: int, found: Cells) -> bytes:
    across, down, near = _positions(index, z, x, y, found)
    if not near.any():
        return b""
    counts, numbers = np.unique((found.after - found.first)[near], return_inverse=True)
    features = point_features(across[near], down[near], [numbers.astype(np.int64)])
    values = b"".join(map(unsigned_value, counts.tolist()))
    return layer("clusters", features, ["count"], values, EXTENT)


def _points(index: PointIndex, z: int, x: int, y: int, found: Cells) -> bytes:
    length = found.after - found.first
    first = (
        np.repeat(found.first, length) + np.arange(length.sum()) - np.repeat(length.cumsum() - length, length)
    )
    points = Cells(first, first + 1, np.repeat(found.shift, length))
    across, down, near = _positions(index, z, x, y, points)
    if not near.any():
        return b""
    points = Cells(*(part[near] for part in points))
    names = [name.decode() for name in index.attribute_names.tolist()]
    numbers = np.arange(len(points.first)) * len(
        names
    )  # each point brings its own values, in the order of the keys
    features = point_features(across[near], down[near], [numbers + key for key in range(len(names))])
    starts, ends = index.offsets[points.first].tolist(), index.offsets[points.after].tolist()
    records = memoryview(index.records)  # type: ignore[arg-type]
    values = b"".join([records[start:end] for start, end in zip(starts, ends, strict=True)])
    return layer("points", features, names, values, EXTENT)
