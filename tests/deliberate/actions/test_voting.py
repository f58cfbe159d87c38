"""The last vote of a pair counts, the hour of closing is exact, and nothing says who voted."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terreau.commons.models import JournalEntry, LogEntry
from terreau.deliberate.actions import cast_vote, cast_votes, refuse_words
from terreau.deliberate.actions.voting import NoSuchStatement
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.enums import Channel, Moderation, State, StepKind
from terreau.deliberate.models import Vote
from tests.factories import make_user
from tests.factories.deliberate import make_participant, make_process, make_statement, make_step

pytestmark = pytest.mark.django_db


def _cast(statement, participant, value, *, now=None, channel=Channel.WEB):
    cast_vote(
        process=statement.process, participant=participant, statement=statement, value=value, by=None,
        now=now or timezone.now(), channel=channel,
    )  # fmt: skip


def _votes(process) -> list[tuple[int, str]]:
    return list(Vote.objects.filter(statement__process=process).values_list("value", "channel"))


def test_the_last_vote_counts_and_says_how_it_came() -> None:
    process = make_process()
    statement, participant = make_statement(process), make_participant(process)
    _cast(statement, participant, 1)
    _cast(statement, participant, -1, channel=Channel.PAPER)
    assert _votes(process) == [(-1, "paper")]


@pytest.mark.parametrize("value", [2, -2, "1", None, True, 0.5])
def test_a_vote_is_one_of_three(value) -> None:
    process = make_process()
    with pytest.raises(ValidationError, match="d’accord"):
        _cast(make_statement(process), make_participant(process), value)
    assert _votes(process) == []


def test_half_open_to_the_second() -> None:
    process = make_process(steps=())
    step = make_step(process)
    statement, participant = make_statement(process), make_participant(process)
    second = dt.timedelta(seconds=1)
    with pytest.raises(TooLate, match="trop tôt"):
        _cast(statement, participant, 1, now=step.starts_at - second)
    _cast(statement, participant, 1, now=step.starts_at)
    _cast(statement, participant, 0, now=step.ends_at - dt.timedelta(microseconds=1))
    closing = timezone.localtime(step.ends_at)
    for late in (step.ends_at, step.ends_at + second):
        with pytest.raises(TooLate, match=f"terminée le .*{closing:%H:%M:%S}"):
            _cast(statement, participant, -1, now=late)
    assert _votes(process) == [(0, "web")]


def test_a_process_that_was_stopped_takes_no_vote_whatever_the_caller_read_before() -> None:
    process = make_process()
    statement, participant = make_statement(process), make_participant(process)
    type(process).objects.filter(pk=process.pk).update(state=State.STOPPED, stopped_because="Projet retiré")
    with pytest.raises(TooLate, match="terminée"):
        _cast(statement, participant, 1)


def test_not_in_the_step_that_proposes() -> None:
    process = make_process(steps=(StepKind.PROPOSE,))
    with pytest.raises(TooLate):
        _cast(make_statement(process), make_participant(process), 1)


def test_a_statement_refused_meanwhile_says_so() -> None:
    process = make_process()
    waiting, refused, elsewhere = (
        make_statement(process, moderation=Moderation.WAITING),
        make_statement(process),
        make_statement(make_process()),
    )
    refuse_words(row=refused, motive="Hors du mandat", by=make_user("", "moderator"))
    for statement in (waiting, refused, elsewhere):
        with pytest.raises(NoSuchStatement, match="n’est plus posée"):
            cast_vote(
                process=process, participant=make_participant(process), statement=statement, value=1, by=None,
                now=timezone.now(),
            )  # fmt: skip
    with pytest.raises(NotAllowed):
        _cast(make_statement(process), make_participant(make_process()), 1)
    assert Vote.objects.count() == 0


def test_several_at_once_are_all_written_or_none() -> None:
    process = make_process()
    good, gone = make_statement(process), make_statement(process, moderation=Moderation.WAITING)
    participant = make_participant(process)
    with pytest.raises(NoSuchStatement):
        cast_votes(
            process=process, participant=participant, values={good: 1, gone: 1}, by=None, now=timezone.now()
        )
    assert _votes(process) == []


def test_nothing_says_who_voted_what_or_when() -> None:
    process, account = make_process(), make_user()
    statement, participant = make_statement(process), make_participant(process, user=account)
    before = JournalEntry.objects.count(), LogEntry.objects.count()
    cast_vote(
        process=process, participant=participant, statement=statement, value=1, by=account, now=timezone.now()
    )
    assert (JournalEntry.objects.count(), LogEntry.objects.count()) == before
    dates = [field.name for field in Vote._meta.get_fields() if "Date" in type(field).__name__]
    assert dates == ["external_at"], "of a vote cast in another tool, and of no other"
    assert Vote.objects.get().external_at is None


def test_a_vote_asks_three_things_of_the_database() -> None:
    process = make_process()
    statement, participant = make_statement(process), make_participant(process)
    for others in (0, 40):
        for _number in range(others):
            make_statement(process)
        with CaptureQueriesContext(connection) as asked:
            _cast(statement, participant, 1)
        assert len([one for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]) <= 4


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    acts=st.lists(
        st.tuples(
            st.integers(0, 2), st.integers(0, 2), st.sampled_from((-1, 0, 1)), st.sampled_from(Channel.values)
        ),
        max_size=30,
    )
)
def test_any_interleaving_leaves_one_row_a_pair_with_the_last_value(acts) -> None:
    process = make_process()
    statements = [make_statement(process) for _number in range(3)]
    people = [make_participant(process) for _number in range(3)]
    last = {}
    for person, statement, value, channel in acts:
        _cast(statements[statement], people[person], value, channel=channel)
        last[people[person].pk, statements[statement].pk] = (value, channel)
    rows = Vote.objects.filter(statement__process=process)
    assert {(row.participant_id, row.statement_id): (row.value, row.channel) for row in rows} == last
    assert rows.count() == len(last)
