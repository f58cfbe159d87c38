"""One writer at a time, of tables that are read whole, compared, then written."""

from django.db import connection

_KEY = 0x7E44EA1  # any number of our own


def take_turn() -> None:
    """Wait until no other transaction has the turn; it is held until this one ends.

    To call first in an action that replaces rows by what it read: else, on PostgreSQL, what another does in
    between is lost. SQLite lets one transaction write at a time by itself.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_KEY])
