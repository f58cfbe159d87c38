"""The three presets: whole, in order, and of days that follow the clock of the country."""

import datetime as dt
from itertools import pairwise

import pytest

from terreau.deliberate.enums import TAKING_PART, Preset
from terreau.deliberate.presets import PRESETS, dated_steps, reply_day


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
