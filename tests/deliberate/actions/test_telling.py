"""Authors of statements are told of what becomes of them, once, unless an interest locks the file."""

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from terreau.deliberate.actions.telling import tell_statement_authors
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Interest, Process, Proposal
from tests.factories import make_user
from tests.factories.deliberate import make_participant, make_process, make_statement

pytestmark = pytest.mark.django_db
WORDS = "La proposition n° 1 est adoptée."


def proposal_of(process: Process, *statements) -> Proposal:
    proposal = Proposal.objects.create(
        process=process, number=1, at=timezone.now(), moderation=Moderation.PUBLISHED
    )
    proposal.statements.set(statements)
    return proposal


def tell(proposal: Proposal, capture) -> int:
    with capture(execute=True), transaction.atomic():
        return tell_statement_authors(proposal=proposal, words=WORDS, by=None)


def test_one_mail_a_person_with_what_she_wrote(django_capture_on_commit_callbacks) -> None:
    process = make_process()
    author = make_participant(process, user=make_user("autrice@exemple.invalid"))
    mine = [make_statement(process, author=author) for _ in range(2)]
    anonymous = make_statement(process, author=make_participant(process))
    assert tell(proposal_of(process, *mine, anonymous), django_capture_on_commit_callbacks) == 1
    [sent] = mail.outbox
    assert sent.to == ["autrice@exemple.invalid"]
    assert process.title in sent.subject
    assert all(one.words in sent.body for one in mine)
    assert WORDS in sent.body and anonymous.words not in sent.body


def test_nobody_is_written_to_who_is_locked_gone_or_refused(django_capture_on_commit_callbacks) -> None:
    process = make_process()
    locked, gone, refused = (make_user() for _ in range(3))
    gone.is_active = False
    gone.save()
    statements = [
        make_statement(process, author=make_participant(process, user=user)) for user in (locked, gone)
    ]
    statements.append(
        make_statement(
            process,
            author=make_participant(process, user=refused),
            moderation=Moderation.REFUSED,
            motive="Hors sujet.",
        )
    )
    Interest.objects.create(
        process=process,
        user=locked,
        shown_name="Personne fictive",
        words="Parente",
        declared_at=timezone.now(),
    )
    assert tell(proposal_of(process, *statements), django_capture_on_commit_callbacks) == 0
    assert mail.outbox == []
