"""Reading a dump: everything is checked before anything is written."""

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from . import archives, formats
from . import manifest as manifests
from .errors import DumpError
from .tables import RANK, Leaf, Table, everything_declared, file_name, key_names, leaves, table_of

_SLUG = r"^[-a-zA-Z0-9_]*$"


@dataclass(frozen=True)
class Content:
    """A dump found good. ``frames``: by name of table; ``files``: name → where it is, until this object is gone."""

    manifest: dict[str, Any]
    frames: dict[str, pl.DataFrame]
    files: dict[str, Path]


def read_dump(source: Path) -> Content:
    """Read and check the folder or archive ``source``. Raises DumpError at the first thing that is wrong.

    Files are copied as they are checked, one in memory at a time: nobody changes them before they are used.
    """
    kept: Path | None = None
    try:
        kept = Path(tempfile.mkdtemp(prefix="terreau-load-"))
        with _as_folder(source) as folder:
            content = _read(folder, kept)
    except BaseException as error:
        if kept:
            shutil.rmtree(kept, ignore_errors=True)
        if isinstance(error, OSError):
            said = error.strerror or error
            raise DumpError(_("L’export n’a pas pu être lu : %s") % said) from error
        raise
    weakref.finalize(content, shutil.rmtree, kept, ignore_errors=True)
    return content


@contextmanager
def _as_folder(source: Path) -> Iterator[Path]:
    if source.is_dir():
        yield source
        return
    if not archives.is_archive(source):
        raise DumpError(
            _("%(name)s n’est ni un dossier, ni une archive %(endings)s.")
            % {"name": source.name, "endings": ", ".join(archives.ENDINGS)}
        )
    folder = Path(tempfile.mkdtemp(prefix="terreau-load-"))
    try:
        archives.unpack(source, folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _read(folder: Path, kept: Path) -> Content:
    path = folder / manifests.NAME
    if not path.is_file() or path.is_symlink() or path.stat().st_size > manifests.LIMIT:
        raise DumpError(_("Il n’y a pas de manifeste ici : ce n’est pas un export de Terreau."))
    manifest = manifests.from_bytes(path.read_bytes())
    listed = {entry.path: entry for entry in manifests.entries(manifest)}
    _refuse_strangers(folder, set(listed))
    frames: dict[str, pl.DataFrame] = {}
    for table in everything_declared().tables:
        entry = listed[file_name(table)]
        frame = formats.from_bytes(table, _checked(folder, entry), entry.rows or 0)
        _check_values(table, frame)
        _check_references(table, frame, frames)
        frames[table.name] = frame
    files = {}
    for entry in listed.values():
        if entry.rows is None:
            name = entry.path.removeprefix("files/")
            files[name] = kept / name
            files[name].write_bytes(_checked(folder, entry))
    _check_many_files(frames, files)
    return Content(manifest, frames, files)


def _refuse_strangers(folder: Path, named: set[str]) -> None:
    found = set()
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_file() or (path.is_dir() and name == "files")):
            raise DumpError(_("L’export contient un élément inattendu : %.100s") % repr(name))
        if path.is_file():
            found.add(name)
    if strangers := found - named - {manifests.NAME}:
        raise DumpError(_("L’export contient un fichier que le manifeste ne nomme pas : %s") % min(strangers))
    if missing := named - found:
        raise DumpError(_("Il manque à l’export : %s") % ", ".join(sorted(missing)))


def _check_many_files(frames: dict[str, pl.DataFrame], files: dict[str, Path]) -> None:
    """Each row has its file, each file a row."""
    for kind in everything_declared().many_files:
        wanted = {kind.name(sha256) for sha256 in frames[kind.table][kind.column]}
        there = {name for name in files if name.startswith(f"{kind.table}_")}
        if difference := wanted ^ there:
            raise DumpError(
                _("La table %(table)s et les fichiers ne vont pas ensemble : %(name)s")
                % {"table": kind.table, "name": min(difference)}
            )
        for name in sorted(wanted):
            try:
                kind.check(files[name].read_bytes())
            except ValueError as error:
                raise DumpError(
                    _("Le fichier %(name)s est refusé : %(error)s.") % {"name": name, "error": error}
                ) from error


def _checked(folder: Path, entry: manifests.Entry) -> bytes:
    """What is checked is what is read: the file is opened once."""
    path = folder / entry.path
    content = path.read_bytes() if path.stat().st_size == entry.bytes else b""
    if len(content) != entry.bytes or manifests.digest_of(content) != entry.sha256:
        raise DumpError(
            _("Le fichier %s n’est pas celui qui a été exporté : sa taille ou son empreinte diffère.")
            % entry.path
        )
    return content


def _check_values(table: Table, frame: pl.DataFrame) -> None:
    """What the models promise and a database does not always hold them to."""
    for leaf in leaves(table):
        for is_wrong in _wrong(leaf, frame[leaf.name], table.patterns.get(leaf.name)):
            if (count := int(is_wrong.fill_null(False).sum())) > 0:
                raise DumpError(
                    _("La table %(table)s a des valeurs refusées dans la colonne %(column)s (%(count)d).")
                    % {"table": table.name, "column": leaf.name, "count": count}
                )
    if table.ranked_within and frame[RANK].null_count():
        raise DumpError(_("La table %s a des lignes sans rang.") % table.name)
    key = frame.select(key_names(table))
    if table.unique and key.is_duplicated().any():
        raise DumpError(_("La table %s a deux lignes de même clé.") % table.name)


def _wrong(leaf: Leaf, values: pl.Series, pattern: str | None) -> Iterator[pl.Series]:
    if not leaf.owner.null:
        yield values.is_null()
    if values.dtype == pl.Float64:
        yield ~values.is_finite()
    if values.dtype != pl.String or leaf.owner.is_relation:
        return
    yield values.str.contains("\0", literal=True)
    if leaf.field.max_length and not leaf.is_json:
        yield values.str.len_chars() > leaf.field.max_length
    if leaf.field.choices:
        yield ~values.is_in([str(code) for code, _label in leaf.field.flatchoices] + [""] * leaf.field.blank)
    if pattern or leaf.field.get_internal_type() == "SlugField":
        yield ~values.str.contains(pattern or _SLUG)


def _check_references(table: Table, frame: pl.DataFrame, frames: dict[str, pl.DataFrame]) -> None:
    for owner in dict.fromkeys(leaf.owner for leaf in leaves(table) if leaf.owner.is_relation):
        names = [leaf.name for leaf in leaves(table) if leaf.owner is owner]
        target = table_of(owner.related_model)
        given = frame.select(names).filter(~pl.all_horizontal(pl.all().is_null()))
        known = frame if target is table else frames[target.name]
        absent = given.join(known, left_on=names, right_on=key_names(target), how="anti")
        if absent.height:
            raise DumpError(
                _(
                    "La table %(table)s nomme une ligne de %(target)s qui n’est pas dans l’export : %(key).100s"
                )
                % {
                    "table": table.name,
                    "target": target.name,
                    "key": " ".join(map(str, absent.row(0))),
                }
            )
