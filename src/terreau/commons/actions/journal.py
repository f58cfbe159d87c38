"""One entry in the journal for each act."""

from typing import Any

from terreau.commons.acts import PUBLIC_ACTS
from terreau.commons.models import JournalEntry, User

from .log import append_acts


def write_journal(*, verb: str, subject: str = "", by: User | None, **details: Any) -> JournalEntry:
    """Record that ``by`` (None: a command or a timer) did ``verb`` to ``subject``.

    Every action calls it once, inside its own transaction, so an act undone leaves no entry.
    ``verb``: a slug such as ``"load-places"``. ``subject``: kind and key of the object, ``"source:siae"``.
    ``details``: JSON values, counts above all. Never personal text: no name, address, or words of a person;
    the journal is kept when a person's data is erased. An act that ``commons/acts.py`` calls public enters the
    public log as well.
    """
    if verb in PUBLIC_ACTS:
        append_acts(acts=[(verb, subject, details)], by=by)
    return JournalEntry.objects.create(verb=verb, subject=subject, by=by, details=details)
