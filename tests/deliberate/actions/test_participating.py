"""Taking part with an account or a secret: the same person is one participant in a process."""

import pytest

from terreau.deliberate.actions import take_part
from terreau.deliberate.actions.participating import digest_of, new_secret
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import Eligibility, Power
from tests.factories import make_user
from tests.factories.deliberate import give_power, make_process

pytestmark = pytest.mark.django_db


def test_the_same_secret_is_the_same_participant_and_another_one_elsewhere() -> None:
    here, there, secret = make_process(), make_process(), new_secret()
    first = take_part(process=here, by=None, secret=secret)
    assert take_part(process=here, by=None, secret=secret) == first
    other = take_part(process=there, by=None, secret=secret)
    assert other.secret_digest != first.secret_digest and other.token != first.token
    assert secret not in first.secret_digest


def test_an_account_is_one_participant_whatever_her_browser() -> None:
    process, user = make_process(), make_user()
    first = take_part(process=process, by=user, secret=new_secret())
    assert take_part(process=process, by=user) == first
    assert first.secret_digest == ""


def test_her_college_may_be_said_later_and_corrected() -> None:
    process, secret = make_process(), new_secret()
    take_part(process=process, by=None, secret=secret)
    assert take_part(process=process, by=None, secret=secret, college="citizens").college == "citizens"
    assert take_part(process=process, by=None, secret=secret).college == "citizens"
    assert take_part(process=process, by=None, secret=secret, college="firms").college == "firms"


def test_nobody_is_nobody() -> None:
    with pytest.raises(ValueError, match="account or a secret"):
        take_part(process=make_process(), by=None)


def test_who_may_take_part() -> None:
    members = make_process(eligibility=Eligibility.MEMBERS)
    with pytest.raises(NotAllowed):
        take_part(process=members, by=None, secret=new_secret())
    assert take_part(process=members, by=make_user())
    invited = make_process(eligibility=Eligibility.INVITED)
    with pytest.raises(NotAllowed):
        take_part(process=invited, by=make_user())
    assert take_part(process=invited, by=give_power(invited, Power.VOTER))


def test_who_was_invited_by_a_secret_link_is_in_already() -> None:
    process, secret = make_process(eligibility=Eligibility.INVITED), new_secret()
    row = process.participants.create(secret_digest=digest_of(process, secret), joined_on="2026-01-01")
    assert take_part(process=process, by=None, secret=secret) == row
