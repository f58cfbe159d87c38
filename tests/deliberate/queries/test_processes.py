"""How a process stands in time, and the order of the list."""

import datetime as dt

import pytest
from django.utils import timezone

from terreau.commons.search.fold import fold_for_search
from terreau.deliberate.enums import ProposalState, Standing, State, StepKind
from terreau.deliberate.models import Proposal
from terreau.deliberate.queries.processes import count_by_standing, listed
from tests.factories.deliberate import make_process, make_step

pytestmark = pytest.mark.django_db


def with_steps(*spans: tuple[float, float], **values):
    process = make_process(steps=(), **values)
    for starts, ends in spans:
        make_step(process, StepKind.VOTE, starts=starts, ends=ends)
    return process


def standing_of(process) -> str:
    return listed(timezone.now()).get(pk=process.pk).standing


def test_each_standing_comes_from_the_dates() -> None:
    today = timezone.localdate()
    late = {"reply_by": today - dt.timedelta(days=1)}
    assert standing_of(with_steps((1, 2))) == Standing.SOON
    assert standing_of(with_steps((-1, 1))) == Standing.OPEN
    assert standing_of(with_steps((-3, -2), (1, 2))) == Standing.OPEN, "between two steps"
    assert standing_of(with_steps((-3, -2), reply_by=today)) == Standing.REPLIES
    assert standing_of(with_steps((-3, -2), **late)) == Standing.ENDED
    assert standing_of(with_steps((-1, 1), state=State.STOPPED, stopped_because="Fini")) == Standing.ENDED
    unanswered = with_steps((-3, -2), **late)
    Proposal.objects.create(
        process=unanswered, number=1, at=timezone.now(), moderation="published",
        state=ProposalState.ADOPTED, judged_on=today,
    )  # fmt: skip
    assert standing_of(unanswered) == Standing.REPLIES, "a reply is due, even late"


def test_the_instant_of_closing_is_closed() -> None:
    process = with_steps((-1, 1))
    closes = process.closes_at
    assert closes is not None
    second = dt.timedelta(seconds=1)
    assert listed(closes - second).get().standing == Standing.OPEN
    assert listed(closes).get().standing == Standing.REPLIES


def test_what_closes_soonest_is_first_and_drafts_are_nowhere() -> None:
    ended = with_steps((-9, -8), reply_by=timezone.localdate() - dt.timedelta(days=1))
    soon, late = with_steps((-1, 1)), with_steps((-1, 9))
    ahead = with_steps((3, 4))
    with_steps((-1, 1), state=State.DRAFT, opened_at=None)
    assert [row.pk for row in listed(timezone.now())] == [soon.pk, late.pk, ahead.pk, ended.pk]
    assert count_by_standing(timezone.now()) == {"open": 2, "soon": 1, "replies": 0, "ended": 1}


def test_filters_meet() -> None:
    one = with_steps((-1, 1), search_text=fold_for_search("Halle"))
    with_steps((-1, 1), search_text=fold_for_search("Gare"))
    with_steps((3, 4), search_text=fold_for_search("Halle"))
    assert [row.pk for row in listed(timezone.now(), words="halles", standing="open")] == [one.pk]
