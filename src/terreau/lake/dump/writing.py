"""Writing a dump: beside its place, then moved there whole."""

from pathlib import Path
from typing import Any

import polars as pl

from terreau import __version__

from . import formats
from . import manifest as manifests
from .tables import Table, everything_declared, file_name, key_names, read_rows
from .whole import one_moment, written_whole


def write_dump(target: Path) -> dict[str, Any]:
    """Write everything public to ``target``: a folder, or an archive by its ending; returns the manifest.

    Raises DumpError, also for a full disk; then there is nothing at ``target``.
    """
    with written_whole(target) as folder:
        return _write_folder(folder)


def _write_folder(folder: Path) -> dict[str, Any]:
    declared = everything_declared()
    dates: list[str] = []
    keys: dict[str, pl.DataFrame] = {}
    with one_moment():
        tables = [_write_table(folder, table, keys, dates) for table in declared.tables]
        files = []
        many = (file for kind in declared.many_files for file in kind.find())
        for file in (*declared.files, *many):
            if (path := file.find()) is not None:
                (folder / "files").mkdir(exist_ok=True)
                about = {"path": f"files/{file.name}", "title": file.title} | _credit(file.credit())
                files.append(about | _write(folder, f"files/{file.name}", path.read_bytes()))
        about = {key: value for tell in declared.about for key, value in tell().items()}
    manifest = {
        "format": manifests.FORMAT,
        "terreau": __version__,
        **about,
        "content_of": max(dates, default=None),
        "tables": tables,
        "files": files,
    }
    (folder / manifests.NAME).write_bytes(manifests.to_bytes(manifest))
    return manifest


def _write_table(
    folder: Path, table: Table, keys: dict[str, pl.DataFrame], dates: list[str]
) -> dict[str, Any]:
    frame = read_rows(table, keys)
    if table.dated_by and (newest := frame[table.dated_by].cast(pl.Date).max()) is not None:
        dates.append(str(newest))
    about = {
        "name": table.name,
        "title": table.title,
        "path": file_name(table),
        "rows": frame.height,
        "columns": manifests.described(table),
        "key": key_names(table),
    }
    written = _write(folder, file_name(table), formats.to_bytes(table, frame))
    return about | _credit(table.credit()) | written


def _write(folder: Path, name: str, content: bytes) -> dict[str, Any]:
    (folder / name).write_bytes(content)
    return {"bytes": len(content), "sha256": manifests.digest_of(content)}


def _credit(credit: tuple[str, str]) -> dict[str, str]:
    return {"licence": credit[0], "attribution": credit[1]}
