"""What the law computes from the days of the rounds, at the hours of Paris."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from terreau.commitments import electoral_calendar as law
from terreau.commitments.enums import Phase
from terreau.commitments.models import Election

PARIS = ZoneInfo("Europe/Paris")


def paris(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=PARIS)


@pytest.mark.parametrize(
    ("first_round", "starts"),
    [
        (dt.date(2032, 3, 14), dt.date(2031, 9, 1)),
        (dt.date(2028, 6, 18), dt.date(2027, 12, 1)),
        (dt.date(2027, 12, 5), dt.date(2027, 6, 1)),
        (dt.date(2029, 7, 1), dt.date(2029, 1, 1)),
    ],
)
def test_the_reserve_starts_the_first_day_of_the_sixth_month_before(first_round, starts) -> None:
    assert law.reserve_starts_on(first_round) == starts


def test_midnight_is_that_of_paris_in_winter_and_in_summer() -> None:
    winter, summer = law.start_of(dt.date(2032, 3, 13)), law.start_of(dt.date(2032, 6, 13))
    assert winter.astimezone(dt.UTC) == dt.datetime(2032, 3, 12, 23, tzinfo=dt.UTC)
    assert summer.astimezone(dt.UTC) == dt.datetime(2032, 6, 12, 22, tzinfo=dt.UTC)


def test_a_day_when_the_clocks_change_ends_23_hours_after_it_starts() -> None:
    day = dt.date(2032, 3, 28)
    assert law.end_of(day).astimezone(dt.UTC) - law.start_of(day).astimezone(dt.UTC) == dt.timedelta(hours=23)


def test_29_february_has_an_end_of_mandate() -> None:
    assert law.years_after(dt.date(2032, 2, 29), 6) == dt.date(2038, 2, 28)


# The second round is the day when the clocks change.
ELECTION = Election(first_round_on=dt.date(2032, 3, 21), second_round_on=dt.date(2032, 3, 28))


@pytest.mark.parametrize(
    ("instant", "phase"),
    [
        (paris(2031, 6, 1, 12), Phase.OPEN),
        (paris(2032, 3, 19, 23, 59, 59), Phase.OPEN),
        (paris(2032, 3, 20, 0, 0), Phase.FROZEN),
        (paris(2032, 3, 24, 12), Phase.FROZEN),
        (paris(2032, 3, 28, 23, 59, 59), Phase.FROZEN),
        (paris(2032, 3, 29, 0, 0), Phase.AFTER),
        (dt.datetime(2032, 3, 28, 21, 59, 59, tzinfo=dt.UTC), Phase.FROZEN),
        (dt.datetime(2032, 3, 28, 22, 0, tzinfo=dt.UTC), Phase.AFTER),
    ],
)
def test_the_phase_of_an_election(instant, phase) -> None:
    assert ELECTION.phase_at(instant) == phase


def test_a_deadline_closes_answers_before_the_freeze() -> None:
    early = Election(first_round_on=dt.date(2032, 3, 21), answers_until=dt.date(2032, 3, 1))
    assert early.phase_at(paris(2032, 3, 1, 23, 59)) == Phase.OPEN
    assert early.phase_at(paris(2032, 3, 2, 0, 0)) == Phase.CLOSED
    assert early.phase_at(paris(2032, 3, 20, 0, 0)) == Phase.FROZEN


def test_a_consultation_has_a_deadline_and_nothing_of_the_electoral_period() -> None:
    asked = Election(answers_until=dt.date(2032, 3, 1))
    assert asked.phase_at(paris(2032, 3, 1, 12)) == Phase.OPEN
    assert asked.phase_at(paris(2040, 1, 1)) == Phase.CLOSED
    assert (asked.reserve_starts_on, asked.freezes_on, asked.mandate_end) == (None, None, None)
    assert not asked.is_reserved_on(dt.date(2032, 3, 1))


def test_the_reserve_covers_its_first_and_last_days() -> None:
    days = {day: ELECTION.is_reserved_on(day) for day in (
        dt.date(2031, 8, 31), dt.date(2031, 9, 1), dt.date(2032, 3, 28), dt.date(2032, 3, 29))}  # fmt: skip
    assert list(days.values()) == [False, True, True, False]
