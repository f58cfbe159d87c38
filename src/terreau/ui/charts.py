"""Small charts that a template draws as SVG: no script, they print, and a table beside them says the same."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 400, 190  # its texts stay readable on a telephone, where a unit is less than a pixel
LEFT, RIGHT, TOP, BOTTOM = 72, 20, 12, 28
MOST_YEARS = 5  # written under the axis


@dataclass(frozen=True)
class Mark:
    """A point of the line, or a tick of an axis. Coordinates are text: a template must not localise them."""

    x: str
    y: str
    value: float


@dataclass(frozen=True)
class LineChart:
    """``lines``: one ``points`` attribute for each run of values without a hole."""

    lines: list[str]
    marks: list[Mark]
    y_ticks: list[Mark]
    x_ticks: list[Mark]
    starts_at_zero: bool
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def line_chart(series: Sequence[tuple[int, float | None]]) -> LineChart | None:
    """A line over years; None when fewer than two years have a value."""
    known = [(year, value) for year, value in series if value is not None]
    if len(known) < 2:
        return None
    ticks = nice_ticks(min(value for _, value in known), max(value for _, value in known))
    first, last = series[0][0], series[-1][0]
    low, high = ticks[0], ticks[-1]

    def mark(year: float, value: float, label: float) -> Mark:
        x = LEFT + (year - first) / (last - first) * (WIDTH - LEFT - RIGHT)
        y = TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)
        return Mark(f"{x:.1f}", f"{y:.1f}", label)

    runs: list[list[Mark]] = [[]]
    for year, value in series:
        if value is None:
            runs.append([])
        else:
            runs[-1].append(mark(year, value, value))
    return LineChart(
        lines=[" ".join(f"{point.x},{point.y}" for point in run) for run in runs if len(run) > 1],
        marks=[point for run in runs for point in run],
        y_ticks=[mark(first, tick, tick) for tick in ticks],
        x_ticks=[mark(year, low, year) for year, _ in series[:: -(-len(series) // MOST_YEARS)]],
        starts_at_zero=low == 0,
    )


def nice_ticks(low: float, high: float, most: int = 4) -> list[float]:
    """Round numbers (1, 2 or 5 × a power of ten apart) from at or below ``low`` to at or above ``high``."""
    if low == high:
        low, high = max(low - 1, 0), high + 1
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    step = max(step, 1)
    start, end = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(start, end + 1)]


# Circle, square, triangle, diamond, cross, triangle upside down: told apart without colour.
_CORNERS: list[list[tuple[float, float]]] = [
    [],
    [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
    [(0, -1.1), (1, 0.8), (-1, 0.8)],
    [(0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)],
    [
        (x * 0.4, y * 0.4)
        for x, y in zip(
            (-1, 1, 1, 3, 3, 1, 1, -1, -1, -3, -3, -1),
            (-3, -3, -1, -1, 1, 1, 3, 3, 1, 1, -1, -1),
            strict=True,
        )
    ],
    [(0, 1.1), (1, -0.8), (-1, -0.8)],
]
CLOUD_WIDTH, CLOUD_HEIGHT, CELL = 400, 300, 14
_EDGE, _OUTSIDE = 18, 0.01  # share of the points that the frame may leave at its edge, on each side


@dataclass(frozen=True)
class Shape:
    """``path``: the ``d`` of what stands for ``number`` points. ``kind``: 1, 2, 3…, one shape each."""

    path: str
    kind: int
    number: int


@dataclass(frozen=True)
class Spot:
    x: str
    y: str
    label: str = ""


@dataclass(frozen=True)
class Cloud:
    """``names``: each label in the middle of its points. ``here``: one place shown by itself, or nothing."""

    shapes: list[Shape]
    names: list[Spot]
    here: Spot | None
    width: int = CLOUD_WIDTH
    height: int = CLOUD_HEIGHT


def cloud(
    points: Sequence[tuple[str, float, float]], here: tuple[float, float] | None = None
) -> Cloud | None:
    """Points (label, x, y) as shapes that differ by label, both axes at one scale. Points of a label that are close
    become one larger shape: the picture is as heavy for a hundred people as for a million. None when all coincide.
    """
    frame = _frame_of(points)
    if frame is None:
        return None
    labels = sorted({label for label, _, _ in points})
    cells: dict[tuple[int, int, str], list[tuple[float, float]]] = defaultdict(list)
    of_label: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for label, x, y in points:
        place = _inside(frame, x, y)
        cells[int(place[1] // CELL), int(place[0] // CELL), label].append(place)
        of_label[label].append(place)
    shapes = [
        Shape(
            _outline(labels.index(label), *_middle(some), 3.5 * len(some) ** 0.4),
            labels.index(label) + 1,
            len(some),
        )
        for (_, _, label), some in sorted(cells.items())
    ]
    names = [_spot(*_middle(some), label) for label, some in sorted(of_label.items()) if label]
    return Cloud(shapes, names, _spot(*_inside(frame, *here)) if here else None)


def _frame_of(points: Sequence[tuple[str, float, float]]) -> tuple[float, float, float] | None:
    """The middle, and the units of the drawing in one of the points; few far points do not shrink the rest."""
    if not points:
        return None
    ends = []
    for axis in (1, 2):
        values = sorted(float(point[axis]) for point in points)
        left = int(len(values) * _OUTSIDE)
        ends.append((values[left], values[-1 - left]))
    (x_low, x_high), (y_low, y_high) = ends
    if x_low == x_high and y_low == y_high:
        return None
    room = (CLOUD_WIDTH - 2 * _EDGE, CLOUD_HEIGHT - 2 * _EDGE)
    scale = min(size / (high - low) for size, (low, high) in zip(room, ends, strict=True) if high > low)
    return (x_low + x_high) / 2, (y_low + y_high) / 2, scale


def _inside(frame: tuple[float, float, float], x: float, y: float) -> tuple[float, float]:
    x_middle, y_middle, scale = frame
    across, up = CLOUD_WIDTH / 2 + (x - x_middle) * scale, CLOUD_HEIGHT / 2 - (y - y_middle) * scale
    return (
        min(max(across, _EDGE / 2), CLOUD_WIDTH - _EDGE / 2),
        min(max(up, _EDGE / 2), CLOUD_HEIGHT - _EDGE / 2),
    )


def _middle(places: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places)


def _spot(x: float, y: float, label: str = "") -> Spot:
    return Spot(f"{x:.1f}", f"{y:.1f}", label)


def _outline(kind: int, x: float, y: float, size: float) -> str:
    """The ``d`` of a path, in a box of about twice ``size``."""
    size = min(size, CELL)
    corners = _CORNERS[kind % len(_CORNERS)]
    if not corners:
        r = f"{size:.1f}"
        return f"M{x - size:.1f},{y:.1f}a{r},{r} 0 1,0 {2 * size:.1f},0a{r},{r} 0 1,0 {-2 * size:.1f},0z"
    return "M" + "L".join(f"{x + a * size:.1f},{y + b * size:.1f}" for a, b in corners) + "z"
