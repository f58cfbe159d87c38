"""One harvest at a time: two would each delete what the other has just read."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from terreau.observe.sources.errors import SourceError

_POSTGRESQL_KEY = 0x7E44EA0  # any number of our own


@contextmanager
def only_harvest() -> Iterator[None]:
    """Holds the lock; SourceError when another harvest runs. A process that dies lets it go."""
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "harvest.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise SourceError(_busy()) from error
        yield


def lock_database() -> None:
    """On PostgreSQL, for several machines on one database: held until the transaction ends."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_POSTGRESQL_KEY])
        if not cursor.fetchone()[0]:
            raise SourceError(_busy())


def _busy() -> str:
    return _("Une autre moisson est en cours. Attendez qu’elle finisse, puis relancez.")
