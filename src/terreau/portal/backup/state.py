"""What a backup saves, and how a restore puts it back: in one go, with the state before kept aside."""

import datetime as dt
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from terreau import __version__
from terreau.portal.cli.lock import INTERRUPTED, begin_moves
from terreau.portal.cli.stamp import Choice, Stamp
from terreau.portal.cli.steps import sqlite_file
from terreau.portal.cli.words import words

from . import postgresql
from .archive import BackupError, extract_archive, write_archive

DATABASE = "database/terreau.sqlite3"
FOLDERS = ("media", "pages", "pictures", "publications", "keys")


def make_backup(target: Path) -> dict[str, Any]:
    """Write a consistent backup to ``target`` while the site runs; returns what the manifest says of it."""
    about = {
        "terreau": __version__,
        "made_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "engine": _engine(),
        "choice": vars(Stamp.read(settings.DATA_DIR).choice or Choice()),
        "migrations": sorted(map(list, _applied_migrations("default"))),
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".terreau-backup-", dir=target.parent) as draft:
        name, database = _copy_database(Path(draft))
        files = [(name, database), *_own_files()]
        entries = write_archive(target, about, files)
    return {**about, "files": len(entries), "bytes": sum(entry.size for entry in entries)}


def restore_backup(source: Path) -> Path | None:
    """Verify ``source``, bring its database to this version, then swap. Returns where the state before
    is kept, if there was any.

    The data folder must be held alone. Raises BackupError, with the site as it was, when the archive is
    refused.
    """
    folder = settings.DATA_DIR
    now = dt.datetime.now().strftime("%Y-%m-%d-%H%M%S")
    draft = Path(tempfile.mkdtemp(prefix=".restore-", dir=folder))
    try:
        manifest = extract_archive(source, draft)
        _refuse_other_versions(manifest)
        choice = _choice_of(manifest, draft)
        aside = folder / f"before-restore-{now}"
        if _engine() == "postgresql":
            moves = _folder_moves(draft, aside)
            if _applied_migrations("default"):  # else the database is empty: there is nothing to keep
                postgresql.dump(draft / "before.dump")
                moves.append((draft / "before.dump", aside / "database.dump"))
            _restore_postgresql(draft / postgresql.DUMP)
        else:
            _check_and_migrate(draft / DATABASE)
            moves = [*_database_moves(draft, aside), *_folder_moves(draft, aside)]
        connections.close_all()
        os.sync()
        begin_moves(folder, moves)
    finally:
        if not (folder / INTERRUPTED).exists():  # else what is still to be moved is in there
            shutil.rmtree(draft, ignore_errors=True)
    # Derived files are those of the state before: the next `terreau init --if-needed` makes them all again.
    Stamp(folder / "init.json", choice).write()
    return aside if aside.exists() else None


def _choice_of(manifest: dict[str, Any], draft: Path) -> Choice:
    """Refuses, before anything is moved, an archive that lacks what every backup has."""
    database = postgresql.DUMP if _engine() == "postgresql" else DATABASE
    try:
        choice = Choice(**manifest["choice"])
    except (KeyError, TypeError) as error:
        raise BackupError(
            words("le manifeste de l’archive est illisible.", "the manifest of the archive cannot be read.")
        ) from error
    if not (draft / database).is_file():
        raise BackupError(words(f"il manque à l’archive : {database}.", f"the archive lacks: {database}."))
    return choice


def _engine() -> str:
    return connections["default"].vendor


def _sqlite_file() -> Path:
    file = sqlite_file()
    assert file is not None
    return file


def _applied_migrations(alias: str) -> set[tuple[str, str]]:
    return set(MigrationLoader(connections[alias]).applied_migrations)


def _copy_database(draft: Path) -> tuple[str, Path]:
    if _engine() == "postgresql":
        postgresql.dump(draft / "database.dump")
        return postgresql.DUMP, draft / "database.dump"
    database_in_use, copy = _sqlite_file(), draft / "terreau.sqlite3"
    with (
        closing(sqlite3.connect(database_in_use, timeout=30)) as site,
        closing(sqlite3.connect(copy)) as database,
    ):
        # All pages in one step: one consistent state, read while the site reads and writes. (VACUUM INTO would
        # run our CHECK constraints, which call a function that only Django's connections have.)
        site.backup(database)
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("PRAGMA secure_delete=ON")
        database.execute("DELETE FROM django_session")
        database.commit()
    return DATABASE, copy


def _own_files() -> list[tuple[str, Path]]:
    folder = settings.DATA_DIR
    return [
        (path.relative_to(folder).as_posix(), path)
        for name in FOLDERS
        for path in sorted((folder / name).rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]


def _refuse_other_versions(manifest: dict[str, Any]) -> None:
    if manifest.get("engine") != _engine():
        raise BackupError(
            words(
                f"cette sauvegarde vient d’une base {manifest.get('engine')}, le site utilise {_engine()}.",
                f"this backup is of a {manifest.get('engine')} database, the site uses {_engine()}.",
            )
        )
    known = set(MigrationLoader(None).disk_migrations)
    if unknown := {tuple(migration) for migration in manifest.get("migrations", [])} - known:
        raise BackupError(
            words(
                f"cette sauvegarde vient d’une version plus récente (Terreau {manifest.get('terreau')}) : "
                f"mettez Terreau à jour avant de restaurer. Inconnu ici : {min(unknown)}.",
                f"this backup was made by a newer version (Terreau {manifest.get('terreau')}): "
                f"upgrade Terreau before restoring. Unknown here: {min(unknown)}.",
            )
        )


def _restore_postgresql(dump: Path) -> None:
    try:
        postgresql.load(dump)
        with _restored(OPTIONS=postgresql.options_of_restored()):
            call_command("migrate", database="restored", verbosity=0, interactive=False)
        connections.close_all()
        postgresql.swap()
    except BaseException:
        postgresql.discard()
        raise


def _check_and_migrate(file: Path) -> None:
    with _restored(NAME=str(file)) as connection:
        with connection.cursor() as cursor:
            state = cursor.execute("PRAGMA integrity_check").fetchone()[0]
            if state != "ok":
                raise DatabaseError(state)
        call_command("migrate", database="restored", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _restored(**own_settings: Any) -> Iterator[BaseDatabaseWrapper]:
    """What was saved, beside the database in use, to migrate before it takes its place. Raises BackupError."""
    connections.databases["restored"] = {**connections.databases["default"], **own_settings}
    try:
        yield connections["restored"]
    except (DatabaseError, sqlite3.DatabaseError) as error:  # the second while Django opens the file
        raise BackupError(
            words(f"la base sauvegardée est abîmée ({error}).", f"the saved database is damaged ({error}).")
        ) from error
    finally:
        connections["restored"].close()
        del connections["restored"]
        del connections.databases["restored"]


def _database_moves(draft: Path, aside: Path) -> list[tuple[Path, Path]]:
    database = _sqlite_file()
    # SQLite's -wal holds what is not yet in the main file: the three leave together.
    old = [database.with_name(database.name + end) for end in ("", "-wal", "-shm")]
    return [*((path, aside / path.name) for path in old if path.exists()), (draft / DATABASE, database)]


def _folder_moves(draft: Path, aside: Path) -> list[tuple[Path, Path]]:
    """Each folder of files is replaced whole; one that the backup does not have goes aside all the same."""
    moves = []
    for name in FOLDERS:
        if (settings.DATA_DIR / name).exists():
            moves.append((settings.DATA_DIR / name, aside / name))
        if (draft / name).exists():
            moves.append((draft / name, settings.DATA_DIR / name))
    return moves
