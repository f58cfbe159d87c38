"""Markdown, read with CommonMark's rules: words and structure are kept, never HTML."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from .blocks import Block, UnreadableText, check_length, checked, heading, item, paragraph


def from_markdown(text: str) -> list[Block]:
    check_length(text)
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text.replace("\x00", ""))
    deepest = max((token.level for token in tokens), default=0)
    if deepest >= markdown.options.maxNesting - 1:  # what is deeper was not read
        raise UnreadableText(_("Ce texte a trop de niveaux emboîtés : collez-le sans sa mise en forme."))
    return checked(_blocks(tokens))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    """A row of a table is one paragraph. The first paragraph of an item is the item."""
    is_heading = starts_item = False
    row: list[str] | None = None
    for token in tokens:
        if token.type == "heading_open":
            is_heading = True
        elif token.type == "list_item_open":
            starts_item = True
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield paragraph(" | ".join(row))
            row = None
        elif token.type in {"fence", "code_block"}:
            yield paragraph(token.content)
            starts_item = False
        elif token.type == "inline":
            words = _words(token.children or [])
            if row is not None:
                row.append(words)
                continue
            yield (heading if is_heading else item if starts_item else paragraph)(words)
            is_heading = starts_item = False


def _words(children: Sequence[Token]) -> str:
    """What a reader sees; a link keeps its address in brackets."""
    said: list[str] = []
    addresses: list[tuple[str, int]] = []
    for child in children:
        if child.type in {"text", "code_inline", "html_inline"}:
            said.append(child.content)
        elif child.type == "softbreak":
            said.append(" ")
        elif child.type == "hardbreak":
            said.append("\n")
        elif child.type == "image":
            said.append(child.content)
        elif child.type == "link_open":
            addresses.append((str(child.attrGet("href") or ""), len(said)))
        elif child.type == "link_close" and addresses:
            address, start = addresses.pop()
            if address and "".join(said[start:]).strip() not in {address, address.removeprefix("mailto:")}:
                said.append(f" ({address})")
    return "".join(said)
