"""Days and hours are those of the clocks of the country, on the two nights when they change too."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from terreau.deliberate.instants import (
    beginning,
    end_of,
    ending,
    last_day_before,
    said_beginning,
    said_dates,
    said_instant,
    start_of,
    time_within,
)

SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
HALF_PAST_TWO = dt.time(2, 30)


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2027, 3, 28), 23), (dt.date(2027, 10, 31), 25), (dt.date(2027, 5, 1), 24)]
)
def test_a_day_lasts_what_it_lasts_here(day, hours) -> None:
    assert end_of(day) - start_of(day) == dt.timedelta(hours=hours)
    assert timezone.localtime(start_of(day)).time() == dt.time()
    assert last_day_before(end_of(day)) == day
    assert last_day_before(start_of(day)) == day - dt.timedelta(days=1)


def test_a_time_is_an_instant_here_and_comes_back() -> None:
    day = dt.date(2027, 5, 3)
    assert beginning(day, dt.time(14)) == dt.datetime(2027, 5, 3, 12, tzinfo=dt.UTC)
    assert ending(day, dt.time(16)) - beginning(day, dt.time(14)) == dt.timedelta(hours=2)
    assert time_within(ending(day, dt.time(16))) == dt.time(16)
    assert (beginning(day), ending(day)) == (start_of(day), end_of(day))
    assert time_within(beginning(day)) is time_within(ending(day)) is None


@pytest.mark.parametrize("instant", [beginning, ending])
def test_a_time_that_clocks_jump_over_is_refused(instant) -> None:
    for time in (dt.time(2), HALF_PAST_TWO, dt.time(2, 59)):
        with pytest.raises(ValidationError, match="29 mars 2026"):
            instant(SPRING, time)
    assert instant(SPRING, dt.time(1, 59)) == dt.datetime(2026, 3, 29, 0, 59, tzinfo=dt.UTC)
    assert instant(SPRING, dt.time(3)) == dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)


def test_of_an_hour_that_comes_twice_a_step_has_both_and_the_words_say_so() -> None:
    starts, ends = beginning(AUTUMN, HALF_PAST_TWO), ending(AUTUMN, HALF_PAST_TWO)
    assert starts == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
    assert ends == dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)
    assert said_dates(starts, ends) == "le 25 octobre 2026, de 02:30 (heure d’été) à 02:30 (heure d’hiver)"
    assert beginning(AUTUMN, time_within(starts)) == starts and ending(AUTUMN, time_within(ends)) == ends
    assert "heure" not in said_instant(ending(AUTUMN, dt.time(3)))


def test_to_end_at_0_00_is_refused_because_it_is_said_of_two_evenings() -> None:
    with pytest.raises(ValidationError, match="laissez l’heure vide"):
        ending(AUTUMN, dt.time())
    assert beginning(AUTUMN, dt.time()) == start_of(AUTUMN)


def test_midnight_is_of_the_day_that_ends() -> None:
    assert said_instant(end_of(dt.date(2027, 3, 28))) == "28 mars 2027 à minuit"
    assert said_instant(end_of(dt.date(2027, 3, 28)) + dt.timedelta(minutes=1)) == "29 mars 2027 à 00:01"
    assert said_instant(ending(SPRING, dt.time(3)), to_the_second=True) == "29 mars 2026 à 03:00:00"


def test_hours_are_said_only_where_days_are_not_whole() -> None:
    may, june = dt.date(2027, 5, 3), dt.date(2027, 6, 1)
    ten, noon = dt.time(10), dt.time(12)
    assert said_beginning(beginning(may)) == "3 mai 2027"
    assert said_beginning(beginning(may, ten)) == "3 mai 2027 à 10:00"
    for first, last, told in (
        (beginning(may), ending(may), "le 3 mai 2027"),
        (beginning(may, ten), ending(may, noon), "le 3 mai 2027, de 10:00 à 12:00"),
        (beginning(may, ten), ending(may), "le 3 mai 2027, à partir de 10:00"),
        (beginning(may), ending(may, noon), "le 3 mai 2027, jusqu’à 12:00"),
        (beginning(may), ending(june), "du 3 mai 2027 au 1 juin 2027"),
        (beginning(may, ten), ending(june, noon), "du 3 mai 2027 à 10:00 au 1 juin 2027 à 12:00"),
        (beginning(may), ending(june, noon), "du 3 mai 2027 au 1 juin 2027 à 12:00"),
    ):
        assert said_dates(first, last) == told
