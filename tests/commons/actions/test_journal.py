import pytest
from django.db import transaction

from terreau.commons.actions import write_journal
from terreau.commons.models import JournalEntry
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_an_entry_says_who_did_what_to_which():
    user = make_user()
    write_journal(verb="close-ballot", subject="ballot:3", by=user, votes=12)
    entry = JournalEntry.objects.get()
    assert (entry.verb, entry.subject, entry.by, entry.details) == (
        "close-ballot",
        "ballot:3",
        user,
        {"votes": 12},
    )


def test_an_act_undone_leaves_no_entry():
    with pytest.raises(RuntimeError), transaction.atomic():
        write_journal(verb="close-ballot", by=None)
        raise RuntimeError
    assert not JournalEntry.objects.exists()
