"""How fast one participant votes, how many people one connection brings.

Counted in the memory of each process, unlike the limits of accounts: two hundred phones of one hall, behind one
address, would wait for one another at a file. With two processes somebody may act twice as fast, which is harmless.
"""

import time
from threading import Lock

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest

_MOST_KEYS = 50_000
_lock = Lock()
_counts: dict[tuple[str, str, int], int] = {}


def is_slow_enough(action: str, key: str) -> bool:
    """Counts this act of ``key``; ``settings.VOTING_PACES``: action → how many in how many seconds."""
    most, seconds = settings.VOTING_PACES[action]
    window = int(time.time() // seconds)
    with _lock:
        if len(_counts) > _MOST_KEYS:
            _counts.clear()
        _counts[action, key, window] = count = _counts.get((action, key, window), 0) + 1
    return count <= most


def address_of(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))
