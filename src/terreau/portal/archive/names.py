"""Address → file: ``/annuaire/?page=2`` is ``annuaire/page=2.html``. Two addresses never share a name."""

import posixpath
import re
from urllib.parse import parse_qsl, quote, unquote, urlsplit

_INDEX = "index"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")  # what some file system refuses, and what separates here: ~ = ,


def file_name(address: str) -> str:
    parts = urlsplit(address)
    *folders, last = [_safe(unquote(part)) for part in parts.path.lstrip("/").split("/")]
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    if query := ",".join(f"{_safe(name)}={_safe(value)}" for name, value in pairs):
        last = f"{last},{query}.html" if last else f"{query}.html"
    return posixpath.join(*folders, last or f"{_INDEX}.html")


def link_between(page: str, file: str) -> str:
    """What the file ``page`` writes to lead to ``file``."""
    return quote(posixpath.relpath(file, posixpath.dirname(page)), safe="/~=,")


def _safe(text: str) -> str:
    escaped = _UNSAFE.sub(lambda found: "".join(f"~{byte:02x}" for byte in found[0].encode()), text)
    return f"~2e{escaped[1:]}" if escaped.startswith(".") else escaped
