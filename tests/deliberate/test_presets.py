"""The three presets: whole, in order, and of days that follow the clock of the country."""

import datetime as dt
from itertools import pairwise

import pytest

from terreau.deliberate.enums import TAKING_PART, Preset, StepKind
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


@pytest.mark.parametrize("preset", list(Preset))
def test_what_people_think_is_known_before_anything_is_drawn_from_it(preset) -> None:
    """Results are hidden up to the end of the last step of people: no such step follows that of votes."""
    kinds = [step.kind for step in PRESETS[preset].steps if step.kind in TAKING_PART]
    assert StepKind.VOTE not in kinds[:-1]
    last = dated_steps(preset, dt.date(2027, 1, 4))
    assert reply_day(preset, dt.date(2027, 1, 4)) == next(
        step.last for step in reversed(last) if step.kind != StepKind.FOLLOW_UP
    )


@pytest.mark.parametrize("preset", list(Preset))
def test_no_two_steps_of_a_preset_have_one_name(preset) -> None:
    names = [str(step.title) or step.kind for step in PRESETS[preset].steps]
    assert len(set(names)) == len(names)
