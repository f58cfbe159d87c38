"""Roles are apart, interests lock, a draft is private, strangers are reviewed first."""

import datetime as dt

import pytest
from django.utils import timezone

from terreau.commons.models import User
from terreau.deliberate.enums import Moderation, Power, State
from terreau.deliberate.models import Interest, Process, Proposal, Text
from terreau.deliberate.rules import (
    are_results_hidden,
    is_known,
    is_locked,
    may_decide,
    may_examine,
    may_facilitate,
    may_judge_appeal,
    may_review,
    may_see,
    may_start,
)
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_participant, make_process, make_statement

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("power", Power)
def test_a_role_on_a_process_gives_its_own_power_and_no_other(power: Power) -> None:
    process = make_process()
    user = give_power(process, power)
    allowed = {
        Power.FACILITATOR: may_facilitate(user, process),
        Power.EXAMINER: may_examine(user, process),
        Power.DECIDER: may_decide(user, process),
    }
    assert {one for one, may in allowed.items() if may} == {power} - {Power.VOTER}
    other = make_process()
    assert not any((may_facilitate(user, other), may_examine(user, other), may_decide(user, other)))


def test_a_role_that_ended_gives_nothing() -> None:
    process = make_process()
    user = give_power(process, Power.DECIDER)
    process.roles.update(ended_at=timezone.now())
    assert not may_decide(user, process)


def test_roles_of_the_site_give_none_on_a_process() -> None:
    process = make_process()
    for role in ("facilitator", "steward", "moderator", "administrator"):
        user = make_user("", role)
        assert not any((may_facilitate(user, process), may_examine(user, process), may_decide(user, process)))
        assert may_start(user) == (role in {"facilitator", "steward"})
    assert not may_start(make_user()) and not may_start(None)


def test_a_draft_is_read_by_who_writes_it() -> None:
    author = make_user()
    process = make_process(state=State.DRAFT, created_by=author)
    assert may_see(author, process)
    assert may_see(give_power(process, Power.EXAMINER), process)
    assert not may_see(make_user("", "administrator"), process)
    assert not may_see(None, process)


def _interest(user: User, process: Process, **file: object) -> Interest:
    return Interest.objects.create(
        process=process, user=user, declared_at=timezone.now(), words="Lien fictif", **file
    )


def test_an_interest_locks_its_file_and_no_other() -> None:
    process, user = make_process(), make_user()
    first, second = (
        Proposal.objects.create(process=process, number=number, at=timezone.now()) for number in (1, 2)
    )
    text = Text.objects.create(process=process, title="Texte fictif")
    interest = _interest(user, process, proposal=first)
    assert is_locked(user, process, proposal=first)
    assert not is_locked(user, process, proposal=second)
    assert not is_locked(user, process, text=text)
    assert not is_locked(user, process)
    assert not is_locked(make_user(), process, proposal=first)
    assert not is_locked(None, process, proposal=first)
    interest.ended_at, interest.ended_because = timezone.now(), "Parts cédées"
    interest.save()
    assert not is_locked(user, process, proposal=first)
    _interest(user, process, text=text)
    assert is_locked(user, process, text=text)


def test_an_interest_in_the_whole_process_locks_every_file() -> None:
    process, user = make_process(), make_user()
    proposal = Proposal.objects.create(process=process, number=1, at=timezone.now())
    _interest(user, process)
    assert is_locked(user, process) and is_locked(user, process, proposal=proposal)


def test_nobody_reviews_her_own_words_and_a_second_person_judges_the_appeal() -> None:
    process = make_process()
    one, two = make_user("", "moderator"), make_user("", "steward")
    row = make_statement(process, author=make_participant(process, user=one), moderated_by=two)
    assert not may_review(one, row) and may_review(two, row)
    assert not may_judge_appeal(two, row)
    assert may_judge_appeal(make_user("", "moderator"), row)
    assert not may_review(make_user("", "facilitator"), row)
    assert not may_review(give_power(process, Power.FACILITATOR), row)
    typed_for_another = make_statement(process, entered_by=two)
    assert not may_review(two, typed_for_another)


def test_who_was_published_once_is_known() -> None:
    process, stranger = make_process(), make_user()
    assert not is_known(None) and not is_known(stranger)
    row = make_statement(
        process, author=make_participant(process, user=stranger), moderation=Moderation.WAITING
    )
    assert not is_known(stranger)
    row.moderation = Moderation.PUBLISHED
    row.save()
    assert is_known(stranger)
    assert is_known(make_user("", "facilitator"))
    stranger.is_active = False
    assert not is_known(stranger)


def test_results_are_hidden_up_to_the_second_of_closing() -> None:
    process = make_process()
    closes = process.closes_at
    assert closes is not None
    assert are_results_hidden(process, closes - dt.timedelta(seconds=1))
    assert not are_results_hidden(process, closes)
    open_one = make_process(hides_results=False)
    assert not are_results_hidden(open_one, timezone.now())
    close(process)
    assert not are_results_hidden(Process.objects.get(pk=process.pk), timezone.now())


def test_a_stopped_process_has_no_open_step() -> None:
    process = make_process()
    assert process.step_open_at(timezone.now(), "vote")
    process.state, process.stopped_because = State.STOPPED, "Faute de moyens"
    process.save()
    assert process.step_open_at(timezone.now(), "vote") is None
    assert process.is_closed_at(timezone.now())
