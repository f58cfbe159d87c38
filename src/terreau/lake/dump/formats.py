"""A frame as the bytes of a file, and back: Parquet for flat tables, JSON Lines for those with nested values."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from json import JSONDecoder, JSONEncoder
from typing import Any

import polars as pl
from django.utils.translation import gettext as _
from polars import selectors

from .errors import DumpError
from .tables import INSTANT, Leaf, Table, canonical, is_nested, leaves, schema

_ROW_GROUP = 100_000
_MOST_ROWS_A_BYTE = 200  # of a file: a sorted key takes more than that, whatever compresses it
_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode
_UNREADABLE = (pl.exceptions.PolarsError, ValueError, TypeError, OverflowError, RecursionError, OSError)
_EXPECTED = {pl.String: str, pl.Int64: int, pl.Boolean: bool, pl.Float64: float}


def to_bytes(table: Table, frame: pl.DataFrame) -> bytes:
    return _to_json_lines(table, frame) if is_nested(table) else _to_parquet(frame)


def from_bytes(table: Table, content: bytes, rows: int) -> pl.DataFrame:
    """The frame, with exactly the columns of ``table`` and as many ``rows``. Raises DumpError."""
    try:
        frame = _from_json_lines(table, content, rows) if is_nested(table) else _from_parquet(content, rows)
    except (*_UNREADABLE, pl.exceptions.PanicException) as error:
        raise DumpError(
            _("La table %(table)s est illisible : %(error)s")
            % {"table": table.name, "error": str(error).split("\n")[0][:200]}
        ) from error
    if frame.height != rows:
        raise DumpError(
            _("La table %(table)s a %(found)d lignes, le manifeste en annonce %(rows)d.")
            % {"table": table.name, "found": frame.height, "rows": rows}
        )
    if list(frame.schema.items()) != list(pl.Schema(schema(table)).items()):
        raise DumpError(
            _("La table %(table)s n’a pas les colonnes attendues : %(columns)s")
            % {"table": table.name, "columns": ", ".join(schema(table))}
        )
    return frame


def _to_parquet(frame: pl.DataFrame) -> bytes:
    # One thread's worth of chunks, one size of groups: nothing of the machine is in the bytes.
    out = io.BytesIO()
    frame.rechunk().write_parquet(out, compression="zstd", row_group_size=_ROW_GROUP, statistics=False)
    return out.getvalue()


def _from_parquet(content: bytes, rows: int) -> pl.DataFrame:
    if rows > _MOST_ROWS_A_BYTE * len(content):
        raise ValueError(_("trop de lignes annoncées pour sa taille"))
    # The foot of the file says it: nothing is unpacked.
    told = pl.scan_parquet(io.BytesIO(content)).select(pl.len()).collect().item()
    if told != rows:
        return pl.DataFrame({"": pl.repeat(None, min(told, rows + 1), eager=True)})
    return pl.read_parquet(io.BytesIO(content))


def _to_json_lines(table: Table, frame: pl.DataFrame) -> bytes:
    columns = leaves(table)
    names = [_encode(name) for name in schema(table)]
    is_json = [leaf.is_json for leaf in columns] + [False] * (len(names) - len(columns))
    texts = frame.with_columns(
        pl.col(pl.Date).dt.to_string("%Y-%m-%d"),
        pl.col(INSTANT).dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ"),
        selectors.decimal().cast(pl.String),
    )
    out = io.StringIO()
    for row in texts.iter_rows():
        cells = zip(names, row, is_json, strict=True)
        out.write("{" + ",".join(f"{n}:{v if raw else _encode(v)}" for n, v, raw in cells) + "}\n")
    return out.getvalue().encode()


def _from_json_lines(table: Table, content: bytes, rows: int) -> pl.DataFrame:
    columns = schema(table)
    owners: list[Leaf | None] = [*leaves(table), *([None] * (len(columns) - len(leaves(table))))]
    lines = content.split(b"\n")
    if lines.pop() != b"":
        raise ValueError(_("la dernière ligne n’est pas finie"))
    if len(lines) != rows:
        return pl.DataFrame({"": pl.repeat(None, len(lines), eager=True)})
    read = JSONDecoder(parse_constant=_refuse_constant).decode
    found = []
    for number, line in enumerate(lines, 1):
        values = read(line.decode())
        if type(values) is not dict or list(values) != list(columns):
            raise ValueError(_("ligne %d : ce ne sont pas les colonnes attendues") % number)
        try:
            found.append(
                [
                    canonical(value) if leaf is not None and leaf.is_json else _typed(value, type_)
                    for value, type_, leaf in zip(values.values(), columns.values(), owners, strict=True)
                ]
            )
        except (ValueError, TypeError) as error:
            raise ValueError(_("ligne %d : une valeur n’est pas de la sorte attendue") % number) from error
    return pl.DataFrame(found, schema=columns, orient="row")


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _typed(value: Any, type_: Any) -> Any:
    if value is None:
        return None
    if type_ == pl.Date:
        return date.fromisoformat(value)
    if isinstance(type_, pl.Decimal) and type(value) is str:
        return Decimal(value)
    if type_ == INSTANT:
        return datetime.fromisoformat(value).astimezone(UTC)
    if type(value) is not _EXPECTED[type_]:
        raise TypeError(value)
    return value
