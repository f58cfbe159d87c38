"""Votes that meet at the same instant, or meet a closing: none is lost, none is counted after the end."""

import pytest
from django.utils import timezone

from terreau.deliberate import actions
from terreau.deliberate.actions.closing import publish_results
from terreau.deliberate.actions.participating import digest_of, take_part
from terreau.deliberate.actions.stepping import close_step, stop_process
from terreau.deliberate.actions.voting import cast_known_vote
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.enums import Channel, Moderation, Power, StepKind
from terreau.deliberate.models import OpinionResult, ProcessChange, Vote
from tests.at_once import during, only_postgresql
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_participant, make_process, make_statement

pytestmark = [pytest.mark.django_db(transaction=True), only_postgresql]


def cast(statement, person, value):
    actions.cast_vote(
        process=statement.process, participant=person, statement=statement, value=value, by=None,
        now=timezone.now(),
    )  # fmt: skip


def test_the_last_of_two_votes_of_one_person_counts() -> None:
    process = make_process()
    statement, person = make_statement(process), make_participant(process)
    told = during(lambda: cast(statement, person, 1), lambda: cast(statement, person, -1))
    assert told == (None, None)
    assert Vote.objects.get().value == -1


def test_so_it_does_by_the_way_of_phones() -> None:
    process = make_process()
    statement = make_statement(process)
    take_part(process=process, by=None, secret="secret-fictif")

    def vote(value):
        return cast_known_vote(
            slug=process.slug, secret_digest=digest_of(process, "secret-fictif"), statement=statement.token,
            value=value, now=timezone.now(), channel=Channel.WEB,
        )  # fmt: skip

    assert during(lambda: vote(1), lambda: vote(0)) == (True, True)
    assert Vote.objects.get().value == 0


@pytest.mark.parametrize("end", [close_step, stop_process])
def test_a_vote_that_arrives_while_it_is_closed_is_too_late(end) -> None:
    process = make_process(steps=(StepKind.VOTE,))
    statement, person = make_statement(process), make_participant(process)
    take_part(process=process, by=None, secret="secret-fictif")
    by = give_power(process, Power.FACILITATOR)
    what = {"step": process.steps.get()} if end is close_step else {"process": process}

    def vote():
        known = cast_known_vote(
            slug=process.slug, secret_digest=digest_of(process, "secret-fictif"), statement=statement.token,
            value=1, now=timezone.now(), channel=Channel.WEB,
        )  # fmt: skip
        assert not known
        cast(statement, person, 1)

    _closed, late = during(lambda: end(**what, reason="C’est dit", by=by), vote)
    assert isinstance(late, TooLate)
    assert not Vote.objects.exists()


def test_a_vote_that_was_before_the_closing_is_in_its_result() -> None:
    process = make_process(steps=(StepKind.VOTE,))
    statement, person = make_statement(process), make_participant(process)
    by = give_power(process, Power.FACILITATOR)

    def end():
        close_step(step=process.steps.get(), reason="C’est dit", by=by)
        return publish_results(process=type(process).objects.get(pk=process.pk), by=by)

    _cast, result = during(lambda: cast(statement, person, 1), end)
    assert result.result["counts"]["1"]["all"] == [1, 0, 0]


def test_a_vote_on_words_that_are_refused_meanwhile_is_not_counted() -> None:
    process = make_process()
    statement, person = make_statement(process), make_participant(process)
    by = make_user("", "moderator")
    _refused, late = during(
        lambda: actions.refuse_words(row=statement, motive="Hors sujet", by=by),
        lambda: cast(statement, person, 1),
    )
    statement.refresh_from_db()
    assert statement.moderation == Moderation.REFUSED
    assert isinstance(late, NotAllowed) and not Vote.objects.exists()


def test_a_step_is_closed_once() -> None:
    process = make_process(steps=(StepKind.VOTE,))
    step, by = process.steps.get(), give_power(process, Power.FACILITATOR)
    other = give_power(process, Power.FACILITATOR)
    closed, late = during(
        lambda: close_step(step=step, reason="La première", by=by),
        lambda: close_step(step=step, reason="L’autre", by=other),
    )
    assert isinstance(late, NotAllowed)
    assert ProcessChange.objects.get(verb="close-step").reason == "La première"
    assert process.steps.get().ends_at == closed.ends_at


def test_a_process_is_stopped_once() -> None:
    process = make_process()
    people = [give_power(process, Power.FACILITATOR) for _ in range(2)]
    _stopped, late = during(
        lambda: stop_process(process=process, reason="La première", by=people[0]),
        lambda: stop_process(process=process, reason="L’autre", by=people[1]),
    )
    assert isinstance(late, NotAllowed)
    assert type(process).objects.get().stopped_because == "La première"


def test_a_result_is_published_once_by_two() -> None:
    process = make_process()
    cast(make_statement(process), make_participant(process), 1)
    close(process)
    process = type(process).objects.get(pk=process.pk)
    one, other = during(
        lambda: publish_results(process=process, by=None),
        lambda: publish_results(process=type(process).objects.get(pk=process.pk), by=None),
    )
    assert one == other == OpinionResult.objects.get()
