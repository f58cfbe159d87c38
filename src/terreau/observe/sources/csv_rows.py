"""CSV files: which separator, which rows have the wrong number of cells, and a lazy scan of the others."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import polars as pl
from django.utils.translation import gettext as _

from .errors import SourceError

#: Below this size every row is counted cell by cell; above, only rows with too many cells can be seen.
CHECKED_BYTES = 64 << 20
#: A quoted cell may run over this many lines; after that its quote was opened by mistake.
LONGEST_CELL_LINES = 200
csv.field_size_limit(1 << 30)  # the default, 131,072 characters, refuses long descriptions

EXTRA = "cells beyond the header"  # a column that a large file has: not null in a row with too many cells
_SEPARATORS = ",;\t|"


@dataclass(frozen=True)
class CsvTable:
    rows: pl.LazyFrame
    columns: tuple[str, ...]
    ragged: tuple[int, ...]


def scan(path: Path, line: str, separator: str | None, wanted: Collection[str]) -> CsvTable:
    """``path``: a UTF-8 file. ``line``: name of the column of line numbers. Blank rows are not rows.

    ``wanted``: columns that must be in the rows if the file has them; the others may be left out.

    The rows of a large file have one more column, EXTRA: whoever reads them finds the ragged ones.
    """
    header, found_separator = _header(path, separator)
    columns = _distinct(header)
    if path.stat().st_size > CHECKED_BYTES:
        return CsvTable(_scan(path, columns, found_separator, line), columns, ())
    used = [column for column in columns if column in wanted or column == columns[-1]]
    glance = _fast(path, columns, found_separator, line, used)
    if glance is not None and not _may_be_ragged(glance, columns):
        return CsvTable(glance.lazy().drop(EXTRA), columns, ())
    frame = _fast(path, columns, found_separator, line, columns)
    if frame is None:
        widths = {number: len(cells) for number, cells in _records(path, found_separator)}
        frame = _slow(path, columns, found_separator, line)
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            records = csv.reader(file, delimiter=found_separator)
            widths = {number: len(cells) for number, cells in enumerate(records, start=1)}
    ragged_lines = {n for n, width in widths.items() if width not in (0, len(columns))}
    is_blank = pl.all_horizontal(pl.col(*columns).is_null())
    good_rows = frame.lazy().filter(~is_blank & ~pl.col(line).is_in(ragged_lines)).select(line, *columns)
    return CsvTable(good_rows, columns, tuple(sorted(ragged_lines)))


def _may_be_ragged(frame: pl.DataFrame, columns: tuple[str, ...]) -> bool:
    """A row with too few cells has nothing in the last column; one with too many has something beyond it."""
    return frame[columns[-1]].has_nulls() or frame[EXTRA].count() > 0


def _scan(path: Path, columns: tuple[str, ...], separator: str, line: str) -> pl.LazyFrame:
    return pl.scan_csv(
        path,
        has_header=False,
        skip_rows=1,
        schema={**dict.fromkeys(columns, pl.String), EXTRA: pl.String},
        separator=separator,
        truncate_ragged_lines=True,
        missing_columns="insert",
        row_index_name=line,
        row_index_offset=2,
        glob=False,
    )


def _fast(
    path: Path, columns: tuple[str, ...], separator: str, line: str, wanted: Collection[str]
) -> pl.DataFrame | None:
    try:
        return _scan(path, columns, separator, line).select(line, *wanted, EXTRA).collect()
    except pl.exceptions.NoDataError:
        return pl.DataFrame(schema={line: pl.UInt32, **dict.fromkeys((*columns, EXTRA), pl.String)})
    except pl.exceptions.ComputeError:
        return None


def _slow(path: Path, columns: tuple[str, ...], separator: str, line: str) -> pl.DataFrame:
    """For files with stray quotes: row by row."""
    rows = [
        (number, *(cell or None for cell in cells))
        for number, cells in _records(path, separator)
        if len(cells) == len(columns)
    ]
    return pl.DataFrame(rows, schema={line: pl.UInt32, **dict.fromkeys(columns, pl.String)}, orient="row")


def _records(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Line number as in a spreadsheet, and cells. A quote left open costs its own row, not the rows below."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        records = _texts_of_records(file)
        next(records, None)
        for number, text in enumerate(records, start=2):
            yield number, next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])


def _texts_of_records(file: IO[str]) -> Iterator[str]:
    pending: list[str] = []
    quotes = 0
    waiting = iter(file)
    put_back: list[str] = []
    while True:
        text = put_back.pop() if put_back else next(waiting, None)
        if text is not None:
            pending.append(text)
            quotes += text.count('"')
        is_whole = quotes % 2 == 0
        if pending and (is_whole or text is None or len(pending) > LONGEST_CELL_LINES):
            if is_whole:
                yield "".join(pending)
            else:
                yield pending[0].replace('"', "")
                put_back.extend(reversed(pending[1:]))
            pending, quotes = [], 0
        elif text is None:
            return


def _header(path: Path, separator: str | None) -> tuple[list[str], str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        text = next(_texts_of_records(file), "")
    if not text.strip():
        raise SourceError(_("Le fichier « %s » commence par une ligne vide : l’en-tête manque.") % path.name)
    found = separator or max(_SEPARATORS, key=lambda one: (text.count(one), -_SEPARATORS.index(one)))
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=found)), found


def _distinct(header: list[str]) -> tuple[str, ...]:
    """Names of columns, trimmed; an empty one gets its rank, a repeated one a number."""
    names: dict[str, None] = {}
    numbers: Counter[str] = Counter()
    for rank, cell in enumerate(header, start=1):
        title = name = cell.strip() or f"colonne_{rank}"
        while name in names:
            numbers[title] += 1
            name = f"{title}_{numbers[title] + 1}"
        names[name] = None
    return tuple(names)
