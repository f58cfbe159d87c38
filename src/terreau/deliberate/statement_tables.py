"""What the statement part contributes to a dump, and what of it stays with the reason."""

from collections.abc import Mapping

import polars as pl
from django.db.models import Model, QuerySet
from django.utils import timezone

from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import OpinionResult, Statement, Vote
from terreau.deliberate.queries.credit import credit_processes
from terreau.deliberate.queries.processes import visible_processes
from terreau.lake.dump import Table

_IDENTIFIER = r"^[a-z0-9]+$"
WORDS = ("words", "folded")


def _read_by_all() -> "QuerySet[Statement]":
    """What waits for review is its author's."""
    return Statement.objects.filter(process__in=visible_processes()).exclude(moderation=Moderation.WAITING)


def _without_refused_words(frame: pl.DataFrame) -> pl.DataFrame:
    """Refused, the motive is public and the words are not; ``folded`` keeps each apart from the others."""
    is_silent = pl.col("is_erased") | (pl.col("moderation") == Moderation.REFUSED.value)
    return frame.with_columns(
        pl.when(is_silent).then(pl.lit("")).otherwise("words").alias("words"),
        pl.when(is_silent).then("token").otherwise("folded").alias("folded"),
    )


def _showing_results() -> list[int]:
    """Processes whose results may be shown at this instant, to anybody at all (trap 10)."""
    now = timezone.now()
    return [one.pk for one in visible_processes().prefetch_related("steps") if one.shows_results_at(now)]


def _shown_votes() -> "QuerySet[Vote]":
    return Vote.objects.filter(
        participant__process__in=_showing_results(), statement__moderation=Moderation.PUBLISHED
    )


TABLES: tuple[Table, ...] = (
    Table(
        name="statements",
        title="Affirmations des démarches ; d’une refusée le motif, pas les mots",
        model=Statement,
        columns=(
            "token", "process", "number", "words", "folded", "is_seed", "same_as", "same_because", "channel", "at",
            "moderation", "motive", "moderated_at", "appealed_at", "appeal_answer",
            "appeal_answered_at", "is_erased", "external_id",
        ),
        key=("token",),
        rows=_read_by_all,
        credit=credit_processes,
        clean=_without_refused_words,
        may_lose=("same_as",),
        dated_by="at",
        patterns={"token": _IDENTIFIER, "moderation": r"^(?:published|refused)$"},
    ),
    Table(
        name="statement_votes",
        title="Avis sur les affirmations, par participant sans nom ; seulement là où les résultats sont montrés",
        model=Vote,
        columns=("participant", "statement", "value"),
        key=("participant", "statement"),
        rows=_shown_votes,
        credit=credit_processes,
    ),
    Table(
        name="opinion_results",
        title="Résultats tels qu’ils ont été publiés à chaque clôture",
        model=OpinionResult,
        columns=("process", "number", "computed_at", "closed_at", "votes_digest", "engine_version", "result"),
        key=("process", "number"),
        rows=lambda: OpinionResult.objects.filter(process__in=_showing_results()),
        credit=credit_processes,
    ),
)  # fmt: skip

NOT_DUMPED: Mapping[type[Model], str] = {}
