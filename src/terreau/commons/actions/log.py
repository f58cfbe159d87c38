"""The public log: an act is appended in its own transaction; files are written and signed once it is certain."""

import secrets
import time
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from terreau.commons.acts import PUBLIC_ACTS, Shown
from terreau.commons.log.entries import SALT_BYTES, canonical_json, decode, digest_of
from terreau.commons.log.errors import LogError, Problem
from terreau.commons.log.keys import LogKeys, load_or_make_keys
from terreau.commons.log.notes import Checkpoint
from terreau.commons.log.publishing import one_publisher, publish_entries, published_entries, read_checkpoint
from terreau.commons.models import LogEntry, User
from terreau.commons.queries.log import entries_from, keys_folder, last_entry, log_folder
from terreau.lake.bulk import insert_rows
from terreau.lake.turn import take_turn

Act = tuple[str, str, Mapping[str, Any]]
"""(verb, subject, details), as ``write_journal`` has them."""

_COLUMNS = ("index", "second", "verb", "subject", "digest", "salt", "content", "about")


def append_acts(*, acts: Iterable[Act], by: User | None) -> int:
    """Add acts to the log, in this order, and sign once the caller's transaction is certain; return how many.

    ``by`` is not written: the log names nobody. In one transaction with the acts: the log has all or none.
    """
    with transaction.atomic():
        take_turn("log")
        last = last_entry()
        first, second = (last.index + 1, last.second) if last else (0, 0)
        second = max(second, int(time.time()))  # a clock that went back moves no act before another
        rows = [_row(index, second, act) for index, act in enumerate(acts, first)]
        insert_rows(LogEntry, _COLUMNS, rows)
        # What fails here is tried again by the next act: the rows are what counts.
        transaction.on_commit(publish_after_act, robust=True)
    return len(rows)


def _row(index: int, second: int, act: Act) -> tuple[Any, ...]:
    verb, subject, details = act
    salt = secrets.token_bytes(SALT_BYTES)
    content = canonical_json({"details": details, "subject": subject, "verb": verb})
    public_subject = subject if PUBLIC_ACTS[verb].shown == Shown.NAMED else ""
    return index, second, verb, public_subject, digest_of(salt, content), salt.hex(), content, subject


def publish_after_act() -> None:
    publish_log(by=None)


def publish_log(*, by: User | None, whole: bool = False) -> Checkpoint:
    """Write and sign what is new. ``whole``: compare every row with what was signed, and write lost files again.

    Raises LogError when the rows are not those that were signed; nothing is signed then.
    """
    folder = log_folder()
    with one_publisher(folder):
        return publish_entries(folder, entries_from, log_keys(), whole=whole)


def log_keys() -> LogKeys:
    return load_or_make_keys(keys_folder(), log_name())


def log_name() -> str:
    """The name of a log that has none yet: its address, or a random one where the site has no address."""
    host = urlsplit(settings.SITE_ADDRESS).netloc
    return f"{host}/journal-public" if host else f"localhost/journal-public/{secrets.token_hex(4)}"


@transaction.atomic
def recover_log(*, by: User | None) -> int:
    """Take back the signed entries that the database lacks, after an older backup was restored.

    Without what their digests were made of. So the log goes on where it was, and forks from nothing.
    """
    take_turn("log")
    folder = log_folder()
    with one_publisher(folder):
        signed = read_checkpoint(folder)
        last = last_entry()
        first = last.index + 1 if last else 0
        if signed is None or signed.size <= first:
            return 0
        entries = [
            decode(data, f"entry {first + offset}")
            for offset, data in enumerate(published_entries(folder, first))
        ]
        for index, entry in enumerate(entries, first):
            if entry.index != index:
                raise LogError(Problem.WRONG_PLACE, f"entry {index}", says=entry.index)
        rows = [(one.index, one.second, one.verb, one.subject, one.digest, "", "", "") for one in entries]
        insert_rows(LogEntry, _COLUMNS, rows)
        publish_entries(folder, entries_from, log_keys(), whole=True)  # else this is not what was signed
    return len(rows)
