"""The resonance matrix: actors' actions beside the orientations of a region, and what is alone on either side."""

from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from terreau.commitments.models import Programme, ProgrammeItem
from terreau.deliberate.enums import State
from terreau.deliberate.models import Resonance, ResonanceMatrix


@dataclass(frozen=True)
class Row:
    """An orientation; ``beside``: each programme, in order, with the resonances of its actions with it."""

    orientation: ProgrammeItem
    beside: tuple[tuple[Programme, list[Resonance]], ...]

    @property
    def resonances(self) -> list[Resonance]:
        return [one for _programme, cell in self.beside for one in cell]


@dataclass(frozen=True)
class Grid:
    """``alone``: orientations that no action serves; ``idle``: actions that serve no orientation."""

    programmes: list[Programme]
    rows: list[Row]
    alone: list[ProgrammeItem]
    idle: list[ProgrammeItem]
    actions: list[ProgrammeItem] = field(default_factory=list)


def visible_matrices() -> "QuerySet[ResonanceMatrix]":
    """Not those of a process that is still a draft."""
    found = ResonanceMatrix.objects.exclude(process__state=State.DRAFT)
    counted = found.annotate(size=Count("resonances", filter=Q(resonances__is_waiting=False), distinct=True))
    return counted.select_related("orientations", "process").order_by("title", "pk")


def find_matrix(slug: str) -> ResonanceMatrix | None:
    return visible_matrices().filter(slug=slug).first()


def waiting_resonances(matrix: ResonanceMatrix) -> "QuerySet[Resonance]":
    """Not reviewed yet, the oldest first."""
    waiting = matrix.resonances.filter(is_waiting=True, action__programme__in=matrix.programmes.all())
    return waiting.select_related("action__programme__party", "orientation").order_by("pk")


def grid_of(matrix: ResonanceMatrix) -> Grid:
    """Three queries whatever the size. A point withdrawn from its programme counts no more."""
    programmes = list(matrix.programmes.select_related("party").order_by("author", "title", "pk"))
    chosen = ProgrammeItem.objects.filter(is_withdrawn=False)
    points = chosen.filter(programme__in=[*(one.pk for one in programmes), matrix.orientations_id])
    items = list(points.select_related("programme").order_by("programme", "rank", "pk"))
    orientations = [one for one in items if one.programme_id == matrix.orientations_id]
    actions = [one for programme in programmes for one in items if one.programme_id == programme.pk]
    by_pair: dict[tuple[int, int], list[Resonance]] = {}
    known = {one.pk: one for one in actions}
    for one in matrix.resonances.filter(is_waiting=False).order_by("action__rank", "pk"):
        action = known.get(one.action_id)
        if action is not None:
            one.action = action
            by_pair.setdefault((one.orientation_id, action.programme_id), []).append(one)
    rows = [
        Row(one, tuple((each, by_pair.get((one.pk, each.pk), [])) for each in programmes))
        for one in orientations
    ]
    served = {one.action_id for row in rows for one in row.resonances}
    alone = [row.orientation for row in rows if not row.resonances]
    idle = [one for one in actions if one.pk not in served]
    return Grid(programmes, rows, alone, idle, actions)
