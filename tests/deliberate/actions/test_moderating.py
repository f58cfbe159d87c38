"""A refusal has a public motive, tells its author, and goes to a second person when she appeals."""

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from terreau.commons.models import JournalEntry
from terreau.deliberate.actions import answer_appeal, appeal_refusal, publish_words, refuse_words
from terreau.deliberate.actions.moderating import first_moderation
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Participant, Statement
from tests.factories import make_user
from tests.factories.deliberate import make_participant, make_process, make_statement

pytestmark = pytest.mark.django_db


def _waiting() -> tuple[Statement, Participant]:
    process = make_process()
    author = make_participant(process, user=make_user())
    return make_statement(process, author=author, moderation=Moderation.WAITING), author


def test_what_waited_is_published_by_a_moderator_only() -> None:
    row, author = _waiting()
    for nobody in (make_user(), make_user("", "facilitator"), make_user("", "administrator"), author.user):
        assert nobody is not None
        with pytest.raises(NotAllowed):
            publish_words(row=row, by=nobody)
    moderator = make_user("", "moderator")
    assert publish_words(row=row, by=moderator).is_published
    assert publish_words(row=row, by=moderator).is_published
    assert JournalEntry.objects.filter(verb="publish-words").count() == 1


def test_a_refusal_has_a_motive_that_its_author_receives(django_capture_on_commit_callbacks) -> None:
    row, author = _waiting()
    moderator = make_user("", "moderator")
    with pytest.raises(ValidationError):
        refuse_words(row=row, motive="  ", by=moderator)
    with django_capture_on_commit_callbacks(execute=True):
        refuse_words(row=row, motive="Nomme une personne privée", by=moderator)
    row.refresh_from_db()
    assert (row.moderation, row.motive) == (Moderation.REFUSED, "Nomme une personne privée")
    assert author.user is not None
    assert [one.to for one in mail.outbox] == [[author.user.email]]
    assert "Nomme une personne privée" in mail.outbox[0].body
    entry = JournalEntry.objects.get(verb="refuse-words")
    assert "privée" not in str(entry.details) + entry.subject


def test_an_appeal_is_judged_once_by_another_person() -> None:
    row, author = _waiting()
    first, second = make_user("", "moderator"), make_user("", "moderator")
    row = refuse_words(row=row, motive="Hors sujet", by=first)
    stranger = make_participant(row.process)
    with pytest.raises(NotAllowed):
        appeal_refusal(row=row, words="Non", author=stranger, by=None)
    with pytest.raises(ValidationError):
        appeal_refusal(row=row, words=" ", author=author, by=author.user)
    row = appeal_refusal(row=row, words="Le sujet est celui du mandat", author=author, by=author.user)
    with pytest.raises(NotAllowed):
        appeal_refusal(row=row, words="Encore", author=author, by=author.user)
    with pytest.raises(NotAllowed):
        answer_appeal(row=row, publishes=True, answer="Oui", by=first)
    with pytest.raises(ValidationError):
        answer_appeal(row=row, publishes=True, answer="", by=second)
    row = answer_appeal(row=row, publishes=True, answer="Le mandat en parle", by=second)
    assert row.is_published and row.motive == "Hors sujet"
    with pytest.raises(NotAllowed):
        answer_appeal(row=row, publishes=False, answer="Non", by=second)


def test_strangers_are_reviewed_first() -> None:
    assert first_moderation(None) == Moderation.WAITING
    assert first_moderation(make_user()) == Moderation.WAITING
    assert first_moderation(make_user("", "facilitator")) == Moderation.PUBLISHED
