"""Target against actual by date. Exact: fractions, no floating point."""

import datetime as dt
from calendar import isleap
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

PRECISION = Decimal("0.001")


@dataclass(frozen=True)
class Point:
    """On a day: what a straight way from the baseline to the target asks for, and what is done."""

    on: dt.date
    expected: Decimal
    actual: Decimal


@dataclass(frozen=True)
class Trajectory:
    """From ``baseline`` on ``starts_on`` to ``target`` on ``due_on``, with the steps ``(day, amount)`` done.

    A target may be below the baseline (kilograms of waste): then to be above the expected value is to be behind.
    """

    baseline: Decimal
    starts_on: dt.date
    target: Decimal
    due_on: dt.date
    steps: tuple[tuple[dt.date, Decimal], ...] = ()

    def expected_on(self, day: dt.date) -> Decimal:
        """In units, to PRECISION. A year counts for one whatever its days: 2024 → 2030 is half done at 2027."""
        if day >= self.due_on:
            return self.target
        if day <= self.starts_on:
            return self.baseline
        start, end = year_of(self.starts_on), year_of(self.due_on)
        share = (year_of(day) - start) / (end - start)
        value = Fraction(self.baseline) + Fraction(self.target - self.baseline) * share
        return _rounded(value)

    def actual_on(self, day: dt.date) -> Decimal:
        return self.baseline + sum((amount for on, amount in self.steps if on <= day), Decimal(0))

    def is_measured_on(self, day: dt.date) -> bool:
        """Whether anything was counted by then: what nobody counted is not measured, and is not 0."""
        return any(on <= day for on, _ in self.steps)

    def behind_on(self, day: dt.date) -> Decimal:
        """How many units behind (above zero) or ahead (below zero)."""
        gap = self.expected_on(day) - self.actual_on(day)
        return gap if self.target >= self.baseline else -gap

    def is_reached_on(self, day: dt.date) -> bool:
        actual = self.actual_on(day)
        return actual >= self.target if self.target >= self.baseline else actual <= self.target

    def points(self, today: dt.date) -> list[Point]:
        """The start, each day with a step, today if it is between the two, and the due date."""
        days = {self.starts_on, self.due_on, *(on for on, _ in self.steps if on <= today)}
        if self.starts_on < today < self.due_on:
            days.add(today)
        return [Point(day, self.expected_on(day), self.actual_on(min(day, today))) for day in sorted(days)]


def trajectory(
    *,
    baseline: Decimal,
    starts_on: dt.date,
    target: Decimal,
    due_on: dt.date,
    steps: Iterable[tuple[dt.date, Decimal]] = (),
) -> Trajectory:
    """Raises ValueError when the dates are the wrong way round, or when nothing has to change."""
    if due_on < starts_on:
        raise ValueError("the due date is before the start")
    if baseline == target:
        raise ValueError("the target is the baseline")
    return Trajectory(baseline, starts_on, target, due_on, tuple(sorted(steps)))


def year_of(day: dt.date) -> Fraction:
    """2026-07-02 → a little more than 2026.5."""
    length = 366 if isleap(day.year) else 365
    return day.year + Fraction(day.timetuple().tm_yday - 1, length)


def _rounded(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(PRECISION, rounding=ROUND_HALF_UP)
