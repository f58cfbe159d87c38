"""One entry in the journal for each act."""

from typing import Any

from terreau.commons.models import JournalEntry, User


def write_journal(*, verb: str, subject: str = "", by: User | None, **details: Any) -> JournalEntry:
    """Record that ``by`` (None: a command or a timer) did ``verb`` to ``subject``.

    Every action calls it once, inside its own transaction, so an act undone leaves no entry.
    ``verb``: a slug such as ``"load-places"``. ``subject``: kind and key of the object, ``"source:siae"``.
    ``details``: JSON values, counts above all. Never personal text: no name, address, or words of a person;
    the journal is kept when a person's data is erased.
    """
    return JournalEntry.objects.create(verb=verb, subject=subject, by=by, details=details)
