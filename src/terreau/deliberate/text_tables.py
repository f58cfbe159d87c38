"""What texts contribute to a dump: every version, and published contributions with what became of them.

Supports stay: they are counted, never signed. Who gave opinions on statements leaves her contributions without her
token, which would lead from words that may name her to those opinions.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl
from django.db.models import Model, Q

from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Contribution, Paragraph, Support, Text, TextVersion, Vote
from terreau.deliberate.queries.credit import credit_processes
from terreau.deliberate.queries.processes import visible_processes
from terreau.lake.dump import Table

_IDENTIFIER = r"^[a-z0-9]{10}$"


def _texts() -> Any:
    return Text.objects.filter(process__in=visible_processes())


def _contributions() -> Any:
    """An answer leaves with what it answers only."""
    return Contribution.objects.filter(
        Q(answers__isnull=True) | Q(answers__moderation=Moderation.PUBLISHED),
        text__in=_texts(),
        moderation=Moderation.PUBLISHED,
    )


def _clean_contributions(frame: pl.DataFrame) -> pl.DataFrame:
    voted = list(Vote.objects.order_by().values_list("participant__token", flat=True).distinct())
    return frame.with_columns(
        pl.when(pl.col("author").is_in(voted)).then(pl.lit(None)).otherwise("author").alias("author")
    )


TABLES: tuple[Table, ...] = (
    Table(
        name="texts",
        title="Textes écrits ensemble",
        model=Text,
        columns=("token", "process", "title", "origin", "is_open", "adopted_on"),
        key=("token",),
        rows=_texts,
        credit=credit_processes,
        patterns={"token": _IDENTIFIER},
    ),
    Table(
        name="text_versions",
        title="Versions des textes, et l’étape où chacune a été publiée",
        model=TextVersion,
        columns=("text", "number", "published_at", "words", "step"),
        key=("text", "number"),
        rows=lambda: TextVersion.objects.filter(text__in=_texts()),
        credit=credit_processes,
        dated_by="published_at",
        may_lose=("step",),
    ),
    Table(
        name="text_paragraphs",
        title="Paragraphes de chaque version, sous l’identifiant qu’ils gardent",
        model=Paragraph,
        columns=("version", "key", "rank", "kind", "words"),
        key=("version", "key"),
        rows=lambda: Paragraph.objects.filter(version__text__in=_texts()),
        credit=credit_processes,
        patterns={"key": _IDENTIFIER},
    ),
    Table(
        name="contributions",
        title="Contributions publiées, et la suite donnée à chacune",
        model=Contribution,
        columns=(
            "token",
            "text",
            "version",
            "author",
            "paragraph_key",
            "kind",
            "words",
            "why",
            "answers",
            "channel",
            "at",
            "moderation",
            "moderated_at",
            "appealed_at",
            "appeal_answer",
            "appeal_answered_at",
            "is_erased",
            "outcome",
            "outcome_reason",
            "outcome_at",
            "kept_in",
            "kept_key",
            "withdrawn_at",
        ),
        key=("token",),
        rows=_contributions,
        credit=credit_processes,
        clean=_clean_contributions,
        may_lose=("author", "kept_in"),
        dated_by="at",
        patterns={"token": _IDENTIFIER},
    ),
)

NOT_DUMPED: Mapping[type[Model], str] = {
    Support: "counted, never signed; their number is on the page of the text once results are shown",
}
