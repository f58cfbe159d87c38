"""Which parties a harvest is about to change: known before anything is written, so that what they show can be kept."""

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from terreau.commons.models import Source
from terreau.observe.actions.tables import table
from terreau.observe.models import SchemeMember, SourceRecord
from terreau.observe.queries.documents import SOURCE_FIELDS
from terreau.observe.queries.identities import party_keys_of_identities
from terreau.observe.sources.declaration import Declaration

from .meeting import Meetings, meetings


@dataclass(frozen=True)
class Stake:
    """Primary keys. ``parties``: all that may change; ``to_refresh``: those of them whose records may be the same."""

    parties: set[int]
    meetings: Meetings
    to_refresh: set[int] = field(default_factory=set)


def stake_of(
    rows: pl.DataFrame, records: pl.DataFrame, declaration: Declaration, described: dict[str, Any]
) -> Stake:
    """``rows`` with identities and their ``records``; ``described``: the columns of the source as they will be."""
    before = table(
        SourceRecord.objects.filter(source=declaration.code).values_list("key", "digest", "party_id"),
        key=pl.String,
        digest_before=pl.String,
        party_before=pl.Int64,
    )
    met = meetings(rows)
    everyone = set(before["party_before"].unique())
    was = Source.objects.values(*SOURCE_FIELDS).get(pk=declaration.code)
    schemes = set(
        SchemeMember.objects.filter(source=declaration.code).values_list("scheme", flat=True).distinct()
    )
    is_ranked_otherwise = was["precedence"] != described["precedence"] or (
        bool(everyone) and schemes != ({declaration.scheme} if declaration.scheme else set())
    )
    to_refresh = met.parties | (everyone if is_ranked_otherwise else set())
    if any(was[name] != described[name] for name in SOURCE_FIELDS):
        return Stake(everyone | _changed(records, before) | to_refresh, met, to_refresh)
    return Stake(_changed(records, before) | to_refresh, met, to_refresh)


def _changed(records: pl.DataFrame, before: pl.DataFrame) -> set[int]:
    """Parties whose record is added, changed, removed, or goes to another party."""
    there = party_keys_of_identities()
    after = records.select(
        "key",
        "digest",
        party=pl.col("party_identity").replace_strict(there, default=None, return_dtype=pl.Int64),
    )
    both = after.join(before, on="key", how="full", coalesce=True)
    is_same = pl.col("digest").eq_missing(pl.col("digest_before")) & pl.col("party").eq_missing(
        pl.col("party_before")
    )
    changed = both.filter(~is_same)
    return {key for name in ("party", "party_before") for key in changed[name].drop_nulls().unique()}
