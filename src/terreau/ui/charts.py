"""Small charts that a template draws as SVG: no script, they print, and a table beside them says the same."""

import math
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
