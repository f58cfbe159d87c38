"""The form that writes the next version of a text, without JavaScript: each button sends it whole and it comes back.

Of a paragraph, ``words-<key>`` and ``kind-<key>``, in the order of the text; ``removed`` holds the keys of those taken
out; ``kept``, for each contribution that the version carries, ``<token>:<key of its paragraph>``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import QueryDict

from terreau.commons.tokens import new_token
from terreau.deliberate.actions.texts import Draft
from terreau.deliberate.enums import ContributionKind, ParagraphKind
from terreau.deliberate.models import Contribution, Paragraph

_WORDS = re.compile(r"words-([a-z0-9]{10})")


@dataclass
class Row:
    key: str
    kind: str
    words: str
    is_new: bool = False
    contributions: list[tuple[Contribution, bool]] = field(default_factory=list)


@dataclass
class Editor:
    """``waiting``: contributions that were kept and that no version carries yet."""

    rows: list[Row]
    removed: list[Row]
    kept: dict[str, str]
    waiting: Sequence[Contribution]
    others: list[tuple[Contribution, bool]] = field(default_factory=list)

    @property
    def drafts(self) -> list[Draft]:
        return [Draft(row.key, row.kind, row.words) for row in self.rows]

    def do(self, act: str) -> None:
        """``up``, ``down``, ``add``, ``remove``, ``restore`` and a key; ``take`` and the token of a contribution."""
        verb, _dash, name = act.partition("-")
        if verb == "take":
            found = next((one for one in self.waiting if one.token == name), None)
            if found is not None:
                self._take(found)
            return
        if verb == "restore":
            back = next((row for row in self.removed if row.key == name), None)
            if back is not None:
                self.removed.remove(back)
                self.rows.append(back)
            return
        place = self._place(name)
        if verb == "add":
            self.rows.insert(0 if place is None else place + 1, _empty())
        elif place is None:
            return
        elif verb == "up" and place > 0:
            self.rows.insert(place - 1, self.rows.pop(place))
        elif verb == "down":
            self.rows.insert(place + 1, self.rows.pop(place))
        elif verb == "remove":
            self._remove(place)

    def _place(self, key: str) -> int | None:
        return next((place for place, row in enumerate(self.rows) if row.key == key), None)

    def _remove(self, place: int) -> None:
        row = self.rows.pop(place)
        if not row.is_new:
            self.removed.append(row)

    def _take(self, one: Contribution) -> None:
        """Put her words where she proposed them, and note that the version carries her contribution."""
        place = self._place(one.paragraph_key)
        self.kept[one.token] = "" if place is None else one.paragraph_key
        if one.kind == ContributionKind.ADD:
            row = _empty(one.words)
            self.rows.insert(0 if place is None else place + 1, row)
            self.kept[one.token] = row.key
        elif one.kind == ContributionKind.REPLACE and place is not None:
            self.rows[place].words = one.words
        elif one.kind == ContributionKind.DELETE and place is not None:
            self._remove(place)

    def shown(self) -> "Editor":
        """With each contribution under the paragraph that carries it, or that it was written for."""
        places = {row.key: row for row in [*self.rows, *self.removed]}
        for row in places.values():
            row.contributions = []
        self.others = []
        for one in self.waiting:
            carried = self.kept.get(one.token)
            place = places.get(carried or one.paragraph_key)
            (self.others if place is None else place.contributions).append((one, carried is not None))
        return self


def _empty(words: str = "") -> Row:
    return Row(new_token(), ParagraphKind.PARAGRAPH, words, is_new=True)


def started(paragraphs: Sequence[Paragraph], waiting: Sequence[Contribution]) -> Editor:
    return Editor([Row(one.key, one.kind, one.words) for one in paragraphs], [], {}, waiting)


def sent(data: QueryDict, paragraphs: Sequence[Paragraph], waiting: Sequence[Contribution]) -> Editor:
    """As the form came back."""
    before = {one.key: one for one in paragraphs}
    rows = []
    for name in data:
        if found := _WORDS.fullmatch(name):
            key = found[1]
            kind = str(data.get(f"kind-{key}", ""))
            rows.append(
                Row(
                    key,
                    kind if kind in ParagraphKind.values else ParagraphKind.PARAGRAPH,
                    str(data[name]),
                    is_new=key not in before,
                )
            )
    there = {row.key for row in rows}
    removed = [
        Row(key, before[key].kind, before[key].words)
        for key in dict.fromkeys(data.getlist("removed"))
        if key in before and key not in there
    ]
    known = {one.token for one in waiting}
    kept = dict(one.split(":", 1) for one in data.getlist("kept") if ":" in one)
    return Editor(rows, removed, {token: key for token, key in kept.items() if token in known}, waiting)
