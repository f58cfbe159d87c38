"""Writing a dump: beside its place, then moved there whole."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection, transaction
from django.utils.translation import gettext as _

from terreau import __version__

from . import archives, formats
from . import manifest as manifests
from .errors import DumpError
from .tables import Table, everything_declared, file_name, key_names, read_rows


def write_dump(target: Path) -> dict[str, Any]:
    """Write everything public to ``target``: a folder, or an archive by its ending; returns the manifest.

    Raises DumpError, also for a full disk; then there is nothing at ``target``.
    """
    if target.is_file() or target.is_symlink() or (target.is_dir() and any(target.iterdir())):
        raise DumpError(_("%s existe déjà : choisissez un autre nom.") % target)
    if target.suffix and not archives.is_archive(target) and not target.is_dir():
        raise DumpError(
            _("%(name)s : une archive finit par %(endings)s, un dossier n’a pas de point dans son nom.")
            % {"name": target.name, "endings": ", ".join(archives.ENDINGS)}
        )
    draft = target.with_name(f".{target.name}.part")
    packed = target.with_name(f".part-{target.name}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _forget(draft, packed)
        draft.mkdir()
        manifest = _write_folder(draft)
        if archives.is_archive(target):
            archives.pack(draft, packed)
            packed.replace(target)
        else:
            draft.replace(target)
    except OSError as error:
        raise DumpError(_("L’export n’a pas pu être écrit : %s") % (error.strerror or error)) from error
    finally:
        _forget(draft, packed)
    return manifest


def _forget(*paths: Path) -> None:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def _write_folder(folder: Path) -> dict[str, Any]:
    declared = everything_declared()
    dates: list[str] = []
    keys: dict[str, pl.DataFrame] = {}
    with _one_moment():
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


@contextmanager
def _one_moment() -> Iterator[None]:
    """All tables are read as they were at one moment, and nobody who writes has to wait."""
    if connection.in_atomic_block:
        yield
        return
    usual = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":
        connection.transaction_mode = None  # type: ignore[attr-defined]  # ours take the right to write at once
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = usual  # type: ignore[attr-defined]
