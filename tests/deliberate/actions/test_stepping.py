"""Steps of a public process change with a public reason, and what arrives at the instant of closing is too late."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from terreau.commons.models import LogEntry
from terreau.deliberate import actions
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import Power, State, StepKind
from terreau.deliberate.instants import end_of
from terreau.deliberate.models import Process, Step
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_process

pytestmark = pytest.mark.django_db


def opened(**values) -> tuple[Process, Step, object]:
    process = make_process(steps=(StepKind.VOTE,), **values)
    return process, process.steps.get(), give_power(process, Power.FACILITATOR)


def test_closing_early_needs_a_public_reason_and_enters_the_log() -> None:
    process, step, by = opened()
    for empty in ("", "  \n "):
        with pytest.raises(ValidationError):
            actions.close_step(step=step, reason=empty, by=by)
    assert step.is_open_at(timezone.now()) and not LogEntry.objects.exists()
    was = step.ends_at
    closed = actions.close_step(step=step, reason="La salle a brûlé.", by=by)
    change = process.changes.get()
    assert (change.verb, change.reason, change.before) == (
        "close-step",
        "La salle a brûlé.",
        {"step": step.token, "ends_at": was.isoformat()},
    )
    assert LogEntry.objects.get().verb == "close-step"
    assert "brûlé" not in LogEntry.objects.get().content, "the log names acts, it holds no words"
    process.refresh_from_db()
    assert process.step_open_at(closed.ends_at, StepKind.VOTE) is None
    assert process.step_open_at(closed.ends_at - dt.timedelta(seconds=1), StepKind.VOTE) == step
    with pytest.raises(NotAllowed):
        actions.close_step(step=step, reason="Encore", by=by)


def test_a_step_is_reopened_then_closed_at_midnight_here() -> None:
    process, step, by = opened()
    close(process)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(NotAllowed):
        actions.extend_step(step=step, last_day=tomorrow, reason="Oubli", by=by)
    with pytest.raises(ValidationError):
        actions.reopen_step(
            step=step, last_day=timezone.localdate() - dt.timedelta(days=1), reason="Oubli", by=by
        )
    with pytest.raises(ValidationError):
        actions.reopen_step(step=step, last_day=tomorrow, reason="", by=by)
    row = actions.reopen_step(step=step, last_day=tomorrow, reason="Oubli", by=by)
    assert row.ends_at == end_of(tomorrow)
    assert process.changes.get().verb == "reopen-step"
    fresh = Process.objects.get(pk=process.pk)
    assert not fresh.is_closed_at(timezone.now()) and not fresh.shows_results_at(timezone.now())


@pytest.mark.parametrize("night", [dt.date(2031, 3, 30), dt.date(2031, 10, 26)])
def test_a_step_extended_to_the_night_when_clocks_change_ends_with_that_day(night) -> None:
    _process, step, by = opened(reply_by=dt.date(2032, 1, 1))
    row = actions.extend_step(step=step, last_day=night, reason="Plus de temps", by=by)
    last_second = timezone.make_aware(dt.datetime.combine(night, dt.time(23, 59, 59)))
    assert row.is_open_at(last_second)
    assert not row.is_open_at(last_second + dt.timedelta(seconds=1))
    two_in_the_night = timezone.make_aware(dt.datetime.combine(night, dt.time(4)))
    assert row.is_open_at(two_in_the_night)


def test_an_extension_goes_later_and_not_after_the_reply() -> None:
    process, step, by = opened()
    today = timezone.localdate()
    with pytest.raises(ValidationError) as caught:
        actions.extend_step(step=step, last_day=today, reason="Erreur", by=by)
    assert "last_day" in caught.value.error_dict
    with pytest.raises(ValidationError) as caught:
        actions.extend_step(step=step, last_day=process.reply_by + dt.timedelta(days=1), reason="Plus", by=by)
    assert "last_day" in caught.value.error_dict
    step.refresh_from_db()
    assert step.ends_at < end_of(process.reply_by)
    actions.extend_step(step=step, last_day=process.reply_by, reason="Plus", by=by)


def test_only_who_facilitates_moves_steps() -> None:
    process, step, _by = opened()
    for other in (
        make_user(),
        give_power(process, Power.DECIDER),
        make_user("", "facilitator", "administrator"),
    ):
        with pytest.raises(NotAllowed):
            actions.close_step(step=step, reason="Assez", by=other)
        with pytest.raises(NotAllowed):
            actions.stop_process(process=process, reason="Assez", by=other)


def test_a_process_stops_for_good_with_a_reason() -> None:
    process, step, by = opened()
    with pytest.raises(ValidationError):
        actions.stop_process(process=process, reason=" ", by=by)
    actions.stop_process(process=process, reason="Élections reportées.", by=by)
    process.refresh_from_db()
    assert process.state == State.STOPPED and process.is_closed_at(timezone.now())
    for act, values in (
        (actions.stop_process, {"process": process}),
        (actions.close_step, {"step": step}),
        (actions.extend_step, {"step": step, "last_day": timezone.localdate()}),
    ):
        with pytest.raises(NotAllowed):
            act(reason="Encore", by=by, **values)


def test_a_result_is_consultative_until_a_decider_enters_the_number() -> None:
    process, _step, facilitator = opened()
    decider = give_power(process, Power.DECIDER)
    today = timezone.localdate()
    assert process.is_consultative
    with pytest.raises(NotAllowed):
        actions.enter_deliberation(process=process, number="12", on=today, by=facilitator)
    with pytest.raises(ValidationError):
        actions.enter_deliberation(process=process, number=" ", on=today, by=decider)
    with pytest.raises(ValidationError):
        actions.enter_deliberation(process=process, number="12", on=today + dt.timedelta(days=1), by=decider)
    actions.enter_deliberation(process=process, number="12", on=today, by=decider)
    row = actions.enter_deliberation(process=process, number="12 bis", on=today, by=decider)
    assert not row.is_consultative
    assert process.changes.last().before["deliberation_number"] == "12"


def test_a_step_is_extended_to_an_hour_of_the_day_on_which_it_ends() -> None:
    _process, step, by = opened(reply_by=dt.date(2032, 1, 1))
    day = dt.date(2031, 10, 26)
    noon = actions.extend_step(step=step, last_day=day, last_time=dt.time(12), reason="Le matin", by=by)
    assert noon.ends_at == dt.datetime(2031, 10, 26, 11, tzinfo=dt.UTC)
    with pytest.raises(ValidationError) as caught:
        actions.extend_step(step=step, last_day=day, last_time=dt.time(12), reason="Encore", by=by)
    assert "last_day" in caught.value.error_dict
    with pytest.raises(ValidationError) as caught:
        night = dt.date(2032, 3, 28)
        actions.extend_step(step=step, last_day=night, last_time=dt.time(2, 30), reason="Nuit", by=by)
    assert "last_time" in caught.value.error_dict
    assert actions.extend_step(step=step, last_day=day, reason="Le soir", by=by).ends_at == end_of(day)
