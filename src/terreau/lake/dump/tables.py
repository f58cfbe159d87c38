"""Declared tables: which public rows leave, under which names."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, cast

import polars as pl
from django.db import models

from terreau.loop import open_packages

INSTANT = pl.Datetime("us", "UTC")
RANK = "rank"
_CHUNK = 50_000  # rows held as Python objects at a time
_TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "AutoField": pl.Int64,
    "BigAutoField": pl.Int64,
    "BigIntegerField": pl.Int64,
    "BooleanField": pl.Boolean,
    "CharField": pl.String,
    "DateField": pl.Date,
    "DateTimeField": INSTANT,
    "FloatField": pl.Float64,
    "IntegerField": pl.Int64,
    "JSONField": pl.String,  # in a frame: its canonical text
    "PositiveIntegerField": pl.Int64,
    "PositiveSmallIntegerField": pl.Int64,
    "SlugField": pl.String,
    "SmallIntegerField": pl.Int64,
    "TextField": pl.String,
}


@dataclass(frozen=True, kw_only=True)
class Table:
    """``columns``: fields of ``model``; a foreign key becomes the natural key of the table it points to, which is
    declared before, or is this one. ``key``: the natural key, which sorts the rows and by which others name them.

    ``rows``: the public ones. ``clean``: takes out of a frame what pages do not show; ``asks`` gives it columns
    that do not leave themselves (name → path from the row). ``credit``: licence code and attribution.
    ``ranked_within``: columns of a group in which the order of creation matters; it leaves as ``rank`` 0, 1, 2….
    ``dated_by``: the column that says of when the content is. ``patterns``: column → what its texts must match.
    ``inside``: held while the rows are inserted. ``unique``: whether ``key`` is of one row only.
    A row that refers to one that does not leave does not leave either; where the reference is in ``may_lose``, the
    row leaves without it.
    """

    name: str
    title: str
    model: type[models.Model]
    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: Callable[[], "models.QuerySet[Any]"]
    credit: Callable[[], tuple[str, str]]
    asks: Mapping[str, str] = field(default_factory=dict)
    clean: Callable[[pl.DataFrame], pl.DataFrame] = lambda frame: frame
    ranked_within: tuple[str, ...] = ()
    dated_by: str = ""
    patterns: Mapping[str, str] = field(default_factory=dict)
    inside: Callable[[], AbstractContextManager[Any]] = nullcontext
    unique: bool = True
    may_lose: tuple[str, ...] = ()


@dataclass(frozen=True)
class DumpedFile:
    """A public file that no table holds. ``find``: where it is now, None when there is none."""

    name: str
    title: str
    find: Callable[[], Path | None]
    credit: Callable[[], tuple[str, str]]


@dataclass(frozen=True)
class DumpedFiles:
    """Public files of the rows of ``table``: each is named by its SHA-256, which a column of the rows holds.

    ``find``: those there are now, each once. ``check``: raises ValueError for content that no site would have written.
    """

    table: str
    column: str
    ending: str
    find: Callable[[], list[DumpedFile]]
    check: Callable[[bytes], None]

    def name(self, sha256: str) -> str:
        return f"{self.table}_{sha256}{self.ending}"


@dataclass(frozen=True)
class Leaf:
    """One column of a file. ``path``: from a row, for the ORM; ``owner``: the field of the table it comes from."""

    name: str
    path: str
    field: Any
    owner: Any

    @property
    def type(self) -> pl.DataType | type[pl.DataType]:
        if self.is_decimal:
            return pl.Decimal(self.field.max_digits, self.field.decimal_places)
        return _TYPES[self.field.get_internal_type()]

    @property
    def is_decimal(self) -> bool:
        return self.field.get_internal_type() == "DecimalField"

    @property
    def is_json(self) -> bool:
        return self.field.get_internal_type() == "JSONField"


@dataclass(frozen=True)
class Declared:
    """What all rooms contribute, in the order in which it can be inserted."""

    tables: tuple[Table, ...]
    files: tuple[DumpedFile, ...]
    many_files: tuple[DumpedFiles, ...]
    not_dumped: Mapping[type[models.Model], str]
    about: tuple[Callable[[], dict[str, Any]], ...]


@cache
def everything_declared() -> Declared:
    tables: list[Table] = []
    files: list[DumpedFile] = []
    many_files: list[DumpedFiles] = []
    kept: dict[type[models.Model], str] = {}
    about: list[Callable[[], dict[str, Any]]] = []
    for package in ("commons", *open_packages()):
        name = f"terreau.{package}.dumped"
        if find_spec(name) is not None:
            module = import_module(name)
            tables += module.TABLES
            files += getattr(module, "FILES", ())
            many_files += getattr(module, "MANY_FILES", ())
            kept |= module.NOT_DUMPED
            about += [module.about] if hasattr(module, "about") else []
    if len({table.name for table in tables}) != len(tables):
        raise ValueError("two dumped tables have one name")
    return Declared(tuple(_after_what_they_name(tables)), tuple(files), tuple(many_files), kept, tuple(about))


def _after_what_they_name(tables: list[Table]) -> list[Table]:
    """In the order declared, but each after the tables that it refers to: a later room may hold one of those."""
    of_model = {table.model: table for table in tables}
    ordered: list[Table] = []

    def place(table: Table) -> None:
        if table in ordered:
            return
        for name in table.columns:
            target: Any = table.model._meta.get_field(name).related_model
            if target in of_model and target is not table.model:
                place(of_model[target])
        ordered.append(table)

    for table in tables:
        place(table)
    return ordered


@cache
def table_of(model: type[models.Model]) -> Table:
    found = next((table for table in everything_declared().tables if table.model is model), None)
    if found is None:
        raise LookupError(f"{model.__name__} is referred to by a dumped table and is not dumped")
    return found


def leaves(table: Table, names: tuple[str, ...] | None = None) -> list[Leaf]:
    """The columns of the file of ``table``; of the fields ``names`` only, when they are given."""
    found: list[Leaf] = []
    for name in names or table.columns:
        own = table.model._meta.get_field(name)
        if not own.is_relation:
            found.append(Leaf(name, name, own, own))
            continue
        target = table_of(cast(type[models.Model], own.related_model))
        parts = leaves(target, target.key)
        found += [
            Leaf(name if len(parts) == 1 else f"{name}.{part.name}", f"{name}__{part.path}", part.field, own)
            for part in parts
        ]
    return found


def key_names(table: Table) -> list[str]:
    return [leaf.name for leaf in leaves(table, table.key)]


def schema(table: Table) -> dict[str, Any]:
    """Column → type, as the frame of the table has them."""
    rank = {RANK: pl.Int64} if table.ranked_within else {}
    return {leaf.name: leaf.type for leaf in leaves(table)} | rank


def is_nested(table: Table) -> bool:
    return any(leaf.is_json for leaf in leaves(table))


def file_name(table: Table) -> str:
    return f"{table.name}.jsonl" if is_nested(table) else f"{table.name}.parquet"


def canonical(value: Any) -> str:
    """JSON in one way only. Raises ValueError for what JSON does not have, such as infinity."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def read_rows(table: Table, keys: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The public rows as they leave: cleaned, ranked, in the order of their key. ``keys``: of the tables read
    before; those of this one are added.
    """
    columns = leaves(table)
    paths = [*(leaf.path for leaf in columns), *table.asks.values()]
    json_at = [position for position, leaf in enumerate(columns) if leaf.is_json]
    types = {leaf.name: leaf.type for leaf in columns} | dict.fromkeys(table.asks, pl.String)
    frames = [pl.DataFrame(schema=types)]
    rows = _as_text(table.rows().order_by("pk").values_list(*paths).iterator(chunk_size=10_000), json_at)
    while some := list(islice(rows, _CHUNK)):
        frames.append(pl.DataFrame(some, schema=types, orient="row"))
    frame = _with_known_references(table, table.clean(pl.concat(frames)), keys)
    if table.ranked_within:
        within = [leaf.name for leaf in leaves(table, table.ranked_within)]
        frame = frame.with_columns(pl.int_range(pl.len(), dtype=pl.Int64).over(within).alias(RANK))
    frame = frame.select(list(schema(table)))
    first = key_names(table)
    order = [*first, *(name for name in frame.columns if name not in first)]
    frame = frame.sort(order, nulls_last=True).rechunk()
    keys[table.name] = frame.select(first)
    return frame


def _with_known_references(table: Table, frame: pl.DataFrame, keys: dict[str, pl.DataFrame]) -> pl.DataFrame:
    for name in table.columns:
        field: Any = table.model._meta.get_field(name)
        if not field.is_relation:
            continue
        target = table_of(field.related_model)
        own = [leaf.name for leaf in leaves(table, (name,))]
        is_own = target is table
        while True:
            known = frame.select(key_names(table)) if is_own else keys[target.name]
            is_known = _are_known(frame.select(own), known)
            if name in table.may_lose:
                frame = frame.with_columns(pl.when(is_known).then(one).alias(one) for one in own)
            else:
                frame = frame.filter(is_known)
            if not is_own or is_known.all():  # a row that does not leave may be named by another one
                break
    return frame


def _are_known(given: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Whether each reference is empty or to one of the rows ``known``."""
    found = given.join(
        known.with_columns(pl.lit(True).alias("\0known")),
        left_on=given.columns,
        right_on=known.columns,
        how="left",
        maintain_order="left",
    )
    is_empty = given.select(pl.all_horizontal(pl.all().is_null())).to_series()
    return found["\0known"].fill_null(False) | is_empty


def _as_text(rows: Iterator[Any], json_at: list[int]) -> Iterator[Any]:
    if not json_at:
        return rows
    return (_with_text(row, json_at) for row in rows)


def _with_text(row: Any, json_at: list[int]) -> list[Any]:
    values = list(row)
    for position in json_at:
        values[position] = canonical(values[position])
    return values
