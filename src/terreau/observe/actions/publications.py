"""Publications that are kept no longer."""

from django.db import transaction

from terreau.commons.actions import write_journal
from terreau.commons.models import User
from terreau.lake.catalogue import datasets
from terreau.lake.kept import withdraw_kept
from terreau.lake.publishing import one_at_a_time


@transaction.atomic
def prune_publications(*, keep: int, by: User | None) -> int:
    """Withdraw the files of all but the ``keep`` newest kept versions of each dataset; returns how many versions."""
    with one_at_a_time():
        count = sum(withdraw_kept(name, keep=keep) for name in datasets())
        write_journal(verb="prune-publications", by=by, keep=keep, withdrawn=count)
    return count
