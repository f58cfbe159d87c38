"""A contribution as pages show it: what it would change, whose it is, what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from terreau.deliberate.differences import Piece, word_differences
from terreau.deliberate.enums import ContributionKind
from terreau.deliberate.models import Contribution, Paragraph, Participant


@dataclass(frozen=True)
class Card:
    """``pieces``: the paragraph as it was read, with what is replaced. ``was``: its words, to be deleted."""

    contribution: Contribution
    pieces: tuple[Piece, ...]
    was: str
    is_own: bool

    @property
    def shows_words(self) -> bool:
        return self.is_own or self.contribution.is_published


def cards_of(rows: Iterable[Contribution], participant: Participant | None) -> list[Card]:
    rows = list(rows)
    said = _paragraphs_read(rows)
    cards = []
    for row in rows:
        was = said.get((row.version_id, row.paragraph_key), "")
        is_replacing = row.kind == ContributionKind.REPLACE and not row.is_erased
        pieces = word_differences(was, row.words) if is_replacing else ()
        cards.append(Card(row, pieces, was, participant is not None and row.author_id == participant.pk))
    return cards


def _paragraphs_read(rows: list[Contribution]) -> dict[tuple[int, str], str]:
    found = Paragraph.objects.filter(
        version__in={row.version_id for row in rows}, key__in={row.paragraph_key for row in rows}
    )
    return {(one.version_id, one.key): one.words for one in found}
