"""The public log: its entries, and where its files are."""

from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from terreau.commons.acts import PUBLIC_ACTS, Shown
from terreau.commons.log.entries import Entry
from terreau.commons.log.proofs import Opening
from terreau.commons.models import LogEntry


def log_folder() -> Path:
    """Public: what everybody may download. Made again from the rows if it is lost."""
    return Path(settings.DATA_DIR) / "log"


def keys_folder() -> Path:
    """Secret, and in every backup: with another key, this would be another log."""
    return Path(settings.DATA_DIR) / "keys"


def log_entries() -> "QuerySet[LogEntry]":
    """The latest first."""
    return LogEntry.objects.order_by("-index")


def last_entry() -> LogEntry | None:
    return log_entries().only("index", "second").first()


def entries_from(first: int) -> list[bytes]:
    """The bytes of every entry from ``first`` on, in order."""
    rows = LogEntry.objects.filter(index__gte=first).order_by("index")
    columns = rows.values_list("index", "second", "verb", "subject", "digest")
    return [Entry(*row).encode() for row in columns.iterator(chunk_size=10_000)]


def opening_of(entry: LogEntry, *, is_subject_shown: bool) -> Opening | None:
    """What the digest was made of, where everybody may see it. ``is_subject_shown``: whether it has a page now."""
    act = PUBLIC_ACTS.get(entry.verb)
    if act is None or entry.is_erased or act.shown == Shown.SEALED:
        return None
    if act.shown == Shown.OPENED and not is_subject_shown:
        return None
    return Opening(bytes.fromhex(entry.salt), entry.content)
