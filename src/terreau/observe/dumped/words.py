"""What people say of parties: which rows leave in a dump, and what is taken out of them.

What they said of a party that no source names any more leaves under its identity, and finds it again where a source
brings it back; but not its pictures, which no page shows.
"""

from typing import Any

import polars as pl
from django.db.models import QuerySet

from terreau.commons.dumped import clean_json
from terreau.commons.enums import Diffusion
from terreau.observe.models import Contradiction, Correction
from terreau.observe.queries.secrecy import hidden_identities


def clean_contradictions(frame: pl.DataFrame) -> pl.DataFrame:
    """The words of one are public once a steward has upheld it."""
    is_upheld = pl.col("state") == Contradiction.State.UPHELD.value
    words = ("reason", "evidence", "reply")
    return frame.with_columns(
        pl.when(is_upheld).then(name).otherwise(pl.lit("")).alias(name) for name in words
    )


def clean_corrections(frame: pl.DataFrame) -> pl.DataFrame:
    """Nobody knows any more the diffusion of a party that is away: its private values stay here."""
    own = pl.lit("local:corrections:") + pl.col("token")
    is_away = pl.col("party").is_null() & (pl.col("identity") != "") & (pl.col("identity") != own)
    diffusion = pl.when(is_away).then(pl.lit(Diffusion.PARTIAL.value)).otherwise("diffusion")
    return clean_json("values", "values_before")(frame.with_columns(diffusion=diffusion))


def clean_contents(frame: pl.DataFrame) -> pl.DataFrame:
    told = pl.when(pl.col("producer_identity").is_in(list(hidden_identities()))).then(pl.lit(""))
    return frame.with_columns(told.otherwise("producer_identity").alias("producer_identity"))


def public_corrections() -> "QuerySet[Correction]":
    public = (Correction.State.PROPOSED, Correction.State.ACCEPTED, Correction.State.UNDONE)
    return of_nobody_masked(Correction.objects.filter(state__in=public, is_erased=False), "identity")


def of_nobody_masked(rows: "QuerySet[Any]", *identities: str) -> "QuerySet[Any]":
    """For rows that name a party by its identity, which outlives it."""
    hidden = hidden_identities()
    for name in identities:
        rows = rows.exclude(**{f"{name}__in": hidden})
    return rows
