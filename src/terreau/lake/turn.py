"""One writer at a time, of tables that are read whole, compared, then written."""

from django.db import connection

# Any numbers of our own. The log has a queue apart: acts of every room pass there, at the end of their transaction. So
# have subscriptions, which no harvest reads: nobody waits for its end to follow something.
_KEYS = {"tables": 0x7E44EA1, "log": 0x7E44EA2, "subscriptions": 0x7E44EA3}


def take_turn(queue: str = "tables") -> None:
    """Wait until no other transaction has the turn in ``queue``; it is held until this one ends.

    To call first in an action that replaces rows by what it read: else, on PostgreSQL, what another does in
    between is lost. SQLite lets one transaction write at a time by itself.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_KEYS[queue]])
