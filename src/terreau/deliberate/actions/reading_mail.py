"""What a received mail says, with the standard library alone. Nothing here believes what the mail says of itself.

Headers are read as they came: what parses addresses takes minutes on one made for it.
"""

import re
import unicodedata
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message
from email.utils import getaddresses

LONGEST_MAIL = 1_000_000
MOST_PARTS = 50
_LONGEST_HEADER = 2_000
_CONTENT_HEADER = re.compile(rb"^content-[a-z-]+:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_MOST_ADDRESSES = 20
_TO = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
_CHARSETS = {"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"}
_SIGNED = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_AUTOMATIC = ("x-autoreply", "x-autorespond", "x-auto-response-suppress", "list-id", "list-unsubscribe")

_QUOTED = re.compile(r"^\s*(>|\|\s)")
_SIGNATURE = re.compile(r"^(-- ?|__+|Envoyé (de|depuis|à partir de) .{1,60}|Sent from my .{1,40})$")
_BEGINS_QUOTE = re.compile(
    r"^\s*(-{2,} ?(original message|message d.origine|message transféré|forwarded message) ?-{2,}"
    r"|(le|on) .{3,200}(a écrit|wrote)\s?:)\s*$",
    re.IGNORECASE,
)
_HEADER_OF_QUOTE = re.compile(r"^\s*\**(de|from)\s?:", re.IGNORECASE)
_NEXT_HEADER = re.compile(r"^\s*\**(envoyé|date|sent|à|to|objet|subject)\s?:", re.IGNORECASE)


@dataclass(frozen=True)
class Received:
    """``words``: what she wrote, without what she quotes. ``problem``: ``attachment``, ``html``, ``empty``,
    ``unreadable`` or ``""``. ``is_automatic``: a machine wrote it, and is answered nothing.
    """

    sent_to: tuple[str, ...]
    is_automatic: bool
    words: str = ""
    problem: str = ""


def read_mail(raw: bytes) -> Received:
    """Never raises. What is too long is read no further than its headers."""
    head = re.split(rb"\r?\n\r?\n", raw[:200_000], maxsplit=1)[0]
    try:
        headers = _headers(message_from_bytes(head + b"\n\n", policy=policy.default))
    except (MessageError, ValueError, LookupError, RecursionError):
        return Received((), is_automatic=True, problem="unreadable")
    sent_to, automatic = _recipients(headers), _is_automatic(headers)
    if len(raw) > LONGEST_MAIL:
        return Received(sent_to, automatic, problem="too-long")
    if _is_bomb(raw):
        return Received(sent_to, automatic, problem="unreadable")
    try:
        words, problem = _words(message_from_bytes(raw, policy=policy.default))
    except (MessageError, ValueError, LookupError, RecursionError, AttributeError, TypeError, AssertionError):
        return Received(sent_to, automatic, problem="unreadable")
    return Received(sent_to, automatic, words, problem)


def _is_bomb(raw: bytes) -> bool:
    """Made to be long to read: parts within parts, or a header that the library parses in the square of its length."""
    longest = max((len(one.group()) for one in _CONTENT_HEADER.finditer(raw)), default=0)
    return longest > _LONGEST_HEADER or raw.lower().count(b"boundary=") > MOST_PARTS


def _headers(message: Message) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), []).append(" ".join(str(value)[:_LONGEST_HEADER].split()))
    return found


def _recipients(headers: dict[str, list[str]]) -> tuple[str, ...]:
    values = [value for name in _TO for value in headers.get(name, [])[:3]]
    addresses = [address for value in values for _name, address in getaddresses([value])[:_MOST_ADDRESSES]]
    return tuple(dict.fromkeys(address.lower() for address in addresses if address))


def _is_automatic(headers: dict[str, list[str]]) -> bool:
    submitted = [value.lower() for value in headers.get("auto-submitted", [])]
    precedence = {value.lower() for value in headers.get("precedence", [])}
    kind = " ".join(headers.get("content-type", [])).lower()
    return (
        any(not value.startswith("no") or value.startswith("not") for value in submitted)
        or bool(precedence & {"bulk", "junk", "list", "auto_reply"})
        or "<>" in headers.get("return-path", [])
        or kind.startswith("multipart/report")
        or any(name in headers for name in _AUTOMATIC)
    )


def _words(message: Message) -> tuple[str, str]:
    """(what she wrote, what is wrong with it)"""
    plain, has_html = None, False
    for number, part in enumerate(message.walk()):
        if number > MOST_PARTS:
            return "", "unreadable"
        kind = part.get_content_type()
        if part.is_multipart() and not kind.startswith("message/"):
            continue
        if kind in _SIGNED or (kind.startswith("image/") and "content-id" in part):  # a logo in a signature
            continue
        if kind not in {"text/plain", "text/html"} or _disposition(part).startswith("attachment"):
            return "", "attachment"
        if kind == "text/html":
            has_html = True
        elif plain is None:
            plain = cut_quotes(_decoded(part))
    if plain:
        return plain, ""
    return "", "html" if has_html and plain is None else "empty"


def _disposition(part: Message) -> str:
    return " ".join(
        str(value).strip().lower()
        for name, value in part.raw_items()
        if name.lower() == "content-disposition"
    )


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    declared = str(part.get_content_charset() or "utf-8")
    for charset in (declared if declared in _CHARSETS else "utf-8", "utf-8", "windows-1252"):
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", "replace")


def cut_quotes(text: str) -> str:
    """Without what is quoted and without a signature; without the characters that show nothing."""
    shown = "".join(one for one in text if one in "\n\t" or unicodedata.category(one)[0] != "C")
    lines = [line.rstrip() for line in shown.splitlines()]
    above, below = _around_quote(lines)
    written = _without_signature([line for line in above if not _QUOTED.match(line)])
    if not written:  # answered under the quote
        written = _without_signature([line for line in below if not _QUOTED.match(line)])
    return re.sub(r"\n{3,}", "\n\n", written)


def _around_quote(lines: list[str]) -> tuple[list[str], list[str]]:
    for number, line in enumerate(lines):
        if _BEGINS_QUOTE.match(line):
            return lines[:number], lines[number + 1 :]
        both = f"{line} {lines[number + 1].strip()}" if number + 1 < len(lines) else ""
        if both and len(both) < 300 and _BEGINS_QUOTE.match(both):  # wrapped by her program
            return lines[:number], lines[number + 2 :]
        if _HEADER_OF_QUOTE.match(line) and any(map(_NEXT_HEADER.match, lines[number + 1 : number + 4])):
            return lines[:number], []
    return lines, []


def _without_signature(lines: list[str]) -> str:
    for number, line in enumerate(lines):
        if _SIGNATURE.match(line):
            lines = lines[:number]
            break
    return "\n".join(lines).strip()
