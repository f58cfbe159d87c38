"""Inserting what a dump holds into an instance that holds nothing yet."""

import json
from collections.abc import Iterator
from typing import Any

import polars as pl
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction
from django.utils.translation import gettext as _

from terreau.lake.bulk import insert_rows

from .errors import DumpError
from .reading import Content
from .tables import RANK, Table, everything_declared, key_names, leaves, table_of


def refuse_unless_empty() -> None:
    """Raises DumpError when a table that a dump fills has a row."""
    for table in everything_declared().tables:
        if table.model._default_manager.exists():
            raise DumpError(
                _(
                    "Ce site contient déjà des données (%s). Un export se charge dans un site vide : choisissez "
                    "un autre dossier d’état (TERREAU_DATA), ou une autre base (DATABASE_URL), puis relancez."
                )
                % table.model._meta.verbose_name
            )


def insert_content(content: Content) -> dict[str, int]:
    """Insert every row, or none; returns table → rows. Raises DumpError. What is computed is not computed here."""
    keys: dict[str, pl.DataFrame] = {}
    counts = {}
    with transaction.atomic():
        refuse_unless_empty()
        for table in everything_declared().tables:
            try:
                with table.inside():
                    counts[table.name] = _insert(table, content.frames[table.name], keys)
            except (DatabaseError, ValueError, OverflowError) as error:
                raise DumpError(
                    _("La base refuse des lignes de la table %(table)s : %(error)s")
                    % {"table": table.name, "error": str(error).split("\n")[0][:200]}
                ) from error
        _count_on([table.model for table in everything_declared().tables])
    return counts


def _insert(table: Table, frame: pl.DataFrame, keys: dict[str, pl.DataFrame]) -> int:
    ordered = frame.sort(RANK, maintain_order=True) if table.ranked_within else frame
    columns = table.columns
    if _names_itself(
        table
    ):  # a row may name one that follows it: they get their keys here, the table is empty
        own = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("\0pk")
        keys[table.name] = ordered.select(*key_names(table), own)
        ordered = ordered.with_columns(own.alias(table.model._meta.pk.name))
        columns = (table.model._meta.pk.name, *columns)
    for name in table.columns:
        field: Any = table.model._meta.get_field(name)
        if field.is_relation:
            ordered = _with_key(ordered, table, field, keys)
    json_at = [at for at, name in enumerate(columns) if name in _json_names(table)]
    rows = _with_values(ordered.select(columns).iter_rows(), json_at)
    return insert_rows(table.model, columns, list(rows))


def _names_itself(table: Table) -> bool:
    return any(table.model._meta.get_field(name).related_model is table.model for name in table.columns)


def _json_names(table: Table) -> set[str]:
    return {leaf.name for leaf in leaves(table) if leaf.is_json}


def _with_values(rows: Iterator[tuple[Any, ...]], json_at: list[int]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        if json_at:
            values = list(row)
            for at in json_at:
                values[at] = json.loads(values[at])
            row = tuple(values)
        yield row


def _with_key(frame: pl.DataFrame, table: Table, field: Any, keys: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """``frame`` with a column of the field's name that holds the key of the row it refers to in this database."""
    target = table_of(field.related_model)
    if target.key == (target.model._meta.pk.name,):
        return frame  # the natural key is the key
    if target.name not in keys:
        keys[target.name] = _keys_of(target)
    names = [leaf.name for leaf in leaves(table) if leaf.owner is field]
    found = frame.select(names).join(
        keys[target.name], left_on=names, right_on=key_names(target), how="left", maintain_order="left"
    )
    return frame.with_columns(found["\0pk"].alias(field.name))


def _keys_of(table: Table) -> pl.DataFrame:
    parts = leaves(table, table.key)
    rows = table.model._default_manager.order_by().values_list(*(part.path for part in parts), "pk")
    types: dict[str, Any] = {part.name: part.type for part in parts} | {"\0pk": pl.Int64}
    return pl.DataFrame(list(rows), schema=types, orient="row")


def _count_on(inserted: list[type[models.Model]]) -> None:
    """Numbers that came with the rows: the database must go on after them."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), inserted):
            cursor.execute(statement)
