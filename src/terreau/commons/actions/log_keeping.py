"""Rare acts on the public log itself, each of which enters it: another key, contents that are forgotten."""

from django.db import transaction

from terreau.commons.log.keys import LogKeys, renew_key
from terreau.commons.log.publishing import one_publisher
from terreau.commons.models import LogEntry, User
from terreau.commons.queries.log import keys_folder, log_folder

from .journal import write_journal
from .log import log_name


def renew_log_key(*, by: User | None, keep_old: bool = True) -> LogKeys:
    """Sign with a new key from now on; with the old one too, unless it is no longer to be trusted.

    What the old key signed stays verifiable: its public half stays in the list.
    """
    with one_publisher(log_folder()):
        keys = renew_key(keys_folder(), log_name(), keep_old=keep_old)
    with transaction.atomic():
        known = [str(key) for key in keys.known]
        subject = f"log-key:{keys.known[0].id.hex()}"
        write_journal(verb="renew-log-key", subject=subject, by=by, known=known, kept_old=keep_old)
    return keys


@transaction.atomic
def erase_from_log(*, subject: str, by: User | None) -> int:
    """Forget what the digests about ``subject`` were made of; return how many. The log itself does not change."""
    erased = LogEntry.objects.filter(about=subject).exclude(about="").update(salt="", content="", about="")
    if erased:
        write_journal(verb="erase-from-log", by=by, entries=erased)
    return erased
