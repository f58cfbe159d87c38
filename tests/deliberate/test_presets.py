"""The three presets: whole, in order, and of days that follow the clock of the country."""

import datetime as dt
from itertools import pairwise

import pytest
from django.utils import timezone

from terreau.deliberate.enums import TAKING_PART, Preset
from terreau.deliberate.presets import PRESETS, dated_steps, end_of, last_day_before, reply_day, start_of


@pytest.mark.parametrize("preset", list(Preset))
def test_steps_follow_one_another_and_the_reply_comes_after_people(preset) -> None:
    first = dt.date(2027, 1, 4)
    steps = dated_steps(preset, first)
    assert steps[0].first == first
    for before, after in pairwise(steps):
        assert after.first == before.last + dt.timedelta(days=1)
    people = [step for step in steps if step.kind in TAKING_PART]
    assert people, "somebody takes part"
    assert reply_day(preset, first) > max(step.last for step in people)
    assert set(PRESETS) == set(Preset)


@pytest.mark.parametrize(
    ("day", "hours"), [(dt.date(2027, 3, 28), 23), (dt.date(2027, 10, 31), 25), (dt.date(2027, 5, 1), 24)]
)
def test_a_day_lasts_what_it_lasts_here(day, hours) -> None:
    assert end_of(day) - start_of(day) == dt.timedelta(hours=hours)
    assert timezone.localtime(start_of(day)).time() == dt.time()
    assert last_day_before(end_of(day)) == day
    assert last_day_before(start_of(day)) == day - dt.timedelta(days=1)
