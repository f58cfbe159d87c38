"""An entry of the log: what everybody reads of an act for ever, and the salted digest of what may be erased."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from .errors import LogError, Problem

SALT_BYTES = 32
LONGEST = 0xFFFF  # an entry bundle writes lengths on two bytes

_FIELDS = ("at", "digest", "index", "subject", "verb")
_AT = "%Y-%m-%dT%H:%M:%SZ"
_ONE_WAY = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_DIGEST = re.compile(r"[0-9a-f]{64}")


def canonical_json(value: Any) -> str:
    """One text for one value: sorted names, no spaces. Raises ValueError for what JSON has no word for (NaN)."""
    return _ONE_WAY.encode(value)


def digest_of(salt: bytes, content: str) -> str:
    """Without the 32 random bytes of ``salt``, no guess of the content can be confirmed."""
    return sha256(salt + content.encode()).hexdigest()


@dataclass(frozen=True)
class Entry:
    index: int
    second: int
    verb: str
    subject: str
    digest: str

    @property
    def at(self) -> datetime:
        return datetime.fromtimestamp(self.second, UTC)

    def encode(self) -> bytes:
        values = {
            "at": _text_of(self.second),
            "digest": self.digest,
            "index": self.index,
            "subject": self.subject,
            "verb": self.verb,
        }
        return canonical_json(values).encode()


def decode(data: bytes, where: str) -> Entry:
    """Raises LogError unless ``data`` is an entry, written in the one way."""
    try:
        values = json.loads(data)
        if tuple(values) != _FIELDS or not _DIGEST.fullmatch(values["digest"]):
            raise ValueError("not the fields of an entry")
        at = datetime.strptime(values["at"], _AT).replace(tzinfo=UTC)
        found = Entry(
            values["index"], int(at.timestamp()), values["verb"], values["subject"], values["digest"]
        )
        if found.encode() != data:
            raise ValueError("written in another way")
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError, OverflowError) as error:
        raise LogError(Problem.NOT_AN_ENTRY, where) from error
    return found


@lru_cache(maxsize=256)  # acts of one batch share their second
def _text_of(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime(_AT)
