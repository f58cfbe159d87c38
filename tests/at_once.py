"""Two acts at the same instant, each in its own transaction: what SQLite, which lets one write at a time, never shows.

``during(first, second)`` lets ``second`` begin when all of ``first`` is written, and not yet certain: whatever
``second`` read before it had to wait is then out of date.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from tests.portal.site import SERVER

PATIENCE = 30  # seconds

only_postgresql = pytest.mark.skipif(
    not SERVER, reason="SQLite lets one transaction write at a time: `make test-postgresql` runs this"
)


def during(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """What each returned, or the exception that ``second`` raised. For a test with ``django_db(transaction=True)``."""
    told: list[Any] = []

    def act() -> None:
        try:
            told.append(second())
        except Exception as error:
            told.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=act)
    with transaction.atomic():
        result = first()
        other.start()
        _wait_until_it_waits(other)
    other.join(PATIENCE)
    assert not other.is_alive(), "the second still waits, for nobody"
    return result, told[0]


def _wait_until_it_waits(other: threading.Thread) -> None:
    """For the transaction of this thread; or until it has ended without having to."""
    give_up = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while other.is_alive() and time.monotonic() < give_up:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM pg_locks WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
