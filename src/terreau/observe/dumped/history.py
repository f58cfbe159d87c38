"""Which revisions and versions leave in a dump, and what is taken out of them: as the pages of history show them."""

import json
from typing import TYPE_CHECKING

import polars as pl
from django.db.models import Exists, OuterRef, Q

from terreau.commons.enums import Diffusion
from terreau.commons.models import Revision, Version
from terreau.lake.dump.tables import canonical
from terreau.observe.queries import visible_parties
from terreau.observe.queries.documents import subject_of
from terreau.observe.queries.secrecy import (
    hidden_identities,
    hidden_public_ids,
    partial_public_ids,
    revisions_speaking_of_hidden,
    shown_document,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet


def _hidden_subjects() -> list[str]:
    return [subject_of(public_id) for public_id in sorted(hidden_public_ids())]


def public_versions() -> "QuerySet[Version]":
    return Version.objects.exclude(subject__in=_hidden_subjects())


def public_revisions() -> "QuerySet[Revision]":
    """Those about a masked party leave only where something public begins or ends with them, and say nothing."""
    hidden = _hidden_subjects()
    is_needed = (
        Exists(visible_parties().filter(revision=OuterRef("pk")))
        | Exists(public_versions().filter(since=OuterRef("pk")))
        | Exists(public_versions().filter(until=OuterRef("pk")))
    )
    return Revision.objects.filter(~Q(subject__in=hidden) | is_needed)


def clean_revisions(frame: pl.DataFrame) -> pl.DataFrame:
    words = frame.filter(~pl.col("subject").str.starts_with("source:"))["number"].to_list()
    silent = pl.col("number").is_in(list(revisions_speaking_of_hidden(words)))
    silent = silent | pl.col("subject").is_in(_hidden_subjects())
    texts = ("subject", "credit", "reason")
    return frame.with_columns(pl.when(silent).then(pl.lit("")).otherwise(name).alias(name) for name in texts)


def clean_versions(frame: pl.DataFrame) -> pl.DataFrame:
    """A document is read only where it may hold something to take out: there may be a million."""
    partial = {subject_of(public_id) for public_id in partial_public_ids()}
    hidden, peers = hidden_identities(), hidden_public_ids()
    said = [f'"diffusion":"{level.value}"' for level in (Diffusion.PARTIAL, Diffusion.MASKED)]
    suspects = [*said, *(json.dumps(one, ensure_ascii=False) for one in (*hidden, *peers))]
    is_suspect = pl.col("subject").is_in(list(partial)) | pl.col("content").str.contains_any(suspects)
    gone = _gone_partial_or_masked(frame)
    contents: list[str | None] = []
    for subject, content, suspect in frame.select("subject", "content", is_suspect.alias("s")).iter_rows():
        if not suspect and subject not in gone:
            contents.append(content)
            continue
        is_partial = subject in partial or subject in gone
        shown = shown_document(json.loads(content), is_partial, hidden, peers)
        contents.append(canonical(shown) if shown is not None and gone.get(subject) != "masked" else None)
    cleaned = frame.with_columns(pl.Series("content", contents, dtype=pl.String))
    return cleaned.filter(pl.col("content").is_not_null())


def _gone_partial_or_masked(frame: pl.DataFrame) -> dict[str, str]:
    """Subject → diffusion in its last version, of those that lead to no party and are not open."""
    last = frame.filter(pl.col("number") == pl.col("number").max().over("subject"))
    reserved = last.filter(
        pl.col("content").str.contains_any(['"diffusion":"partial"', '"diffusion":"masked"'])
    )
    found = {}
    for subject, content in reserved.select("subject", "content").iter_rows():
        diffusion = json.loads(content).get("party", {}).get("diffusion")
        if diffusion in (Diffusion.PARTIAL, Diffusion.MASKED):
            found[subject] = diffusion
    there = visible_parties().filter(public_id__in=[one.removeprefix("party:") for one in found])
    for public_id in there.values_list("public_id", flat=True):
        found.pop(subject_of(public_id), None)
    return found
