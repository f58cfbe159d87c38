"""What statements contribute to a dump: their words, the votes that may be shown, and the results as published.

A person's votes leave under a token: her college and the way she came leave only where five people share them
(``process_tables.py``), and neither does she sign her statements. Of a refused one: the motive, never a word.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl
from django.db.models import Model, QuerySet
from django.utils import timezone

from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import OpinionResult, Statement, Vote
from terreau.deliberate.queries.credit import credit_processes
from terreau.deliberate.queries.processes import visible_processes
from terreau.deliberate.queries.proposals import shows_counts
from terreau.lake.dump import Table


def _statements() -> "QuerySet[Statement]":
    shown = (Moderation.PUBLISHED, Moderation.REFUSED)
    return Statement.objects.filter(process__in=visible_processes(), moderation__in=shown)


def _clean_statements(frame: pl.DataFrame) -> pl.DataFrame:
    """Folded words are said once in a process: those that do not leave are each replaced by what is theirs alone."""
    is_hidden = (pl.col("moderation") == Moderation.REFUSED.value) | pl.col("is_erased")
    return frame.with_columns(
        pl.when(is_hidden).then(pl.lit("")).otherwise("words").alias("words"),
        pl.when(is_hidden).then("token").otherwise("folded").alias("folded"),
    )


def _votes() -> Any:
    return Vote.objects.filter(
        shows_counts(timezone.now(), "statement__process"),
        statement__in=_statements().filter(moderation=Moderation.PUBLISHED),
    )


def _results() -> Any:
    return OpinionResult.objects.filter(
        shows_counts(timezone.now(), "process"), process__in=visible_processes()
    )


TABLES: tuple[Table, ...] = (
    Table(
        name="statements",
        title="Affirmations des démarches",
        model=Statement,
        columns=(
            "token",
            "process",
            "number",
            "words",
            "folded",
            "is_seed",
            "same_as",
            "same_because",
            "external_id",
            "channel",
            "at",
            "moderation",
            "motive",
            "moderated_at",
            "appealed_at",
            "appeal_answer",
            "appeal_answered_at",
            "is_erased",
        ),
        key=("token",),
        rows=_statements,
        credit=credit_processes,
        clean=_clean_statements,
        may_lose=("same_as",),
        patterns={"token": r"^[a-z0-9]+$"},
    ),
    Table(
        name="votes",
        title="Avis sur les affirmations, sous des identifiants propres à chaque démarche",
        model=Vote,
        columns=("participant", "statement", "value"),
        key=("participant", "statement"),
        rows=_votes,
        credit=credit_processes,
    ),
    Table(
        name="opinion_results",
        title="Résultats publiés des démarches",
        model=OpinionResult,
        columns=(
            "process",
            "number",
            "computed_at",
            "closed_at",
            "votes_digest",
            "engine_version",
            "result",
        ),
        key=("process", "number"),
        rows=_results,
        credit=credit_processes,
    ),
)

NOT_DUMPED: Mapping[type[Model], str] = {}
