"""A fictional process: marked, without a person, whole on its page, and removed with all that was tried on it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from terreau.commitments.actions.demonstration import MARK, CannotDemonstrate
from terreau.commons.models import JournalEntry
from terreau.deliberate.actions.demonstration import add_demonstration_process, remove_demonstration_process
from terreau.deliberate.enums import StepKind
from terreau.deliberate.models import Process, Proposal
from tests.factories.deliberate import make_participant, make_process, make_statement

pytestmark = pytest.mark.django_db


def test_it_is_fictional_and_open_to_look_at(client) -> None:
    row = add_demonstration_process(by=None)
    assert row.decider_name.endswith(MARK) and row.decider is None and row.created_by is None
    assert all(role.shown_name.endswith(MARK) and role.user is None for role in row.roles.all())
    assert row.step_open_at(timezone.now(), StepKind.VOTE) is not None
    page = client.get(reverse("deliberate:process", args=[row.slug])).text
    assert "Démarche fictive, pour la démonstration." in page and "14" in page
    with pytest.raises(CannotDemonstrate, match="déjà"):
        add_demonstration_process(by=None)


def test_it_goes_with_what_was_tried_on_it_and_nothing_else() -> None:
    kept = make_process()
    assert remove_demonstration_process(by=None) is False
    row = add_demonstration_process(by=None)
    author = make_participant(row)
    make_statement(row, author=author)
    proposal = Proposal.objects.create(process=row, number=1, author=author, at=timezone.now())
    proposal.replies.create(number=1, answer="yes", reasons="Oui", in_the_name_of="Région", at=timezone.now())
    assert remove_demonstration_process(by=None) is True
    assert list(Process.objects.all()) == [kept] and not Proposal.objects.exists()
    assert JournalEntry.objects.filter(verb="remove-demonstration-process").count() == 1
