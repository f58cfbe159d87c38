"""The step × college table: counted in the room or seen in what people did, and « non co-construite »."""

import datetime as dt

import pytest
from django.utils import timezone

from terreau.deliberate.enums import Moderation, StepKind
from terreau.deliberate.models import Attendance, Contribution, Proposal, Vote
from terreau.deliberate.queries.presence import presence_of
from tests.factories.deliberate import make_participant, make_process, make_statement, make_step

pytestmark = pytest.mark.django_db
COLLEGES = ["elected", "officers", "citizens"]


def totals(process, now=None) -> list[list[int]]:
    return [[cell.total for cell in row.cells] for row in presence_of(process, now or timezone.now())]


def test_the_table_equals_a_hand_count() -> None:
    process = make_process(steps=(), colleges=COLLEGES)
    discuss, propose = (
        make_step(process, StepKind.DISCUSS, starts=-9, ends=-6),
        make_step(process, StepKind.PROPOSE),
    )
    now = timezone.now()
    then = now - dt.timedelta(days=7)
    elected, citizen = (
        make_participant(process, college="elected"),
        make_participant(process, college="citizens"),
    )
    nobody = make_participant(process)
    Attendance.objects.create(step=discuss, college="elected", number=4)
    Attendance.objects.create(step=discuss, college="officers", number=1)
    make_statement(process, author=elected, at=then)
    make_statement(process, author=elected, at=then)  # one person, once
    make_statement(process, author=citizen, at=now)
    make_statement(process, author=elected, at=now, moderation=Moderation.WAITING)
    Proposal.objects.create(process=process, number=1, author=nobody, at=now, moderation="published")
    text = process.texts.create(title="Texte fictif")
    version = text.versions.create(number=1, published_at=then)
    Contribution.objects.create(
        text=text,
        version=version,
        author=citizen,
        at=now,
        kind="comment",
        words="Oui",
        moderation="published",
    )
    assert totals(process) == [[5, 1, 0], [0, 0, 1]]
    first, second = presence_of(process, now)
    assert not first.is_one_sided and second.is_one_sided
    assert second.without.total == 1
    assert (first.step, second.step) == (discuss, propose)


def test_the_instant_that_ends_a_step_is_of_the_next_one() -> None:
    process = make_process(steps=(), colleges=COLLEGES)
    first = make_step(process, StepKind.DISCUSS, starts=-3, ends=-1)
    make_step(process, StepKind.PROPOSE, starts=-1, ends=1)
    process.steps.exclude(pk=first.pk).update(starts_at=first.ends_at)
    make_statement(process, author=make_participant(process, college="elected"), at=first.ends_at)
    assert totals(process) == [[0, 0, 0], [1, 0, 0]]


def test_votes_are_counted_at_closing_only_when_they_are_hidden() -> None:
    process = make_process(steps=(StepKind.VOTE,), colleges=COLLEGES, hides_results=True)
    statement = make_statement(process)
    Vote.objects.create(
        participant=make_participant(process, college="citizens"), statement=statement, value=1
    )
    (before,) = presence_of(process, timezone.now())
    assert before.are_voters_hidden and before.cells[2].total == 0 and not before.is_one_sided
    (after,) = presence_of(process, process.closes_at)
    assert not after.are_voters_hidden and after.cells[2].total == 1 and after.is_one_sided
    process.hides_results = False
    assert totals(process) == [[0, 0, 1]]


def test_a_step_that_has_not_begun_is_not_judged() -> None:
    process = make_process(steps=(), colleges=COLLEGES)
    step = make_step(process, starts=1, ends=2)
    Attendance.objects.create(step=step, college="elected", number=1)
    assert not presence_of(process, timezone.now())[0].is_one_sided


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow(number, django_assert_num_queries) -> None:
    process = make_process(steps=(StepKind.VOTE,) * number, hides_results=False)
    for _ in range(number):
        make_statement(process, author=make_participant(process, college="elected"))
    with django_assert_num_queries(7):
        presence_of(process, timezone.now())
