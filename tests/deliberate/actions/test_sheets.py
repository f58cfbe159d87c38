"""A paper sheet, its link opened on a phone, and a call: one number is one participant."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from terreau.commons.models import JournalEntry
from terreau.deliberate.actions import cast_vote, enter_sheet, take_sheet
from terreau.deliberate.actions.sheets import FIRST_CALL, is_sheet_secret, sheet_secret
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.enums import Channel, Power
from terreau.deliberate.models import Vote
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_process, make_statement

pytestmark = pytest.mark.django_db


def _enter(process, values, by, *, number=12, channel=Channel.PAPER):
    return enter_sheet(
        process=process, number=number, values=values, by=by, now=timezone.now(), channel=channel
    )


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
    assert _enter(process, {one: -1}, facilitator) == on_phone
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
    assert (first.sheet, second.sheet) == (str(FIRST_CALL), str(FIRST_CALL + 1))
    assert _enter(process, {statement: 0}, facilitator, number=FIRST_CALL, channel=Channel.PHONE) == first
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
