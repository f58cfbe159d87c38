"""Rows of the database as Polars tables, and keys named a chunk at a time."""

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
from django.db.models import QuerySet

from terreau.observe.models import Choice, SchemeMember, SourceRecord
from terreau.observe.sources.fields import FIELDS
from terreau.observe.sources.linking import type_of
from terreau.observe.sources.resolving import with_every_field

CHUNK = 10_000  # keys named in one query: databases refuse many more
_FIELDS = {name: type_of(name) for name in FIELDS if name != "observed_on"}


def table(rows: "QuerySet[Any, tuple[Any, ...]]", **schema: Any) -> pl.DataFrame:
    """``rows``: a ``values_list`` of as many columns as ``schema`` names."""
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def chunks(keys: Iterable[int], size: int = CHUNK) -> Iterator[list[int]]:
    ordered = sorted(keys)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def _chosen(parties: list[int]) -> list[tuple[Any, ...]]:
    """What stewards chose, as records that are believed before any other."""
    standing = Choice.objects.filter(party__in=parties, undone_at__isnull=True)
    return [(-one.pk, one.party_id, None, 0, None, "", {one.field: one.value}) for one in standing]


def stored_records(**keys: set[int]) -> pl.DataFrame:
    """The stored records that ``keys`` name (``party=…`` or ``site=…``), as ``resolving`` reads them."""
    ((name, wanted),) = keys.items()
    columns = ("pk", "party_id", "site_id", "source__precedence", "observed_on", "source_id", "values")
    schemes = dict(SchemeMember.objects.order_by().values_list("source", "scheme").distinct())
    rows: list[tuple[Any, ...]] = []
    for some in chunks(wanted):
        found = SourceRecord.objects.filter(**{f"{name}__in": some})
        rows.extend(found.order_by("pk").values_list(*columns))
        if name == "party":
            rows.extend(_chosen(some))
    frame = pl.DataFrame(
        [(*row[:5], schemes.get(row[5])) for row in rows],
        schema={
            "record": pl.Int64,
            "party": pl.Int64,
            "site": pl.Int64,
            "precedence": pl.Int64,
            "observed_on": pl.Date,
            "scheme": pl.String,
        },
        orient="row",
    )
    values = pl.DataFrame(
        [[row[6].get(field) for field in _FIELDS] for row in rows], schema=_FIELDS, orient="row"
    )
    return with_every_field(pl.concat([frame, values], how="horizontal"))
