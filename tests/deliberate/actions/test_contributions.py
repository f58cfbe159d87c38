"""Contributions: who writes when, what is answered to them, and how their words leave."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from terreau.commons.models import JournalEntry, LogEntry
from terreau.deliberate.actions import (
    close_contribution,
    contribute,
    erase_contribution,
    set_contributions_open,
    stop_supporting,
    support_version,
    withdraw_contribution,
)
from terreau.deliberate.actions.contributions import TextChanged
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.enums import Power, State
from terreau.deliberate.models import Contribution, Interest, Support
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_participant, make_process, make_step
from tests.factories.texts import examiner_of, keys_of, make_contribution, make_text, next_version

pytestmark = pytest.mark.django_db


def write(text: Any, author: Any = None, **values: Any) -> Contribution:
    author = author or make_participant(text.process, user=values.get("by"))
    values = {
        "version": 1,
        "key": keys_of(text)[0],
        "kind": "replace",
        "words": "D’autres mots.",
        "by": None,
        **values,
    }
    return contribute(text=text, author=author, **values)


def test_a_stranger_waits_for_review_and_a_known_person_publishes():
    text = make_text()
    assert write(text).moderation == "waiting"
    assert write(text, by=make_user("", "facilitator")).moderation == "published"
    assert JournalEntry.objects.filter(verb="contribute").count() == 2


def test_the_log_holds_no_words_of_people():
    text = make_text()
    write(text, words="Mots très reconnaissables", why="Raison très reconnaissable")
    assert not LogEntry.objects.filter(content__contains="reconnaissable").exists()


def test_the_same_sent_twice_is_one():
    text = make_text()
    author = make_participant(text.process)
    assert write(text, author).pk == write(text, author).pk
    assert write(text, author, words="Encore d’autres.").pk != write(text, author).pk


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "replace", "words": " \x00"}, "words"),
        ({"kind": "replace", "words": "Paragraphe fictif 1."}, "words"),
        ({"kind": "replace", "key": ""}, "kind"),
        ({"kind": "delete", "key": "", "why": "Inutile."}, "kind"),
        ({"kind": "delete", "words": "", "why": ""}, "why"),
        ({"kind": "autre"}, "kind"),
        ({"words": "a" * 5_001}, "words"),
        ({"why": "a" * 2_001}, "why"),
    ],
)
def test_a_contribution_that_proposes_nothing_is_refused(values, field):
    with pytest.raises(ValidationError) as refusal:
        write(make_text(), **values)
    assert set(refusal.value.message_dict) == {field}
    assert not Contribution.objects.exists()


def test_additions_and_comments_are_about_the_whole_text_too():
    text = make_text()
    for kind in ("add", "comment"):
        assert write(text, key="", kind=kind).paragraph_key == ""


def test_one_second_after_the_end_is_too_late():
    text = make_text()
    step = text.process.steps.get()
    now = timezone.now()
    step.ends_at = now + dt.timedelta(hours=1)
    step.save()
    write(text)
    step.starts_at, step.ends_at = now - dt.timedelta(days=3), now - dt.timedelta(seconds=1)
    step.save()
    text.process.refresh_from_db()
    with pytest.raises(TooLate, match="closes depuis le"):
        write(text, words="Trop tard.")
    assert Contribution.objects.count() == 1


def test_before_the_step_it_says_when():
    process = make_process(steps=())
    make_step(process, "propose", starts=1)
    with pytest.raises(TooLate, match="ouvrent le"):
        write(make_text(process))


def test_no_step_for_contributions_ended_text_stopped_process():
    with pytest.raises(TooLate, match="Aucune étape"):
        write(make_text(make_process(steps=("vote",))))
    text = make_text()
    set_contributions_open(text=text, is_open=False, reason="Assez.", by=examiner_of(text.process))
    with pytest.raises(TooLate, match="ne prend plus"):
        write(text)
    text = make_text()
    text.process.state, text.process.stopped_because = State.STOPPED, "Plus de lieu."
    text.process.save()
    with pytest.raises(TooLate, match="n’est pas ouverte"):
        write(text)


def test_a_paragraph_changed_while_it_was_read_is_shown_before_posting():
    text = make_text()
    first, second, third = keys_of(text)
    next_version(text, {first: "Autrement.", third: ""})
    with pytest.raises(TextChanged) as changed:
        write(text, key=first)
    assert changed.value.number == 2
    assert changed.value.paragraph is not None and changed.value.paragraph.words == "Autrement."
    with pytest.raises(TextChanged) as changed:
        write(text, key=third)
    assert changed.value.paragraph is None
    unchanged = write(text, key=second)  # the rest of the text moved, not what she read
    assert unchanged.version.number == 2
    assert write(text, key=first, version=2).version.number == 2


def test_a_paragraph_that_never_was_is_not_contributed_to():
    with pytest.raises(TextChanged):
        write(make_text(), key="zzzzzzzzzz")


def test_a_thread_has_one_level_and_takes_answers_to_what_is_published():
    text = make_text()
    root = make_contribution(text)
    answer = write(text, answers=root, kind="replace", words="Bonne idée.")
    assert (answer.kind, answer.answers, answer.paragraph_key) == ("comment", root, root.paragraph_key)
    assert write(text, answers=answer, words="Oui.").answers == root
    with pytest.raises(NotAllowed, match="pas publiée"):
        write(text, answers=make_contribution(text, moderation="waiting"))


def test_an_interest_locks_contributions_and_supports():
    text = make_text()
    user = make_user()
    author = make_participant(text.process, user=user)
    Interest.objects.create(
        process=text.process, user=user, text=text, words="J’y loue.", declared_at=timezone.now()
    )
    with pytest.raises(NotAllowed, match="intérêt"):
        write(text, author, by=user)
    with pytest.raises(NotAllowed, match="intérêt"):
        support_version(text=text, number=1, author=author, by=user)


def test_an_examiner_closes_with_a_reason_and_the_author_is_told(django_capture_on_commit_callbacks):
    text = make_text()
    author = make_user()
    one = make_contribution(text, make_participant(text.process, user=author))
    with django_capture_on_commit_callbacks(execute=True):
        closed = close_contribution(
            contribution=one,
            outcome="partly",
            reason="L’idée, sans le nombre.",
            address="https://exemple.invalid/c/",
            by=examiner_of(text.process),
        )
    assert (closed.outcome, closed.outcome_reason) == ("partly", "L’idée, sans le nombre.")
    assert [one.to for one in mail.outbox] == [[author.email]]
    assert "gardée en partie, parce que\xa0: L’idée, sans le nombre." in mail.outbox[0].body
    again = close_contribution(contribution=one, outcome="kept", reason="Tout.", by=examiner_of(text.process))
    assert again.outcome == "kept"


@pytest.mark.parametrize("power", [Power.FACILITATOR, Power.VOTER, Power.DECIDER])
def test_others_close_nothing(power):
    one = make_contribution(make_text())
    with pytest.raises(NotAllowed, match="instructeurs"):
        close_contribution(
            contribution=one, outcome="kept", reason="Oui.", by=give_power(one.text.process, power)
        )


def test_nobody_judges_her_own_contribution():
    text = make_text()
    by = examiner_of(text.process)
    one = make_contribution(text, make_participant(text.process, user=by))
    with pytest.raises(NotAllowed, match="sa propre contribution"):
        close_contribution(contribution=one, outcome="kept", reason="Oui.", by=by)


@pytest.mark.parametrize(("outcome", "reason"), [("kept", " "), ("", "Oui."), ("autre", "Oui.")])
def test_an_outcome_has_a_reason(outcome, reason):
    one = make_contribution(make_text())
    with pytest.raises(ValidationError):
        close_contribution(contribution=one, outcome=outcome, reason=reason, by=examiner_of(one.text.process))


def test_what_a_version_carries_is_judged_no_more():
    text = make_text()
    one = make_contribution(text)
    by = examiner_of(text.process)
    carried = close_contribution(contribution=one, outcome="kept", reason="Oui.", is_in_current=True, by=by)
    assert (carried.kept_in.number, carried.kept_key) == (1, keys_of(text)[0])
    with pytest.raises(NotAllowed, match="porte cette contribution"):
        close_contribution(contribution=one, outcome="not_kept", reason="Non.", by=by)
    with pytest.raises(NotAllowed, match="ne se retire plus"):
        withdraw_contribution(contribution=one, author=one.author, by=None)


@pytest.mark.parametrize(
    "values", [{"moderation": "waiting"}, {"withdrawn_at": timezone.now()}], ids=["waiting", "withdrawn"]
)
def test_what_nobody_sees_is_not_judged(values):
    one = make_contribution(make_text(), **values)
    with pytest.raises(NotAllowed, match="publiées"):
        close_contribution(contribution=one, outcome="kept", reason="Oui.", by=examiner_of(one.text.process))


def test_only_its_author_withdraws_it_even_after_the_end():
    one = make_contribution(make_text())
    close(one.text.process)
    for other in (None, make_participant(one.text.process)):
        with pytest.raises(NotAllowed, match="Seul l’auteur"):
            withdraw_contribution(contribution=one, author=other, by=None)
    assert withdraw_contribution(contribution=one, author=one.author, by=None).withdrawn_at
    withdraw_contribution(contribution=one, author=one.author, by=None)
    assert JournalEntry.objects.filter(verb="withdraw-contribution").count() == 1


@pytest.mark.parametrize("role", ["steward", "administrator"])
def test_words_are_erased_and_what_was_answered_stays(role):
    one = make_contribution(
        make_text(), words="Mon adresse.", why="Mon nom.", outcome="not_kept", outcome_reason="Non."
    )
    erased = erase_contribution(contribution=one, author=None, by=make_user("", role))
    assert (erased.words, erased.why, erased.is_erased, erased.outcome) == ("", "", True, "not_kept")


def test_an_author_erases_her_words_and_another_person_does_not():
    one = make_contribution(make_text())
    with pytest.raises(NotAllowed):
        erase_contribution(
            contribution=one, author=make_participant(one.text.process), by=make_user("", "facilitator")
        )
    assert erase_contribution(contribution=one, author=one.author, by=None).is_erased
    assert JournalEntry.objects.filter(verb="erase-contribution").count() == 1


def test_a_support_is_of_one_version_and_no_journal_says_whose():
    text = make_text()
    author = make_participant(text.process)
    before = JournalEntry.objects.count()
    for _twice in range(2):
        support_version(text=text, number=1, author=author, by=None)
    assert Support.objects.get().version.number == 1
    assert JournalEntry.objects.count() == before
    next_version(text, {keys_of(text)[0]: "Autrement."})
    with pytest.raises(TextChanged):
        support_version(text=text, number=1, author=author, by=None)
    support_version(text=text, number=2, author=author, by=None)
    stop_supporting(text=text, author=author, by=None)
    assert Support.objects.get().version.number == 1


def test_supports_end_with_the_steps():
    text = make_text()
    close(text.process)
    with pytest.raises(TooLate):
        support_version(text=text, number=1, author=make_participant(text.process), by=None)
