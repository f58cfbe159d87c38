"""What the process part contributes to a dump, and what of it stays with the reason."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from django.db.models import Exists, Model, OuterRef
from django.utils import timezone

from terreau.commons.enums import Diffusion
from terreau.deliberate.bridge import told_channels, told_colleges
from terreau.deliberate.models import (
    Attendance,
    Interest,
    Participant,
    Process,
    ProcessChange,
    ProcessRole,
    Step,
    Vote,
)
from terreau.deliberate.queries.credit import credit_processes
from terreau.deliberate.queries.presence import seen_in_ended_steps
from terreau.deliberate.queries.processes import visible_processes
from terreau.deliberate.queries.results import voters
from terreau.lake.dump import Table
from terreau.lake.dump.tables import canonical

_IDENTIFIER = r"^[a-z0-9]+$"
_ADDRESS = r"^(?:https?://.+)?$"
FEWEST_TOGETHER = 5
"""A territory leaves when as many people of one college at least came from it to one process."""


def _clean_processes(frame: pl.DataFrame) -> pl.DataFrame:
    """An identity leaves with its party only."""
    is_shown = (pl.col("decider_diffusion") != Diffusion.MASKED.value).fill_null(False)
    return frame.with_columns(
        pl.when(is_shown).then("decider_identity").otherwise(pl.lit("")).alias("decider_identity")
    )


def _clean_participants(frame: pl.DataFrame) -> pl.DataFrame:
    """Opinions leave under a token, and two dumps may be compared: so no name ever leaves beside one, no territory of
    a few people, and college and channel only as the files of a result give them, of those who voted.
    """
    colleges, channels = _told_of_voters()
    place = [name for name in frame.columns if name.startswith("place.")]
    are_enough = pl.len().over(["process", "college", *place]) >= FEWEST_TOGETHER
    return frame.with_columns(
        *(
            pl.col("token").replace_strict(told, default="", return_dtype=pl.String).alias(name)
            for name, told in (("college", colleges), ("channel", channels))
        ),
        *(pl.when(are_enough).then(name).otherwise(pl.lit(None)).alias(name) for name in place),
    )


def _told_of_voters() -> tuple[dict[str, str], dict[str, str]]:
    """Token → college, token → channel; empty where fewer than five people share them."""
    everybody = Vote.objects.order_by().values_list("participant__token", flat=True).distinct()
    colleges: dict[str, str] = dict.fromkeys(everybody, "")
    channels = dict(colleges)
    for process in visible_processes().filter(Exists(Vote.objects.filter(statement__process=OuterRef("pk")))):
        people = voters(process)
        colleges |= told_colleges(people)
        channels |= told_channels(people)
    return colleges, channels


def _with_who_was_seen(frame: pl.DataFrame) -> pl.DataFrame:
    """Counts that the page shows: who wrote stays, so a loaded site could not count again."""
    now = timezone.now()
    found: dict[str, str] = {}
    for process in visible_processes():
        counts = seen_in_ended_steps(process, now)
        found |= {token: canonical(seen) for token, seen in counts.items()}
    told = pl.col("token").replace_strict(found, default=canonical({}), return_dtype=pl.String)
    return frame.with_columns(told.alias("seen"))


def _of_public(model: Any) -> Any:
    return lambda: model.objects.filter(process__in=visible_processes())


TABLES: tuple[Table, ...] = (
    Table(
        name="processes",
        title="Démarches : leur mandat, leurs règles, leur délibération",
        model=Process,
        columns=(
            "slug",
            "preset",
            "title",
            "subject",
            "open_matters",
            "closed_matters",
            "decider",
            "decider_identity",
            "decider_name",
            "legal_basis",
            "method",
            "reply_by",
            "place",
            "colleges",
            "eligibility",
            "asks_college",
            "hides_results",
            "asks_at_a_time",
            "state",
            "opened_at",
            "stopped_because",
            "deliberation_number",
            "deliberation_on",
            "deliberation_url",
            "licence",
            "is_demonstration",
            "created_at",
            "changed_at",
            "search_text",
        ),
        key=("slug",),
        rows=visible_processes,
        credit=credit_processes,
        asks={"decider_diffusion": "decider__diffusion"},
        clean=_clean_processes,
        may_lose=("decider", "place"),
        patterns={
            "slug": r"^[a-z0-9-]+$",
            "state": r"^(?:open|stopped)$",
            "deliberation_url": _ADDRESS,
        },
    ),
    Table(
        name="process_items",
        title="Quels points de programme chaque démarche sert",
        model=Process.items.through,
        columns=("process", "programmeitem"),
        key=("process", "programmeitem"),
        rows=_of_public(Process.items.through),
        credit=credit_processes,
    ),
    Table(
        name="process_steps",
        title="Étapes des démarches, dans le temps",
        model=Step,
        columns=("token", "process", "kind", "title", "words", "starts_at", "ends_at", "seen"),
        key=("token",),
        rows=_of_public(Step),
        credit=credit_processes,
        clean=_with_who_was_seen,
        ranked_within=("process",),
        patterns={"token": _IDENTIFIER},
    ),
    Table(
        name="process_attendances",
        title="Présents comptés en réunion, par étape et collège",
        model=Attendance,
        columns=("step", "college", "number"),
        key=("step", "college"),
        rows=lambda: Attendance.objects.filter(step__process__in=visible_processes()),
        credit=credit_processes,
    ),
    Table(
        name="process_roles",
        title="Rôles dans les démarches, sous le nom affiché",
        model=ProcessRole,
        columns=("process", "power", "shown_name", "college", "given_at", "ended_at"),
        key=("process", "power", "shown_name", "given_at"),
        rows=_of_public(ProcessRole),
        credit=credit_processes,
        unique=False,
    ),
    Table(
        name="process_changes",
        title="Changements des démarches : quand, quoi, pourquoi",
        model=ProcessChange,
        columns=("process", "number", "at", "verb", "reason", "before"),
        key=("process", "number"),
        rows=_of_public(ProcessChange),
        credit=credit_processes,
    ),
    Table(
        name="participants",
        title="Participants, sans compte ni adresse : par quelle voie, de quel collège et de quel territoire",
        model=Participant,
        columns=("token", "process", "college", "channel", "place", "joined_on"),
        key=("token",),
        rows=_of_public(Participant),
        credit=credit_processes,
        clean=_clean_participants,
        may_lose=("place",),
        patterns={"token": _IDENTIFIER},
    ),
)

NOT_DUMPED: Mapping[type[Model], str] = {
    Interest: "what somebody said of herself, read on the page of its process; it locks files for an account",
}
