"""What people say of parties: which rows leave in a dump, and what is taken out of them.

What they said of a party that no source names any more leaves under its identity, and finds it again where a source
brings it back; but not its pictures, which no page shows.
"""

import json
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet

from terreau.commons.dumped import clean_json
from terreau.commons.enums import Diffusion
from terreau.lake.dump.tables import canonical
from terreau.observe.models import Appeal, Contradiction, Correction
from terreau.observe.queries.corrections import refusals
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
    cleaned = clean_json("values", "values_before")(frame.with_columns(diffusion=diffusion))
    is_refused = pl.col("state") == Correction.State.REFUSED.value
    names = pl.col("values").map_elements(_names_alone, return_dtype=pl.String)
    silent = {"values": names, "values_before": pl.lit("{}"), "evidence": pl.lit(""), "credit": pl.lit("")}
    return cleaned.with_columns(
        pl.when(is_refused).then(words).otherwise(name).alias(name) for name, words in silent.items()
    )


def _names_alone(values: str) -> str:
    """Of a refused correction, which fields it was about is public, not what it said."""
    return canonical(dict.fromkeys(json.loads(values)))


def clean_contents(frame: pl.DataFrame) -> pl.DataFrame:
    told = pl.when(pl.col("producer_identity").is_in(list(hidden_identities()))).then(pl.lit(""))
    return frame.with_columns(told.otherwise("producer_identity").alias("producer_identity"))


def public_corrections() -> "QuerySet[Correction]":
    """A refusal that is appealed against leaves once it is judged: elsewhere, nobody could judge it."""
    public = (Correction.State.PROPOSED, Correction.State.ACCEPTED, Correction.State.UNDONE)
    is_final = Q(appeal__isnull=True) | Q(appeal__is_granted=False)
    refused = refusals().filter(is_final, state=Correction.State.REFUSED).order_by().values("pk")
    shown = Correction.objects.filter(Q(state__in=public, is_erased=False) | Q(pk__in=refused))
    return of_nobody_masked(shown, "identity")


def public_appeals() -> "QuerySet[Appeal]":
    """Those judged, whose correction leaves; not the words of who appealed."""
    return Appeal.objects.filter(is_granted__isnull=False, correction__in=public_corrections())


def of_nobody_masked(rows: "QuerySet[Any]", *identities: str) -> "QuerySet[Any]":
    """For rows that name a party by its identity, which outlives it."""
    hidden = hidden_identities()
    for name in identities:
        rows = rows.exclude(**{f"{name}__in": hidden})
    return rows
