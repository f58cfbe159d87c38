"""What changed between two versions of a text: paragraph by paragraph, then word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Protocol

SAME, DELETED, INSERTED = "same", "deleted", "inserted"
CHANGED, ADDED, REMOVED = "changed", "added", "removed"

_MOST_COMPARED = (
    4_000_000  # pairs of words: beyond, a paragraph is shown as replaced rather than kept waiting for
)
_WORD = re.compile(r"\S+\s*|\s+")


class AParagraph(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def words(self) -> str: ...


@dataclass(frozen=True)
class Piece:
    """Words that are in both (``same``), in the old only (``deleted``), in the new only (``inserted``)."""

    state: str
    words: str


@dataclass(frozen=True)
class Difference:
    """Of one paragraph. ``has_moved``: it is elsewhere among those that both versions have."""

    key: str
    state: str
    kind: str
    pieces: tuple[Piece, ...]
    has_moved: bool = False

    @property
    def is_changed(self) -> bool:
        return self.state != SAME or self.has_moved


def word_differences(old: str, new: str) -> tuple[Piece, ...]:
    """Every word of ``old`` and of ``new``, each once, in the order of reading."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if before == after:
        return (Piece(SAME, new),) if new else ()
    if len(before) * len(after) > _MOST_COMPARED:
        return tuple(Piece(state, words) for state, words in ((DELETED, old), (INSERTED, new)) if words)
    return tuple(_pieces(before, after))


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(SAME, "".join(after[k:m]))
            continue
        if i < j:
            yield Piece(DELETED, "".join(before[i:j]))
        if k < m:
            yield Piece(INSERTED, "".join(after[k:m]))


def old_words(pieces: Sequence[Piece]) -> str:
    return "".join(piece.words for piece in pieces if piece.state != INSERTED)


def new_words(pieces: Sequence[Piece]) -> str:
    return "".join(piece.words for piece in pieces if piece.state != DELETED)


def text_differences(old: Sequence[AParagraph], new: Sequence[AParagraph]) -> list[Difference]:
    """In the order of the new version; a removed paragraph stands after the one that it followed."""
    before = {one.key: one for one in old}
    stays = {one.key for one in new}
    moved = _moved(
        [one.key for one in old if one.key in stays], [one.key for one in new if one.key in before]
    )
    told = [_difference(before.get(one.key), one, one.key in moved) for one in new]
    return _with_removed(told, old, stays)


def _difference(old: AParagraph | None, new: AParagraph, has_moved: bool) -> Difference:
    if old is None:
        return Difference(new.key, ADDED, new.kind, (Piece(INSERTED, new.words),))
    pieces = word_differences(old.words, new.words)
    is_same = old.words == new.words and old.kind == new.kind
    return Difference(new.key, SAME if is_same else CHANGED, new.kind, pieces, has_moved)


def _moved(before: list[str], after: list[str]) -> set[str]:
    """Keys whose move explains the new order; the longest runs are taken as those that stayed."""
    kept = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    stayed = {key for block in kept for key in before[block.a : block.a + block.size]}
    return set(after) - stayed


def _with_removed(told: list[Difference], old: Sequence[AParagraph], stays: set[str]) -> list[Difference]:
    after: dict[str, list[Difference]] = {}
    followed = ""
    for one in old:
        if one.key in stays:
            followed = one.key
        else:
            removed = Difference(one.key, REMOVED, one.kind, (Piece(DELETED, one.words),))
            after.setdefault(followed, []).append(removed)
    shown = list(after.get("", []))
    for difference in told:
        shown += [difference, *after.get(difference.key, [])]
    return shown
