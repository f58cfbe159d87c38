"""What an import gives, and the sizes beyond which it is refused."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from terreau.deliberate.enums import ParagraphKind

LONGEST_TEXT = 500_000  # characters: some two hundred pages
MOST_BLOCKS = 300  # a form with a field or two for each stays under what the server reads of one form
PARAGRAPH_LENGTH = 10_000

_SPACES = re.compile(r"[^\S\n\u00a0\u202f]+")


class UnreadableText(ValueError):
    """The message is for whoever sent it."""


@dataclass(frozen=True)
class Block:
    kind: str
    words: str


def clean_words(words: str) -> str:
    """Without what no keyboard types (NUL, control characters, changes of direction); lines without spaces around."""
    words = words.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(letter for letter in words if letter in "\n\t" or not _is_hidden(letter))
    lines = [_SPACES.sub(" ", line).strip() for line in kept.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _is_hidden(letter: str) -> bool:
    """Control characters, and marks that turn the direction of what follows: shown words would not be those read."""
    return (
        (unicodedata.category(letter) in {"Cc", "Cs", "Co", "Cn"} or letter in "\ufeff\u200e\u200f")
        or "\u202a" <= letter <= "\u202e"
        or "\u2066" <= letter <= "\u2069"
    )


def check_length(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise UnreadableText(
            _(
                "Ce texte compte %(length)s caractères, et une page de texte en porte au plus %(most)s. "
                "Coupez-le en plusieurs textes : un par chapitre, par exemple."
            )
            % {"length": _spaced(len(text)), "most": _spaced(LONGEST_TEXT)}
        )


def checked(blocks: Iterable[Block]) -> list[Block]:
    """Those that say something, none too long, not too many. Raises UnreadableText."""
    cleaned = (Block(block.kind, clean_words(block.words)) for block in blocks)
    found: list[Block] = []
    for block in cleaned:
        if not block.words:
            continue
        if len(found) == MOST_BLOCKS:
            raise too_many()
        if len(block.words) > PARAGRAPH_LENGTH:
            raise UnreadableText(
                _(
                    "Le paragraphe qui commence par « %(start)s… » compte %(length)s caractères : "
                    "coupez-le, chacun doit pouvoir contribuer à une idée à la fois. Le plus long en compte %(most)s."
                )
                % {
                    "start": block.words[:60],
                    "length": _spaced(len(block.words)),
                    "most": _spaced(PARAGRAPH_LENGTH),
                }
            )
        found.append(block)
    if not found:
        raise UnreadableText(_("Ce texte est vide : il faut au moins un paragraphe."))
    return found


def too_many() -> UnreadableText:
    return UnreadableText(
        _("Ce texte a plus de %d paragraphes : coupez-le en plusieurs textes.") % MOST_BLOCKS
    )


def paragraph(words: str) -> Block:
    return Block(ParagraphKind.PARAGRAPH, words)


def heading(words: str) -> Block:
    return Block(ParagraphKind.HEADING, words)


def item(words: str) -> Block:
    return Block(ParagraphKind.ITEM, words)


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
