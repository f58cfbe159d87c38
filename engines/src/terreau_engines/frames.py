"""The few table shapes that every engine speaks: columns, types and units, declared and checked.

A table is a Polars ``DataFrame``. A *place* is where something is: a commune, or the finest territory that
a source gives (a département when it does not say the commune). A *zone* is what figures are published for.
Both share their identifiers, so that a département can be a place in one row and a zone in another.
"""

from dataclasses import dataclass

import polars as pl


class FrameError(ValueError):
    """A table does not have the declared shape: the message names table, column and first bad row."""


@dataclass(frozen=True)
class Column:
    """``unit``: in words, what the cells measure. ``default`` fills a column that is absent."""

    name: str
    dtype: pl.DataType
    unit: str
    nullable: bool = False
    minimum: int | None = None
    default: bool | None = None


@dataclass(frozen=True)
class Shape:
    """A table shape. ``key``: the columns that together may not repeat."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    def check(self, table: pl.DataFrame) -> pl.DataFrame:
        """The table with the declared columns only, in the declared order and types; else ``FrameError``."""
        absent = [c.name for c in self.columns if c.default is None and c.name not in table.columns]
        if absent:
            raise FrameError(
                f"{self.name}: missing column {', '.join(absent)}; found {', '.join(table.columns) or 'none'}"
            )
        for column in self.columns:
            if column.name not in table.columns:
                table = table.with_columns(pl.lit(column.default, column.dtype).alias(column.name))
        table = table.select(self._typed(table, column) for column in self.columns)
        for column in self.columns:
            self._check_cells(table, column)
        if self.key:
            self._check_key(table)
        return table

    def empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema={c.name: c.dtype for c in self.columns})

    def _typed(self, table: pl.DataFrame, column: Column) -> pl.Expr:
        found = table.schema[column.name]
        harmless = (
            found == column.dtype or found == pl.Null or (found.is_integer() and column.dtype.is_numeric())
        )
        if not harmless:
            raise FrameError(
                f"{self.name}.{column.name}: expected {column.dtype} ({column.unit}), found {found}"
            )
        return pl.col(column.name).cast(column.dtype)

    def _check_cells(self, table: pl.DataFrame, column: Column) -> None:
        cells = table[column.name]
        if not column.nullable and cells.null_count():
            raise FrameError(
                f"{self.name}.{column.name}: empty in row {_first(cells.is_null())} ({column.unit})"
            )
        if column.dtype == pl.Float64 and (strange := cells.is_finite().not_().fill_null(False)).any():
            raise FrameError(f"{self.name}.{column.name}: not a finite number in row {_first(strange)}")
        if column.minimum is not None and (low := (cells < column.minimum).fill_null(False)).any():
            row = _first(low)
            found = f"{cells[row - 1]} in row {row}, less than {column.minimum}"
            raise FrameError(f"{self.name}.{column.name}: {found} ({column.unit})")

    def _check_key(self, table: pl.DataFrame) -> None:
        repeated = table.select(self.key).is_duplicated()
        if repeated.any():
            row = _first(repeated)
            cells = ", ".join(str(cell) for cell in table.select(self.key).row(row - 1))
            raise FrameError(
                f"{self.name}: {' + '.join(self.key)} ({cells}) is given twice, first in row {row}"
            )


def _first(flags: pl.Series) -> int:
    """Number of the first true cell, counted from 1 as a reader of the file does."""
    return int(flags.arg_true()[0]) + 1


_UNIT = Column("unit", pl.String(), "identifier of what is counted, e.g. a SIREN")
_PLACE = Column("place", pl.String(), "identifier of a commune, or of the finest territory known")
_ZONE = Column("zone", pl.String(), "identifier of a zone")

UNITS = Shape(
    "units",
    (_UNIT, Column("place", pl.String(), "where the unit works; empty: nobody knows", nullable=True)),
)
AMOUNTS = Shape(
    "amounts",
    (
        Column("place", pl.String(), "where the amount goes; empty: nobody knows", nullable=True),
        Column("amount", pl.Int64(), "whole number of one unit: cents of euro, posts"),
    ),
)
MEMBERSHIP = Shape(
    "membership",
    (
        _PLACE,
        _ZONE,
        Column("covered", pl.Boolean(), "whether data are collected in this place", default=True),
    ),
    key=("place", "zone"),
)
POPULATION = Shape(
    "population",
    (
        _PLACE,
        Column("year", pl.Int64(), "calendar year, counted on 1 January"),
        Column("population", pl.Int64(), "inhabitants", minimum=0),
    ),
    key=("place", "year"),
)
ZONE_VALUES = Shape(
    "zone values",
    (_ZONE, Column("value", pl.Float64(), "the figure; empty: not measured", nullable=True)),
    key=("zone",),
)
ABOVE = Shape(
    "levels above",
    (_ZONE, Column("above", pl.String(), "identifier of a zone one level up")),
    key=("zone", "above"),
)
