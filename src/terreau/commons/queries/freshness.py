"""How fresh the public content is: what lets a client that has read it already be told "nothing new", cheaply."""

import datetime as dt
from dataclasses import dataclass
from hashlib import blake2b

from terreau import __version__
from terreau.commons.models import JournalEntry

#: Transactions may end in another order than they began: one entry of the journal is not enough.
_ENTRIES = 20


@dataclass(frozen=True)
class Freshness:
    """``tag``: another one after each act that changes what the site holds. ``at``: when the last one was."""

    tag: str
    at: dt.datetime


def freshness() -> Freshness | None:
    """From the newest entries of the journal: every act writes one, in its own transaction. One short query.

    None while the site has no history. The version of the program counts: it may write the same rows otherwise.
    """
    newest = list(JournalEntry.objects.order_by("-pk").values_list("pk", "at")[:_ENTRIES])
    if not newest:
        return None
    said = f"{__version__} {newest}"
    return Freshness(blake2b(said.encode(), digest_size=12).hexdigest(), max(at for _pk, at in newest))
