"""How fast one participant votes, how many people one connection brings.

Counted once for all the processes of the server, in a small database of its own, without waiting for the disk: Django's
cache of files would take milliseconds a vote and lose some of two that come at once. It says of nobody who she is: keys
are digests with the secret of the site, and what is over is wiped. It is no part of a backup, and may be deleted.
"""

import hashlib
import logging
import os
import sqlite3
import time
from pathlib import Path
from threading import Lock

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest

log = logging.getLogger(__name__)

_ORDERS = (
    "PRAGMA journal_mode=MEMORY",
    "PRAGMA synchronous=OFF",
    "PRAGMA secure_delete=ON",
    "CREATE TABLE IF NOT EXISTS acts (key BLOB PRIMARY KEY, count INTEGER, ends INTEGER) WITHOUT ROWID",
)
_COUNT = (
    "INSERT INTO acts VALUES (?, 1, ?) "
    "ON CONFLICT (key) DO UPDATE SET count = count + 1, ends = excluded.ends RETURNING count"
)
_lock = Lock()
_held: dict[tuple[int, Path], sqlite3.Connection] = {}
_last_wiped = 0


def is_slow_enough(action: str, key: str) -> bool:
    """Counts this act of ``key``; ``settings.VOTING_PACES``: action → how many in how many seconds.

    When they cannot be counted, a vote is worth more than its limit.
    """
    most, seconds = settings.VOTING_PACES[action]
    now = int(time.time())
    window = now // seconds
    said = hashlib.blake2b(
        f"{action} {window} {key}".encode(),
        key=hashlib.sha256(settings.SECRET_KEY.encode()).digest(),
        digest_size=16,
    )
    try:
        with _lock:
            return _count(said.digest(), (window + 1) * seconds, now) <= most
    except sqlite3.Error:
        log.exception("the pace of votes is not counted")
        return True


def _count(key: bytes, ends: int, now: int) -> int:
    global _last_wiped
    database = _database()
    if now != _last_wiped:
        database.execute("DELETE FROM acts WHERE ends <= ?", (now,))
        _last_wiped = now
    (count,) = database.execute(_COUNT, (key, ends)).fetchall()[0]
    return int(count)


def _database() -> sqlite3.Connection:
    """Of this process: a connection does not outlive a fork."""
    path = _file()
    found = _held.get((os.getpid(), path))
    if found is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        found = sqlite3.connect(path, timeout=2, isolation_level=None, check_same_thread=False)
        try:
            for order in _ORDERS:
                found.execute(order)
        except sqlite3.Error:
            found.close()
            raise
        _held[os.getpid(), path] = found
    return found


def _file() -> Path:
    return Path(settings.DATA_DIR) / "cache" / "paces.sqlite3"


def forget_paces() -> None:
    """Before the server starts: a machine that stopped in the middle of a count may have left half of it."""
    _file().unlink(missing_ok=True)


def address_of(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))
