"""The published result: computed once a closing, from nothing, kept; a process opened again gets another number."""

import datetime as dt

import pytest
from django.utils import timezone

from terreau.commons.acts import PUBLIC_ACTS
from terreau.commons.models import JournalEntry
from terreau.deliberate.actions.closing import publish_results, publish_results_due
from terreau.deliberate.actions.writing import NotAllowed, TooLate, write_change
from terreau.deliberate.enums import Power, State
from terreau.deliberate.models import OpinionResult, Vote
from terreau.deliberate.queries.results import published_result, results_due
from terreau.portal.cli.health import check_results
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_process
from tests.factories.opinions import make_opinions, two_camps

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def closed_process(people: list[str] | None = None):
    process = make_process()
    make_opinions(process, two_camps(10) if people is None else people)
    close(process)
    return type(process).objects.get(pk=process.pk)


def again(process):
    return type(process).objects.get(pk=process.pk)


def test_a_result_is_published_once_a_closing() -> None:
    process = closed_process()
    first = publish_results(process=process, by=None)
    assert publish_results(process=process, by=None) == first
    assert OpinionResult.objects.count() == 1
    assert (first.number, first.closed_at) == (1, process.closes_at)
    assert first.votes_digest == first.result["input_digest"]
    entry = JournalEntry.objects.get(verb="publish-opinion-result")
    assert entry.subject == f"process:{process.slug}"
    assert "publish-opinion-result" in PUBLIC_ACTS


def test_what_was_published_does_not_change_with_the_votes() -> None:
    process = closed_process(["+"] * 8)
    publish_results(process=process, by=None)
    Vote.objects.filter(statement__process=process).update(value=-1)
    assert published_result(again(process)).result["counts"]["1"]["all"] == [8, 0, 0]


def test_an_open_process_and_a_draft_publish_nothing() -> None:
    process = make_process()
    make_opinions(process, ["+"] * 6)
    draft = make_process(state=State.DRAFT)
    close(draft)
    for one in (process, again(draft)):
        with pytest.raises(TooLate):
            publish_results(process=one, by=None)
    assert publish_results_due(by=None) == []


def test_the_last_second_is_open_and_the_instant_of_closing_is_closed() -> None:
    process = make_process()
    make_opinions(process, ["+"] * 6)
    end = process.closes_at
    with pytest.raises(TooLate):
        publish_results(process=process, by=None, now=end - dt.timedelta(seconds=1))
    assert publish_results(process=process, by=None, now=end).closed_at == end


def test_opened_again_and_closed_again_gives_another_number() -> None:
    process = closed_process()
    publish_results(process=process, by=None)
    process.steps.update(ends_at=timezone.now() + DAY)
    opened = again(process)
    assert published_result(opened) is None
    close(opened)
    closed = again(process)
    assert published_result(closed) is None
    assert publish_results(process=closed, by=None).number == 2
    assert list(closed.opinion_results.values_list("number", flat=True)) == [2, 1]


def test_stopped_before_its_end_then_never_again() -> None:
    process = make_process()
    make_opinions(process, ["+"] * 6)
    process.state, process.stopped_because = State.STOPPED, "Le lieu est vendu."
    process.save()
    change = write_change(process, "stop-process", by=None)
    assert [one.pk for one in results_due(timezone.now())] == [process.pk]
    [result] = publish_results_due(by=None)
    assert result.closed_at == change.at
    assert publish_results_due(by=None) == []
    assert publish_results_due(by=None, now=process.closes_at + DAY) == []


def test_a_facilitator_publishes_and_nobody_else_with_an_account() -> None:
    process = closed_process()
    for user in (make_user(), give_power(process, Power.DECIDER)):
        with pytest.raises(NotAllowed):
            publish_results(process=process, by=user)
    assert publish_results(process=process, by=give_power(process, Power.FACILITATOR)).number == 1


def test_the_doctor_names_what_waits_to_be_published() -> None:
    process = closed_process()
    assert list(check_results()) == [], "the command has its hour"
    process.steps.update(starts_at=timezone.now() - 3 * DAY, ends_at=timezone.now() - DAY)
    make_opinions(make_process(), ["+"])
    [finding] = check_results()
    assert (finding.state, process.slug in finding.what) == ("warning", True)
    publish_results_due(by=None)
    assert list(check_results()) == []


def test_nobody_voted_is_nothing_due() -> None:
    assert results_due(timezone.now()) == []
    closed_process([])
    assert publish_results_due(by=None) == []
