"""From files to one lazy table of text, whatever the format: rows of a spreadsheet, JSON or GeoJSON elements.

``LINE`` is the row number that a spreadsheet shows (the header is line 1); for JSON, the rank of the element.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from django.utils.translation import gettext as _

from terreau.commons.identifiers import departement_of_expr

from . import csv_rows
from .declaration import Declaration, Join
from .errors import SourceError
from .files import LocalFiles, as_utf8, fetch, find_beside, refuse_too_large_for_memory
from .nested import flat_elements, parse_json
from .workbooks import UNREADABLE, checked_copy

LINE = "line_in_file"
BATCH = 50_000  # rows in memory at once
_SUFFIXES = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".geojson": "geojson",
}


@dataclass(frozen=True)
class Table:
    """``rows``: lazy, every column text but LINE. ``columns``: those of the file. ``ragged``: lines that do not
    have as many cells as the header: they are not in ``rows``. ``notes``: French sentences on the reading."""

    rows: pl.LazyFrame
    columns: tuple[str, ...]
    ragged: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    is_sparse: bool = False


@dataclass(frozen=True)
class Selection:
    """What was read of a source: ``rows`` in memory, those of other regions left out when the declaration tells how.

    ``read``: rows that the declaration wants, all regions. ``out_of_region``: how many of them were left out.
    """

    rows: pl.DataFrame
    read: int
    out_of_region: int
    ragged: tuple[int, ...]
    unmapped: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())


def read(declaration: Declaration, place: str, departements: frozenset[str]) -> Selection:
    """Reads the source at ``place``. SourceError says in French what is wrong and what to do.

    ``departements``: codes of the region, for ``region_column``.
    """
    with TemporaryDirectory(prefix="terreau-") as name:
        try:
            return _select(declaration, place, Path(name), departements)
        except pl.exceptions.PolarsError as error:
            raise SourceError(
                _("Le fichier « %(place)s » est incomplet ou abîmé. Téléchargez-le à nouveau. (%(error)s)")
                % {"place": Path(place).name, "error": str(error).split("\n")[0][:200]}
            ) from error


def _select(declaration: Declaration, place: str, folder: Path, departements: frozenset[str]) -> Selection:
    main = place
    if Path(place).is_dir():
        main = find_beside(declaration.path, place) or str(Path(place) / declaration.path)
    table = _open(declaration, main, folder)
    columns = list(table.columns)
    required: list[tuple[str, pl.LazyFrame]] = []
    optional: list[tuple[str, pl.LazyFrame]] = []
    for join in declaration.joins:
        joined = _open_join(declaration, join, place, folder)
        if joined is not None:
            new = [c for c in joined.columns if c in declaration.columns and c not in columns]
            columns += [column for column in joined.columns if column not in columns]
            other = joined.rows.filter(_kept(join.keep)).select(join.on, *new).unique(join.on)
            (required if join.required else optional).append((join.on, other))
    absent = _absent_columns(declaration, columns, is_sparse=table.is_sparse)
    gathered = _gather(table, declaration, required, _in_region(declaration.region_column, departements))
    kept = gathered.rows.lazy()
    for on, other in optional:
        kept = kept.join(other, on=on, how="left")
    kept = kept.with_columns(pl.lit(None, pl.String).alias(column) for column in absent)
    return Selection(
        kept.select(LINE, *declaration.columns).sort(LINE).collect(engine="streaming"),
        gathered.read + len(gathered.ragged),
        gathered.read - gathered.rows.height,
        gathered.ragged,
        tuple(c for c in columns if c not in declaration.columns and c not in declaration.ignored),
        table.notes,
    )


@dataclass(frozen=True)
class _Gathered:
    rows: pl.DataFrame
    read: int
    ragged: tuple[int, ...]


def _gather(
    table: Table,
    declaration: Declaration,
    joins: list[tuple[str, pl.LazyFrame]],
    in_region: pl.Expr | None,
) -> _Gathered:
    """One pass over the file, batch by batch: it may be larger than the memory."""
    others = [(on, other.collect(engine="streaming")) for on, other in joins]
    used = [column for column in declaration.columns if column in table.columns]
    extra = [csv_rows.EXTRA] if csv_rows.EXTRA in table.rows.collect_schema() else []
    read, ragged, kept = 0, list(table.ragged), []
    rows = table.rows.select(LINE, *used, *extra)
    nothing = pl.DataFrame(schema=rows.collect_schema())
    for batch in chain([nothing], rows.collect_batches(chunk_size=BATCH)):
        is_large = batch.height == BATCH
        if extra:
            is_ragged = batch[csv_rows.EXTRA].is_not_null()
            ragged.extend(batch[LINE].filter(is_ragged))
            batch = batch.filter(~is_ragged).drop(csv_rows.EXTRA)
        if declaration.keep:
            batch = batch.filter(_kept(declaration.keep))
        for on, other in others:
            batch = batch.join(other, on=on, how="inner")
        read += batch.height
        if in_region is not None:
            batch = batch.filter(in_region)
            if is_large:
                batch = _copied(batch)
        kept.append(batch)
    return _Gathered(pl.concat(kept), read, tuple(sorted(ragged)))


def _copied(rows: pl.DataFrame) -> pl.DataFrame:
    """Their own texts: else a few rows kept hold in memory all that was read around them."""
    return rows.with_columns(
        pl.concat_str(pl.col(name), pl.lit("")).alias(name) for name in rows.columns if name != LINE
    )


def _kept(keep: Mapping[str, tuple[str, ...]]) -> pl.Expr:
    conditions = [pl.col(column).is_in(list(texts)) for column, texts in keep.items()]
    return pl.all_horizontal(conditions) if conditions else pl.lit(True)


def _in_region(region_column: Mapping[str, str], departements: frozenset[str]) -> pl.Expr | None:
    """Rows that may be in the region: the column says one of its départements, or says nothing."""
    if not region_column:
        return None
    ((_kind, column),) = region_column.items()
    departement = departement_of_expr(pl.col(column).str.strip_chars())
    return departement.is_null() | departement.is_in(sorted(departements))


def _absent_columns(declaration: Declaration, columns: list[str], *, is_sparse: bool) -> list[str]:
    """Columns of the declaration that the file does not have and can do without.

    One of several columns of a field is enough. A format that leaves empty values out (``is_sparse``), or a
    second file that is not required, may lack any but those of the key and the name.
    """
    absent = [column for column in declaration.columns if column not in columns]
    essential = (*declaration.key, *declaration.keep, *declaration.region_column.values())
    is_lenient = is_sparse or any(not join.required for join in declaration.joins)
    missing = [column for column in essential if column in absent]
    for name, spec in declaration.fields.items():
        if (
            spec.columns
            and all(column in absent for column in spec.columns)
            and (name == "name" or not is_lenient)
        ):
            missing.extend(spec.columns)
    missing = list(dict.fromkeys(missing))
    if missing:
        raise SourceError(
            _(
                "Colonnes absentes du fichier : %(missing)s. Colonnes trouvées : %(found)s. "
                "Vérifiez que c’est le bon fichier, ou corrigez la description « %(code)s »."
            )
            % {
                "missing": ", ".join(missing),
                "found": ", ".join(columns[:40]) + ("…" if len(columns) > 40 else ""),
                "code": declaration.code,
            }
        )
    return absent


def _open_join(declaration: Declaration, join: Join, place: str, folder: Path) -> Table | None:
    found = find_beside(join.path, place)
    if found is None:
        if not join.required:
            return None
        raise SourceError(
            _("Il manque le fichier « %(pattern)s » à côté de « %(place)s ».")
            % {"pattern": join.path, "place": place}
        )
    own = folder / f"join-{join.on}-{Path(found).stem}"
    own.mkdir()
    table = _open(replace(declaration, separator=None), found, own)
    if join.on not in table.columns:
        raise SourceError(
            _("La colonne « %(column)s » manque dans « %(name)s ».")
            % {"column": join.on, "name": Path(found).name}
        )
    return table


def _open(declaration: Declaration, place: str, folder: Path) -> Table:
    files = fetch(place, folder)
    kind = _SUFFIXES.get(files.paths[0].suffix.lower(), declaration.format)
    if kind == "csv":
        return _open_csv(files, folder, declaration)
    if kind == "parquet":
        return _open_parquet(files)
    if len(files.paths) > 1:
        raise SourceError(_("L’archive « %s » contient plusieurs fichiers. Donnez celui à lire.") % place)
    refuse_too_large_for_memory(files.paths[0])
    if kind == "xlsx":
        return _open_xlsx(files.paths[0], folder, declaration)
    return _open_json(as_utf8(files, folder, declaration.encoding), kind)


def _open_csv(files: LocalFiles, folder: Path, declaration: Declaration) -> Table:
    text = as_utf8(files, folder, declaration.encoding)
    wanted = {*declaration.columns, *(column for join in declaration.joins for column in join.keep)}
    tables = [csv_rows.scan(path, LINE, declaration.separator, wanted) for path in text.paths]
    columns = tables[0].columns
    for path, table in zip(text.paths, tables, strict=True):
        if table.columns != columns:
            raise SourceError(
                _("« %s » n’a pas les mêmes colonnes que les autres fichiers de l’archive.") % path.name
            )
    ragged = tuple(line for table in tables for line in table.ragged)
    return Table(pl.concat(table.rows for table in tables), columns, ragged, tuple(text.notes))


def _open_parquet(files: LocalFiles) -> Table:
    rows = pl.scan_parquet(files.paths)
    schema = rows.collect_schema()
    columns = tuple(name for name, kind in schema.items() if not kind.is_nested() and name != LINE)
    as_text = [pl.col(name).cast(pl.String) for name in columns]
    if LINE in schema:  # shipped files keep the line of the file they were made from
        return Table(rows.select(pl.col(LINE).cast(pl.UInt32), *as_text), columns)
    return Table(rows.select(as_text).with_row_index(LINE, offset=1), columns)


def _open_xlsx(path: Path, folder: Path, declaration: Declaration) -> Table:
    import fastexcel

    try:
        book = fastexcel.read_excel(checked_copy(path, folder))
        sheet = book.load_sheet(declaration.sheet or 0, dtypes="string")
        frame = sheet.to_polars()
    except (fastexcel.FastExcelError, *UNREADABLE) as error:
        raise SourceError(
            _("Le classeur « %(name)s » ne peut pas être lu (%(error)s). Feuilles attendues : %(sheet)s.")
            % {"name": path.name, "error": str(error).split("\n")[0], "sheet": declaration.sheet or "1"}
        ) from error
    return _from_frame(frame.with_columns(pl.all().cast(pl.String)), offset=2)


def _open_json(files: LocalFiles, kind: str) -> Table:
    (path,) = files.paths
    content, is_mended = parse_json(path.read_text("utf-8-sig"), path.name)
    notes = [
        *files.notes,
        *([_("Des barres obliques inverses mal écrites ont été corrigées.")] if is_mended else []),
    ]
    elements = flat_elements(content, kind, path.name)
    names = dict.fromkeys(name for element in elements for name in element)
    frame = pl.DataFrame(elements, schema=dict.fromkeys(names, pl.String))
    return replace(_from_frame(frame, offset=1), notes=tuple(notes), is_sparse=True)


def _from_frame(frame: pl.DataFrame, offset: int) -> Table:
    rows = frame.with_row_index(LINE, offset=offset)
    if frame.width:
        rows = rows.filter(~pl.all_horizontal(pl.col(*frame.columns).is_null()))
    return Table(rows.lazy(), tuple(frame.columns))
