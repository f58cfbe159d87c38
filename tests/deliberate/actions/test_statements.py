"""One's own statement, those of who prepares the process, and the same thing said twice."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from terreau.commons.models import JournalEntry
from terreau.deliberate.actions import add_seed_statements, add_statement, refuse_words, say_same_as
from terreau.deliberate.actions.statements import AlreadySaid, may_seed_at
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.enums import Channel, Moderation, Power, State, StepKind
from terreau.deliberate.models import Statement
from tests.factories import make_user
from tests.factories.deliberate import (
    close,
    give_power,
    make_participant,
    make_process,
    make_statement,
    make_step,
)

pytestmark = pytest.mark.django_db


def _say(words: str, process=None, **values) -> Statement:
    process = process or make_process()
    return add_statement(process=process, words=words, author=make_participant(process), by=None, **values)


@pytest.mark.parametrize("kind", [StepKind.PROPOSE, StepKind.VOTE])
def test_anybody_says_something_while_one_proposes_or_votes(kind: str) -> None:
    row = _say("  La halle \n reste\u200b ouverte ", make_process(steps=(kind,)))
    assert (row.words, row.number, row.moderation) == ("La halle reste ouverte", 1, Moderation.WAITING)
    entry = JournalEntry.objects.get(verb="add-statement")
    assert "halle" not in f"{entry.subject} {entry.details}"


def test_a_known_member_is_published_first() -> None:
    process, member = make_process(), make_user("", "facilitator")
    author = make_participant(process, user=member)
    row = add_statement(process=process, words="La halle reste ouverte", author=author, by=member)
    assert row.is_published


def test_what_is_typed_for_somebody_says_by_whom_and_how() -> None:
    process, typist = make_process(), make_user("", "facilitator")
    row = add_statement(
        process=process, words="Dit en atelier", author=make_participant(process), by=typist,
        channel=Channel.WORKSHOP, entered_by=typist,
    )  # fmt: skip
    assert (row.channel, row.entered_by) == (Channel.WORKSHOP, typist)


@pytest.mark.parametrize("kind", [StepKind.OBSERVE, StepKind.DISCUSS, StepKind.DECIDE])
def test_not_in_another_step(kind: str) -> None:
    with pytest.raises(TooLate, match="ne demande pas d’avis"):
        _say("La halle reste ouverte", make_process(steps=(kind,)))


def test_too_early_and_too_late_say_when() -> None:
    process = make_process(steps=())
    step = make_step(process, StepKind.PROPOSE, starts=1, ends=2)
    with pytest.raises(TooLate, match="trop tôt"):
        _say("La halle", process)
    assert _say("La halle", process, now=step.starts_at).number == 1
    with pytest.raises(TooLate, match="trop tard : l’étape s’est terminée le"):
        _say("La halle encore", process, now=step.ends_at)
    process.state, process.stopped_because = State.STOPPED, "Le projet est retiré"
    process.save()
    with pytest.raises(TooLate, match="terminée"):
        _say("La halle enfin", process, now=step.starts_at)


@pytest.mark.parametrize("words", ["", "  ", "!!!", "\u200b", "🙂"])
def test_nothing_is_no_statement(words: str) -> None:
    with pytest.raises(ValidationError, match="Écrivez une phrase"):
        _say(words)


def test_280_signs_and_not_one_more() -> None:
    assert len(_say("é" * 280).words) == 280
    with pytest.raises(ValidationError, match=r"280 signes.* celle-ci en a 281"):
        _say("é" * 281)
    with pytest.raises(ValidationError, match="2000000"):
        _say("é" * 2_000_000)


@pytest.mark.parametrize(
    "same", ["la  halle reste ouverte !", "La hаlle rеste οuverte", "L\u200ba halle reste ouverte"]
)
def test_said_once_in_a_process(same: str) -> None:
    process = make_process()
    first = make_statement(process, "La halle reste ouverte")
    with pytest.raises(AlreadySaid, match="déjà là") as refusal:
        _say(same, process)
    assert refusal.value.statement == first
    assert _say(same, make_process()).number == 1


def test_said_again_after_a_refusal_gives_the_motive_and_while_it_waits_says_so() -> None:
    process = make_process()
    row = _say("La halle reste ouverte", process)
    with pytest.raises(AlreadySaid, match="attend d’être relue"):
        _say("La halle reste ouverte", process)
    refuse_words(row=row, motive="Hors du mandat", by=make_user("", "moderator"))
    with pytest.raises(AlreadySaid, match=r"Motif.* Hors du mandat"):
        _say("La halle reste ouverte", process)


def test_seeds_are_written_before_anybody_speaks_and_marked() -> None:
    process = make_process(steps=())
    make_step(process, starts=1, ends=2)
    facilitator = give_power(process, Power.FACILITATOR)
    rows = add_seed_statements(process=process, lines=["Une", "", "Deux"], by=facilitator)
    assert [(row.number, row.is_seed, row.is_published, row.author) for row in rows] == [
        (1, True, True, None),
        (2, True, True, None),
    ]
    with pytest.raises(AlreadySaid):
        add_seed_statements(process=process, lines=["Trois", "trois"], by=facilitator)
    with pytest.raises(ValidationError):
        add_seed_statements(process=process, lines=["  "], by=facilitator)
    assert process.statements.count() == 2
    for nobody in (make_user(), give_power(process, Power.DECIDER), give_power(process, Power.EXAMINER)):
        with pytest.raises(NotAllowed):
            add_seed_statements(process=process, lines=["Trois"], by=nobody)


def test_no_seed_once_the_step_began() -> None:
    process = make_process()
    with pytest.raises(TooLate):
        add_seed_statements(process=process, lines=["Une"], by=give_power(process, Power.FACILITATOR))
    close(process)
    assert not may_seed_at(process, timezone.now())
    assert may_seed_at(make_process(state=State.DRAFT), timezone.now())


def test_a_moderator_says_that_two_say_the_same() -> None:
    process, moderator = make_process(), make_user("", "moderator")
    one, other, third = (make_statement(process) for _number in range(3))
    with pytest.raises(NotAllowed):
        say_same_as(
            statement=other, other=one, because="Même idée", by=give_power(process, Power.FACILITATOR)
        )
    with pytest.raises(ValidationError, match="raison"):
        say_same_as(statement=other, other=one, because=" ", by=moderator)
    for wrong in (
        other,
        make_statement(make_process()),
        make_statement(process, moderation=Moderation.WAITING),
    ):
        with pytest.raises(ValidationError, match="autre affirmation publiée"):
            say_same_as(statement=other, other=wrong, because="Même idée", by=moderator)
    assert say_same_as(statement=other, other=one, because="Même idée", by=moderator).same_as == one
    for statement, to in ((third, other), (one, third)):  # no chain
        with pytest.raises(ValidationError):
            say_same_as(statement=statement, other=to, because="Même idée", by=moderator)
    assert say_same_as(statement=other, other=None, because="", by=moderator).same_as is None


def test_the_daylight_saving_night_ends_when_it_says() -> None:
    """From 02:59:59 in summer time one second leads to 02:00:00 in winter time: instants, not clocks, are compared."""
    process = make_process(steps=())
    step = make_step(process, StepKind.VOTE)
    step.starts_at = dt.datetime(2026, 10, 24, 12, tzinfo=dt.UTC)
    step.ends_at = dt.datetime(
        2026, 10, 25, 1, 0, 0, tzinfo=dt.UTC
    )  # 02:00:00 in winter time, the second 2 o'clock
    step.save()
    first_two_o_clock = dt.datetime(2026, 10, 25, 0, 0, 0, tzinfo=dt.UTC)
    assert _say("À deux heures, la première fois", process, now=first_two_o_clock).number == 1
    assert _say("Une seconde avant", process, now=step.ends_at - dt.timedelta(seconds=1)).number == 2
    with pytest.raises(TooLate, match=r"25 octobre 2026 à 02:00:00 [(]heure d’hiver[)]"):
        _say("Une seconde après", process, now=step.ends_at + dt.timedelta(seconds=1))
