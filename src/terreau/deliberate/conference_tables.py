"""What conferences and resonances contribute to a dump."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from terreau.deliberate.enums import State
from terreau.deliberate.models import AgendaItem, Conference, Resonance, ResonanceMatrix
from terreau.deliberate.queries.credit import credit_processes
from terreau.deliberate.queries.processes import visible_processes
from terreau.lake.dump import Table


def _conferences() -> Any:
    return Conference.objects.filter(process__in=visible_processes())


def _matrices() -> Any:
    return ResonanceMatrix.objects.exclude(process__state=State.DRAFT)


TABLES: tuple[Table, ...] = (
    Table(
        name="conferences",
        title="Conférences régionales de l’ESS : jour, lieu, compte rendu",
        model=Conference,
        columns=("process", "held_on", "where", "minutes", "minutes_published_at"),
        key=("process",),
        rows=_conferences,
        credit=credit_processes,
    ),
    Table(
        name="agenda_items",
        title="Ordre du jour des conférences, en trois parties",
        model=AgendaItem,
        columns=("conference", "part", "rank", "title", "words"),
        key=("conference", "rank"),
        rows=lambda: AgendaItem.objects.filter(conference__in=_conferences()),
        credit=credit_processes,
    ),
    Table(
        name="resonance_matrices",
        title="Tableaux des résonances entre orientations et programmes d’acteurs",
        model=ResonanceMatrix,
        columns=("slug", "title", "orientations", "process"),
        key=("slug",),
        rows=_matrices,
        credit=credit_processes,
        may_lose=("process",),
        patterns={"slug": r"^[a-z0-9-]+$"},
    ),
    Table(
        name="resonance_programmes",
        title="Quels programmes d’acteurs chaque tableau montre",
        model=ResonanceMatrix.programmes.through,
        columns=("resonancematrix", "programme"),
        key=("resonancematrix", "programme"),
        rows=lambda: ResonanceMatrix.programmes.through.objects.filter(resonancematrix__in=_matrices()),
        credit=credit_processes,
    ),
    Table(
        name="resonances",
        title="Résonances : quelle action sert quelle orientation",
        model=Resonance,
        columns=("matrix", "action", "orientation", "words"),
        key=("matrix", "action", "orientation"),
        rows=lambda: Resonance.objects.filter(matrix__in=_matrices(), is_waiting=False),
        credit=credit_processes,
    ),
)

NOT_DUMPED: Mapping[type[Model], str] = {}
