"""Words pasted from anywhere: an empty line ends a paragraph."""

import re
from collections.abc import Iterable, Iterator

from terreau.deliberate.enums import ParagraphKind

from .blocks import Block, check_length, checked, clean_words, heading, item, paragraph

_HEADING = re.compile(r"#{1,6}\s+(?=\S)")
_ITEM = re.compile(r"(?:[-*•–—]|\d{1,3}[.)])\s+(?=\S)")


def from_pasted(text: str) -> list[Block]:
    """Without any empty line, each line is a paragraph. ``# `` starts a heading, ``- `` an item."""
    check_length(text)
    return checked(_blocks(clean_words(text)))


def as_pasted(blocks: Iterable[Block]) -> str:
    """As a person would have typed them, to be looked at and corrected before they are read again."""
    signs: dict[str, str] = {ParagraphKind.HEADING: "# ", ParagraphKind.ITEM: "- "}
    typed = []
    for block in blocks:
        words = re.sub(r"\n{2,}", "\n", block.words)
        sign = "" if block.kind == ParagraphKind.ITEM and _ITEM.match(words) else signs.get(block.kind, "")
        typed.append(sign + words)
    return "\n\n".join(typed)


def _blocks(text: str) -> Iterator[Block]:
    parts = text.split("\n\n") if "\n\n" in text else text.split("\n")
    for part in parts:
        yield from _of_part(part)


def _of_part(part: str) -> Iterator[Block]:
    """A list is often pasted without empty lines between its items: each line that starts one is one."""
    gathered: list[str] = []
    kind = paragraph
    for line in part.split("\n"):
        starts_heading, starts_item = _HEADING.match(line), _ITEM.match(line)
        if gathered and (starts_heading or starts_item or kind is heading):
            yield kind("\n".join(gathered))
            gathered, kind = [], paragraph
        if starts_heading:
            kind, line = heading, line[starts_heading.end() :]
        elif starts_item and not line[0].isdigit():
            kind, line = item, line[starts_item.end() :]
        elif starts_item:  # its number is part of the words: others refer to it
            kind = item
        gathered.append(line)
    yield kind("\n".join(gathered))
