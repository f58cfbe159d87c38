"""What texts contribute to a dump: every version, and contributions with what became of them. Words that review
refused, or that wait for it, stay; so does who wrote them.

An author's token would lead from words that name her to her opinions: a contribution leaves without it.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl
from django.db.models import Model, Q

from terreau.commitments.queries.words import ERASED
from terreau.deliberate.bridge import told
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Contribution, Paragraph, Support, Text, TextVersion
from terreau.deliberate.queries.credit import credit_processes
from terreau.deliberate.queries.processes import visible_processes
from terreau.lake.dump import Table

_IDENTIFIER = r"^[a-z0-9]{10}$"


def _texts() -> Any:
    return Text.objects.filter(process__in=visible_processes())


def _contributions() -> Any:
    """An answer leaves with what it answers only, where both are read."""
    read = Q(moderation=Moderation.PUBLISHED, answers__moderation=Moderation.PUBLISHED)
    alone = Q(answers__isnull=True) & ~Q(moderation=Moderation.WAITING)
    return Contribution.objects.filter(read | alone, text__in=_texts())


def _clean_contributions(frame: pl.DataFrame) -> pl.DataFrame:
    """Of a refused one: the motive, never a word of its author, nor of who may have quoted it."""
    is_refused = pl.col("moderation") == Moderation.REFUSED.value
    return _with_told_colleges(frame).with_columns(
        pl.when(is_refused & (pl.col(name) != "")).then(pl.lit(ERASED)).otherwise(name).alias(name)
        for name in ("words", "why", "outcome_reason")
    )


def _with_told_colleges(frame: pl.DataFrame) -> pl.DataFrame:
    """A college leaves as that of votes does: when five people of it at least contributed to the process. Where the
    author is not known, each contribution is one person: loaded, then dumped again, the same is told.
    """
    person = pl.when(pl.col("author_token").is_null()).then("token").otherwise("author_token")
    people = frame.select("process_slug", "college", person.alias("person")).unique().sort(pl.all())
    shared = [
        (process, college)
        for (process,), rows in people.group_by("process_slug", maintain_order=True)
        for college in sorted(set(told(rows["college"].to_list())))
    ]
    kept = pl.DataFrame(shared, schema={"process_slug": pl.String, "college": pl.String}, orient="row")
    is_told = pl.struct("process_slug", "college").is_in(
        kept.select(pl.struct(pl.all())).to_series().implode()
    )
    return frame.with_columns(pl.when(is_told).then("college").otherwise(pl.lit("")).alias("college"))


TABLES: tuple[Table, ...] = (
    Table(
        name="texts",
        title="Textes écrits ensemble",
        model=Text,
        columns=("token", "process", "title", "origin", "is_open", "adopted_on"),
        key=("token",),
        rows=_texts,
        credit=credit_processes,
        ranked_within=("process",),
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
        title="Contributions et la suite donnée à chacune ; d’une refusée le motif, pas les mots",
        model=Contribution,
        columns=(
            "token",
            "text",
            "version",
            "paragraph_key",
            "kind",
            "words",
            "why",
            "college",
            "answers",
            "channel",
            "at",
            "moderation",
            "motive",
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
        asks={"author_token": "author__token", "process_slug": "text__process__slug"},
        clean=_clean_contributions,
        may_lose=("kept_in",),
        dated_by="at",
        patterns={"token": _IDENTIFIER, "moderation": r"^(?:published|refused)$"},
    ),
)

NOT_DUMPED: Mapping[type[Model], str] = {
    Support: "counted, never signed; their number is on the page of the text once results are shown",
}
