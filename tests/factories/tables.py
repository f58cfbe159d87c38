"""The tables of an empty site on SQLite, migrated once for as long as no migration changes, and copied.

``tests/portal/test_init.py`` runs the migrations for real, and compares.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
_KEPT = REPOSITORY / ".pytest_cache" / "tables"
_SOURCE = REPOSITORY / "src" / "terreau"
_WRITTEN_IN = ("*/migrations/*.py", "commons/search/*.py", "commons/tokens.py")


def migrated_tables() -> Path:
    """The file of the database; nobody writes in it."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    tables = _KEPT / f"{_digest()}.sqlite3"
    with (_KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not tables.exists():
            _migrate(tables)
    return tables


def copy_tables(folder: Path) -> None:
    """As ``terreau migrate`` leaves an empty data folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(migrated_tables(), folder / "terreau.sqlite3")


def _digest() -> str:
    read = hashlib.sha256(
        f"{version('django')} {version('django-allauth')} {sqlite3.sqlite_version}".encode()
    )
    for path in sorted(path for pattern in _WRITTEN_IN for path in _SOURCE.glob(pattern)):
        read.update(f"{path.relative_to(_SOURCE)}\0".encode() + path.read_bytes())
    return read.hexdigest()[:16]


def _migrate(tables: Path) -> None:
    with tempfile.TemporaryDirectory(dir=_KEPT) as folder:
        environment = {
            **{name: value for name, value in os.environ.items() if name != "TERREAU_EMAIL_BACKEND"},
            "DJANGO_SETTINGS_MODULE": "terreau.portal.settings",
            "TERREAU_DATA": folder,
            "DATABASE_URL": "",
        }
        command = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
        subprocess.run(command, env=environment, check=True)
        made = Path(folder) / "terreau.sqlite3"
        with closing(sqlite3.connect(made)) as database:  # all in one file
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        made.replace(tables)
