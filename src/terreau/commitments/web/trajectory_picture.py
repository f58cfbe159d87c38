"""A trajectory as rows and as a small drawing: what is expected, dashed, and what is done. All from one Trajectory."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from terreau.commitments.trajectories import Trajectory, year_of
from terreau.commitments.words import expected_on, quantity
from terreau.ui.charts import BOTTOM, HEIGHT, LEFT, RIGHT, WIDTH, nice_ticks

TOP = 24  # a word stands above the line
APART = 140  # units between two dates under the axis, the outer ones written inwards


@dataclass(frozen=True)
class Row:
    """``actual`` is empty for a day to come."""

    on: dt.date
    expected: str
    actual: str


def rows_of(way: Trajectory, day: dt.date) -> list[Row]:
    return [
        Row(point.on, quantity(expected_on(way, point.on)), _actual(way, point.on, day))
        for point in way.points(day)
    ]


def _actual(way: Trajectory, on: dt.date, day: dt.date) -> str:
    if on > day:
        return ""
    is_known = on == way.starts_on or way.is_measured_on(on)
    return quantity(way.actual_on(on) if is_known else None)


@dataclass(frozen=True)
class Spot:
    """Coordinates are text: a template must not localise them. ``label``: a date or a number."""

    x: str
    y: str
    label: str = ""
    anchor: str = "middle"


@dataclass(frozen=True)
class Picture:
    """``expected`` and ``actual``: ``points`` attributes; nothing counted, no ``actual`` and no ``marks``."""

    title: str
    expected: str
    actual: str
    marks: list[Spot]
    goal: Spot
    y_ticks: list[Spot]
    x_ticks: list[Spot]
    starts_at_zero: bool
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def draw(way: Trajectory, day: dt.date, sentence: str) -> Picture | None:
    """``sentence``: what the picture shows, in words. None when it starts and ends on the same day."""
    if way.starts_on == way.due_on:
        return None
    stairs = _stairs(way, day)
    values = [way.baseline, way.target, *(value for _on, value in stairs)]
    frame = _Frame(way, nice_ticks(float(min(values)), float(max(values))))
    steps = [frame.spot(on, value) for on, value in stairs]
    goal = frame.spot(way.due_on, way.target, _("attendu"), "end")
    return Picture(
        title=_("%(sentence)s. Le tableau donne les mêmes nombres.") % {"sentence": sentence},
        expected=_points([frame.spot(way.starts_on, way.baseline), goal]),
        actual=_points(steps),
        marks=[
            frame.spot(on, way.actual_on(on)) for on in sorted({on for on, _amount in way.steps if on <= day})
        ],
        goal=goal,
        y_ticks=[
            frame.spot(way.starts_on, Decimal(str(tick)), quantity(Decimal(str(tick))))
            for tick in frame.ticks
        ],
        x_ticks=frame.dates(day),
        starts_at_zero=frame.ticks[0] == 0,
    )


def _stairs(way: Trajectory, day: dt.date) -> list[tuple[dt.date, Decimal]]:
    """It stays at one height until a step; nothing when nothing is counted."""
    if not way.is_measured_on(day):
        return []
    found = [(way.starts_on, way.baseline)]
    for on in sorted({on for on, _amount in way.steps if on <= day}):
        found += [(on, found[-1][1]), (on, way.actual_on(on))]
    return [*found, (max(day, found[-1][0]), found[-1][1])]


def _points(spots: list[Spot]) -> str:
    return " ".join(f"{one.x},{one.y}" for one in spots)


class _Frame:
    """Where a day and a value are on the drawing; what is done after the due date stands at its edge."""

    def __init__(self, way: Trajectory, ticks: list[float]) -> None:
        self.way, self.ticks = way, ticks
        self.first, self.last = year_of(way.starts_on), year_of(way.due_on)

    def across(self, on: dt.date) -> float:
        share = float((year_of(on) - self.first) / (self.last - self.first))
        return LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT)

    def spot(self, on: dt.date, value: Decimal, label: str = "", anchor: str = "middle") -> Spot:
        low, high = self.ticks[0], self.ticks[-1]
        y = TOP + (high - float(value)) / (high - low) * (HEIGHT - TOP - BOTTOM)
        return Spot(f"{self.across(on):.1f}", f"{y:.1f}", label, anchor)

    def dates(self, day: dt.date) -> list[Spot]:
        """The start, the due date, and today when it is apart from both."""
        low = Decimal(str(self.ticks[0]))
        ends = ((self.way.starts_on, "start"), (self.way.due_on, "end"))
        found = [self.spot(on, low, date_format(on, "SHORT_DATE_FORMAT"), anchor) for on, anchor in ends]
        if all(abs(self.across(day) - self.across(on)) > APART for on, _anchor in ends):
            found.append(self.spot(day, low, date_format(day, "SHORT_DATE_FORMAT")))
        return found
