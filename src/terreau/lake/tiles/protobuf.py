"""The few bytes of protocol buffers that vector tiles need, written for thousands of features at once.

Field numbers are those of the Mapbox Vector Tile specification, version 2.1.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Column: TypeAlias = int | npt.NDArray[np.uint8] | tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]


def varint(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def field(number: int, content: bytes) -> bytes:
    """A field that has a length: text, message, packed numbers."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def string_value(text: str) -> bytes:
    """A layer's value (field 4) that is a text (field 1)."""
    return field(4, field(1, text.encode()))


def unsigned_value(number: int) -> bytes:
    """A layer's value (field 4) that is a positive number (uint_value, field 5)."""
    return field(4, b"\x28" + varint(number))


def layer(name: str, features: bytes, keys: Iterable[str], values: bytes, extent: int) -> bytes:
    """A tile's layer (field 3). ``features`` and ``values`` are already written."""
    content = [field(1, name.encode()), features, *(field(3, key.encode()) for key in keys), values]
    content.append(b"\x28" + varint(extent) + b"\x78\x02")  # extent (field 5), version 2 (field 15)
    return field(3, b"".join(content))


def point_features(
    x: npt.NDArray[np.int64], y: npt.NDArray[np.int64], values: Sequence[npt.NDArray[np.int64]]
) -> bytes:
    """Features (field 2), each one point with the same keys 0, 1, 2… and, for each key, the number of its value.

    ``x``, ``y``: position in the tile, in units. Every number must be below 2^21 (three bytes of varint).
    """
    tags = [column for key, numbers in enumerate(values) for column in (key, *_varints(numbers))]
    geometry = [0x09, *_varints(_zigzag(x)), *_varints(_zigzag(y))]  # 0x09: move to, once
    tags_length, geometry_length = _width(tags, len(x)), _width(geometry, len(x))
    body: list[Column] = [0x12, tags_length, *tags, 0x18, 0x01, 0x22, geometry_length, *geometry]
    return _write([0x12, _width(body, len(x)), *body], len(x))


def _zigzag(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return (values << 1) ^ (values >> 63)


def _varints(values: npt.NDArray[np.int64]) -> list[Column]:
    """Three byte columns; the second and the third are absent where the number is small."""
    second, third = values > 0x7F, values > 0x3FFF
    return [
        (values & 0x7F | second * 0x80).astype(np.uint8),
        ((values >> 7 & 0x7F | third * 0x80).astype(np.uint8), second),
        ((values >> 14).astype(np.uint8), third),
    ]


def _width(columns: Sequence[Column], rows: int) -> npt.NDArray[np.uint8]:
    """How many bytes each row takes: always below 128, so one byte of varint."""
    width = np.zeros(rows, dtype=np.uint8)
    for column in columns:
        width += column[1] if isinstance(column, tuple) else np.uint8(1)
    return width


def _write(columns: Sequence[Column], rows: int) -> bytes:
    """The rows one after the other, without the absent bytes."""
    table = np.empty((rows, len(columns)), dtype=np.uint8)
    present = np.ones((rows, len(columns)), dtype=np.bool_)
    for place, column in enumerate(columns):
        if isinstance(column, tuple):
            table[:, place], present[:, place] = column
        else:
            table[:, place] = column
    return table[present].tobytes()
