"""Target against actual: the numbers of proposition 9, then properties."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.commitments.trajectories import PRECISION, trajectory, year_of

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
AMOUNTS = st.decimals(-1000, 1000, places=2)


def of_proposition_9(*steps: tuple[date, int], year: int = 1):
    """Baseline 10 in 2024, target 40 in 2030."""
    return trajectory(
        baseline=Decimal(10),
        starts_on=date(2024, year, 1),
        target=Decimal(40),
        due_on=date(2030, year, 1),
        steps=[(day, Decimal(amount)) for day, amount in steps],
    )


def test_fourteen_where_twenty_are_expected_is_six_behind() -> None:
    way = of_proposition_9((date(2025, 6, 1), 4))
    on = date(2026, 1, 1)
    assert (way.expected_on(on), way.actual_on(on), way.behind_on(on)) == (20, 14, 6)


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027, 2028, 2029, 2030])
def test_a_year_counts_for_one_whatever_its_days(year: int) -> None:
    assert of_proposition_9().expected_on(date(year, 1, 1)) == 10 + 5 * (year - 2024)


def test_with_a_target_below_the_start_more_is_behind() -> None:
    waste = trajectory(
        baseline=Decimal(100), starts_on=date(2024, 1, 1), target=Decimal(0), due_on=date(2028, 1, 1)
    )
    assert waste.behind_on(date(2026, 1, 1)) == 50
    assert not waste.is_reached_on(date(2026, 1, 1))


def test_a_step_undone_takes_its_amount_back() -> None:
    way = of_proposition_9((date(2025, 1, 1), 30), (date(2025, 2, 1), -1))
    assert way.is_reached_on(date(2025, 1, 31))
    assert not way.is_reached_on(date(2025, 2, 1))


def test_what_makes_no_way_is_refused() -> None:
    with pytest.raises(ValueError, match="before the start"):
        trajectory(
            baseline=Decimal(0), starts_on=date(2025, 1, 2), target=Decimal(1), due_on=date(2025, 1, 1)
        )
    with pytest.raises(ValueError, match="the baseline"):
        trajectory(
            baseline=Decimal(1), starts_on=date(2025, 1, 1), target=Decimal(1), due_on=date(2026, 1, 1)
        )


def test_a_promise_of_one_day_is_expected_at_once() -> None:
    day = date(2026, 3, 29)  # the clocks change that night
    way = trajectory(baseline=Decimal(0), starts_on=day, target=Decimal(1), due_on=day)
    assert way.expected_on(day) == 1
    assert [point.on for point in way.points(day)] == [day]


@given(start=DAYS, length=st.integers(0, 5000), baseline=AMOUNTS, target=AMOUNTS, on=DAYS, other=DAYS)
def test_expected_goes_one_way_from_baseline_to_target(start, length, baseline, target, on, other) -> None:
    if baseline == target:
        return
    due = start + timedelta(length)
    way = trajectory(baseline=baseline, starts_on=start, target=target, due_on=due)
    assert way.expected_on(due) == target
    if length:
        assert way.expected_on(start) == baseline
    low, high = sorted([on, other])
    sign = 1 if target > baseline else -1
    assert sign * way.expected_on(low) <= sign * way.expected_on(high)
    assert min(baseline, target) <= way.expected_on(on) <= max(baseline, target)
    if start < on < due:
        share = (year_of(on) - year_of(start)) / (year_of(due) - year_of(start))
        exact = Fraction(baseline) + (Fraction(target) - Fraction(baseline)) * share
        assert abs(Fraction(way.expected_on(on)) - exact) <= Fraction(PRECISION) / 2


@given(steps=st.lists(st.tuples(DAYS, AMOUNTS), max_size=8), on=DAYS, mix=st.randoms())
def test_steps_add_up_in_any_order(steps, on, mix) -> None:
    mixed = list(steps)
    mix.shuffle(mixed)
    ways = [
        trajectory(
            baseline=Decimal(10), starts_on=date(2020, 1, 1), target=Decimal(40), due_on=date(2040, 1, 1),
            steps=given_steps,
        )
        for given_steps in (steps, mixed)
    ]  # fmt: skip
    assert ways[0] == ways[1]
    assert ways[0].actual_on(on) == 10 + sum(amount for day, amount in steps if day <= on)
    points = ways[0].points(on)
    assert [point.on for point in points] == sorted({point.on for point in points})
