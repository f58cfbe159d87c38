"""Who answered what: the table of an election, the versions of a list, what is not yet a commitment."""

import datetime as dt
import hmac
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from terreau.commitments.enums import Answer, Phase
from terreau.commitments.models import Candidacy, Election, Position, ProgrammeItem


@dataclass(frozen=True)
class Cell:
    """What a list says of a point; ``position`` is None when it did not answer."""

    candidacy: Candidacy
    item: ProgrammeItem
    position: Position | None


@dataclass(frozen=True)
class Row:
    """A point, with the lists in the order drawn by lot. Lists that withdrew are shown, and not counted."""

    item: ProgrammeItem
    cells: tuple[Cell, ...]

    def _count(self, answer: str) -> int:
        return sum(
            1
            for cell in self.cells
            if not cell.candidacy.withdrawn_on and (cell.position.answer if cell.position else "") == answer
        )

    @cached_property
    def counts(self) -> dict[str, int]:
        """Answer → how many lists; ``""``: no answer."""
        return {answer: self._count(answer) for answer in (*Answer.values, "")}

    @property
    def answered(self) -> int:
        return sum(self.counts.values()) - self.counts[""]

    @property
    def same(self) -> str:
        """The answer that all those who answered give, when they are two or more; else nothing."""
        return next((a for a in Answer.values if self.answered >= 2 and self.counts[a] == self.answered), "")

    @property
    def is_of_all(self) -> bool:
        return bool(self.same) and not self.counts[""]


@dataclass(frozen=True)
class Grid:
    candidacies: tuple[Candidacy, ...]
    rows: tuple[Row, ...]

    @property
    def standing(self) -> list[Candidacy]:
        return [one for one in self.candidacies if not one.withdrawn_on]

    @cached_property
    def answered(self) -> int:
        """How many standing lists gave one answer at least."""
        return len(
            {
                c.candidacy.pk
                for r in self.rows
                for c in r.cells
                if c.position and not c.candidacy.withdrawn_on
            }
        )

    def promises(self) -> list[Position]:
        """Yes and partly of lists whose pledges may become commitments."""
        return [
            cell.position
            for row in self.rows
            for cell in row.cells
            if cell.position and cell.position.is_promise and is_bound(cell.candidacy)
        ]

    def not_yet_promised(self) -> int:
        return sum(1 for position in self.promises() if position.commitment_id is None)


def all_elections() -> "QuerySet[Election]":
    """With how many lists stand, and how many of them answered."""
    standing = Q(candidacies__withdrawn_on__isnull=True)
    return Election.objects.select_related("place", "programme").annotate(
        lists=Count("candidacies", filter=standing, distinct=True),
        answered=Count(
            "candidacies", filter=standing & Q(candidacies__positions__isnull=False), distinct=True
        ),
    )


def find_election(slug: str) -> Election | None:
    return Election.objects.select_related("place", "programme", "body").filter(slug=slug).first()


def candidacies_of(election: Election) -> tuple[Candidacy, ...]:
    """In the order drawn by lot."""
    found = tuple(election.candidacies.select_related("party"))
    for one in found:
        one.election = election
    return found


def find_candidacy(election: Election, token: str) -> Candidacy | None:
    found = election.candidacies.select_related("party").filter(token=token).first()
    if found:
        found.election = election
    return found


def items_of(election: Election) -> "QuerySet[ProgrammeItem]":
    """The points asked about, and those withdrawn since that somebody answered."""
    answered = Position.objects.filter(item=OuterRef("pk"), candidacy__election=election)
    return (
        ProgrammeItem.objects.filter(programme=election.programme_id)
        .filter(Q(is_withdrawn=False) | Exists(answered))
        .select_related("programme")
        .order_by("rank", "pk")
    )


def grid_of(election: Election, items: Sequence[ProgrammeItem] | None = None) -> Grid:
    """Points × lists; three queries whatever their number."""
    lists = candidacies_of(election)
    asked = list(items_of(election)) if items is None else items
    said = {
        (one.candidacy_id, one.item_id): one
        for one in Position.objects.filter(
            candidacy__election=election, item__in=asked, is_current=True
        ).select_related("commitment")
    }
    rows = tuple(
        Row(item, tuple(Cell(one, item, said.get((one.pk, item.pk))) for one in lists)) for item in asked
    )
    for cell in (cell for row in rows for cell in row.cells if cell.position):
        cell.position.candidacy, cell.position.item = cell.candidacy, cell.item  # type: ignore[union-attr]
    return Grid(lists, rows)


def versions_of(candidacy: Candidacy, item: ProgrammeItem | None = None) -> dict[int, list[Position]]:
    """Item → all its versions, the latest first."""
    found: dict[int, list[Position]] = defaultdict(list)
    positions = candidacy.positions.select_related("item", "commitment").order_by("-number")
    for one in positions.filter(item=item) if item else positions:
        one.candidacy = candidacy
        found[one.item_id].append(one)
    return dict(found)


def positions_of(election: Election) -> "QuerySet[Position]":
    """Every version of every list, in the order of the page."""
    return (
        Position.objects.filter(candidacy__election=election)
        .select_related("candidacy", "item", "commitment")
        .order_by("item__rank", "item__pk", "candidacy__lot", "candidacy__pk", "number")
    )


def is_bound(candidacy: Candidacy) -> bool:
    """Whether what it promised is to be followed: an elected list, or a body that was consulted."""
    return candidacy.election.is_consultation or candidacy.elected_on is not None


def may_answer_at(candidacy: Candidacy, instant: dt.datetime) -> bool:
    return not candidacy.withdrawn_on and candidacy.election.phase_at(instant) == Phase.OPEN


def digest_of(secret: str) -> str:
    """What is kept of the secret of a reply link."""
    return sha256(secret.encode()).hexdigest()


def find_by_secret(token: str, secret: str) -> Candidacy | None:
    found = (
        Candidacy.objects.select_related("election__programme", "election__place", "party")
        .filter(token=token)
        .exclude(secret_digest="")
        .first()
    )
    is_right = found is not None and hmac.compare_digest(found.secret_digest, digest_of(secret))
    return found if is_right else None
