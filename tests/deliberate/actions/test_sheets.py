"""A paper sheet, its link opened on a phone, and a call: one number is one participant."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from terreau.commons.models import JournalEntry
from terreau.deliberate.actions import Sheet, add_statement, cast_vote, enter_sheet, publish_words, take_sheet
from terreau.deliberate.actions.sheets import FIRST_CALL, SheetDiffers, is_sheet_secret, sheet_secret
from terreau.deliberate.actions.statements import AlreadySaid
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.enums import Channel, Moderation, Power, StepKind
from terreau.deliberate.models import Vote
from terreau.deliberate.queries.sheets import count_sheets
from terreau.deliberate.rules import may_review
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_process, make_statement

pytestmark = pytest.mark.django_db


def _enter(process, values, by, *, number=12, channel=Channel.PAPER, words="", college="", replaces=False):
    return enter_sheet(
        process=process, number=number, sheet=Sheet(values, words, college), by=by, now=timezone.now(),
        channel=channel, replaces=replaces,
    )  # fmt: skip


def test_paper_and_phone_of_one_sheet_are_one_participant() -> None:
    process = make_process()
    one, other = make_statement(process), make_statement(process)
    facilitator = give_power(process, Power.FACILITATOR)
    on_phone = take_sheet(process=process, number=12, by=None)
    for statement in (one, other):
        cast_vote(
            process=process, participant=on_phone, statement=statement, value=1, by=None, now=timezone.now(),
            channel=Channel.WORKSHOP,
        )  # fmt: skip
    assert _enter(process, {one: -1}, facilitator).participant == on_phone
    assert process.participants.count() == 1
    votes = dict(Vote.objects.values_list("statement", "value"))
    assert votes == {one.pk: -1, other.pk: 1}  # the last typed counts; a blank box changes nothing
    entry = JournalEntry.objects.get(verb="enter-sheet")
    assert (entry.by, entry.details) == (facilitator, {"channel": "paper", "sheet": 12})


def test_a_caller_is_given_a_number_and_may_call_again() -> None:
    process = make_process()
    statement, facilitator = make_statement(process), give_power(process, Power.FACILITATOR)
    first = _enter(process, {statement: 1}, facilitator, number=None, channel=Channel.PHONE)
    second = _enter(process, {statement: 1}, facilitator, number=None, channel=Channel.PHONE)
    assert (first.participant.sheet, second.participant.sheet) == (str(FIRST_CALL), str(FIRST_CALL + 1))
    again = _enter(process, {statement: 0}, facilitator, number=FIRST_CALL, channel=Channel.PHONE)
    assert again.participant == first.participant and again.participant.votes.get().value == 0
    assert {vote.channel for vote in Vote.objects.all()} == {"phone"}


def test_only_facilitators_of_this_process_type_for_others() -> None:
    process = make_process()
    statement = make_statement(process)
    elsewhere = give_power(make_process(), Power.FACILITATOR)
    for nobody in (
        make_user("", "facilitator", "administrator"),
        give_power(process, Power.DECIDER),
        elsewhere,
    ):
        with pytest.raises(NotAllowed):
            _enter(process, {statement: 1}, nobody)
    assert process.participants.count() == 0


@pytest.mark.parametrize("number", [0, -1, 10_000, FIRST_CALL, None])
def test_a_number_of_no_sheet(number) -> None:
    process = make_process()
    with pytest.raises(ValidationError):
        _enter(process, {make_statement(process): 1}, give_power(process, Power.FACILITATOR), number=number)


def test_nothing_typed_or_another_way_is_refused() -> None:
    process = make_process()
    facilitator = give_power(process, Power.FACILITATOR)
    with pytest.raises(ValidationError):
        _enter(process, {}, facilitator)
    with pytest.raises(ValidationError):
        _enter(process, {make_statement(process): 1}, facilitator, channel=Channel.WEB)


def test_after_the_closing_no_sheet_is_typed_and_nobody_is_added() -> None:
    process = make_process()
    statement, facilitator = make_statement(process), give_power(process, Power.FACILITATOR)
    close(process)
    with pytest.raises(TooLate):
        _enter(process, {statement: 1}, facilitator)
    assert process.participants.count() == 0


def test_a_link_is_of_one_sheet_of_one_process() -> None:
    process, other = make_process(), make_process()
    secret = sheet_secret(process, 12)
    assert len(secret) == 32 and secret.isalnum()
    assert is_sheet_secret(process, 12, secret)
    assert not is_sheet_secret(process, 13, secret)
    assert not is_sheet_secret(other, 12, secret)
    assert not is_sheet_secret(process, FIRST_CALL, sheet_secret(process, FIRST_CALL))


def votes_of(number: int) -> dict[int, int]:
    return dict(Vote.objects.filter(participant__sheet=str(number)).values_list("statement__number", "value"))


@pytest.fixture
def hall():
    """A process, three statements, two scrutineers."""
    process = make_process()
    rows = [make_statement(process) for _number in range(3)]
    return process, rows, give_power(process, Power.FACILITATOR), give_power(process, Power.FACILITATOR)


def test_a_second_person_who_types_the_same_confirms_the_sheet(hall) -> None:
    process, (one, other, _third), first, second = hall
    assert _enter(process, {one: 1, other: -1}, first).typings == 0
    again = _enter(process, {one: 1, other: -1}, second)
    assert again.confirms and (again.added, again.left, again.hers) == ((), (), 0)
    assert votes_of(12) == {1: 1, 2: -1}
    assert process.participants.count() == 1
    assert count_sheets(process) == (1, 1)


def test_who_typed_it_first_confirms_nothing(hall) -> None:
    process, (one, _other, _third), first, _second = hall
    _enter(process, {one: 1}, first)
    again = _enter(process, {one: 1}, first)
    assert (again.confirms, again.by_same, again.typings) == (False, True, 1)
    assert count_sheets(process) == (1, 0)


def test_a_second_typing_that_differs_changes_nothing_and_says_where(hall) -> None:
    process, (one, other, third), first, second = hall
    _enter(process, {one: 1, other: -1, third: 0}, first, college="citizens")
    with pytest.raises(SheetDiffers) as refused:
        _enter(process, {one: 1, other: 1, third: None}, second, college="firms")
    assert set(refused.value.error_dict) == {other.token, third.token, "college"}
    assert votes_of(12) == {1: 1, 2: -1, 3: 0}
    assert process.participants.get().college == "citizens"
    assert count_sheets(process) == (1, 0)
    read_again = _enter(process, {one: 1, other: 1, third: None}, second, college="firms", replaces=True)
    assert votes_of(12) == {1: 1, 2: 1} and not read_again.confirms
    assert process.participants.get().college == "firms"
    assert _enter(process, {one: 1, other: 1}, first, college="firms").confirms
    assert process.participants.count() == 1


def test_a_line_that_one_of_the_two_left_blank_is_told_and_erases_nothing(hall) -> None:
    process, (one, other, third), first, second = hall
    _enter(process, {one: 1, other: -1}, first)
    again = _enter(process, {one: 1, third: 0}, second)
    assert (again.added, again.left, again.confirms) == ((3,), (2,), False)
    assert votes_of(12) == {1: 1, 2: -1, 3: 0}


def test_what_she_answered_herself_since_stays_and_is_not_told(hall) -> None:
    process, (one, other, _third), first, second = hall
    _enter(process, {one: 1, other: -1}, first)
    cast_vote(
        process=process, participant=take_sheet(process=process, number=12, by=None), statement=one, value=-1,
        by=None, now=timezone.now(), channel=Channel.WORKSHOP,
    )  # fmt: skip
    for replaces in (False, True):
        assert _enter(process, {one: 1, other: -1}, second, replaces=replaces).hers == 1
        assert votes_of(12) == {1: -1, 2: -1}


def test_a_call_changes_its_mind_without_a_question(hall) -> None:
    process, (one, other, _third), first, second = hall
    _enter(process, {one: 1, other: 1}, first, number=None, channel=Channel.PHONE)
    _enter(process, {one: -1, other: None}, second, number=FIRST_CALL, channel=Channel.PHONE)
    assert votes_of(FIRST_CALL) == {1: -1}


def test_her_own_statement_is_hers_and_waits_as_any_stranger_s(hall) -> None:
    process, (one, _other, _third), first, _second = hall
    for channel, number in ((Channel.PAPER, 12), (Channel.PHONE, None)):
        entered = _enter(
            process, {one: 1}, first, number=number, channel=channel, words=f"  Dit {channel}\n ici "
        )
        row = entered.statement
        assert row is not None and row.author == entered.participant
        assert (row.words, row.channel, row.moderation) == (f"Dit {channel} ici", channel, Moderation.WAITING)
        assert row.entered_by == first and row.author.user is None
        assert not may_review(first, row)
    assert "Dit" not in str([(one.subject, one.details) for one in JournalEntry.objects.all()])


def test_a_facilitator_who_moderates_reviews_nothing_that_she_typed() -> None:
    process = make_process()
    typist = give_power(process, Power.FACILITATOR, make_user("", "facilitator", "moderator"))
    row = _enter(process, {}, typist, words="Une halle ouverte").statement
    with pytest.raises(NotAllowed):
        publish_words(row=row, by=typist)
    assert publish_words(row=row, by=make_user("", "moderator")).is_published


def test_the_same_rules_as_for_everybody_and_nothing_half_written(hall) -> None:
    process, (one, _other, _third), first, _second = hall
    with pytest.raises(ValidationError, match="281"):
        _enter(process, {one: 1}, first, words="é" * 281)
    with pytest.raises(AlreadySaid) as refused:
        _enter(process, {one: 1}, first, words=one.words.upper())
    assert refused.value.statement == one
    assert not Vote.objects.exists() and process.participants.count() == 0


def test_a_statement_typed_twice_from_one_sheet_is_one(hall) -> None:
    process, (one, _other, _third), first, second = hall
    _enter(process, {one: 1}, first, words="Une halle ouverte")
    again = _enter(process, {one: 1}, second, words="une  halle ouverte")
    assert again.confirms and again.statement is None
    with pytest.raises(SheetDiffers, match="Une halle ouverte"):
        _enter(process, {one: 1}, second, words="Une halle couverte")
    kept = _enter(process, {one: 1}, second, words="Une halle couverte", replaces=True)
    assert kept.statement is not None and not kept.confirms
    assert process.statements.filter(author=kept.participant).count() == 2
    assert not _enter(process, {one: 1}, second).confirms  # her words are left out


def test_said_by_her_link_before_it_is_typed_it_is_no_second_one(hall) -> None:
    process, (one, _other, _third), first, _second = hall
    row = take_sheet(process=process, number=12, by=None)
    add_statement(process=process, words="Une halle ouverte", author=row, by=None, channel=Channel.WORKSHOP)
    assert _enter(process, {one: 1}, first, words="Une halle ouverte").statement is None
    assert process.statements.filter(author=row).count() == 1


def test_while_one_only_proposes_statements_are_typed_and_votes_are_not() -> None:
    process = make_process(steps=(StepKind.PROPOSE,))
    facilitator, one = give_power(process, Power.FACILITATOR), make_statement(process)
    assert _enter(process, {}, facilitator, words="Une halle ouverte").statement is not None
    for values in ({one: 1}, {one: None}):
        with pytest.raises(TooLate):
            _enter(process, values, facilitator)
