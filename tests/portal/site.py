"""A real site in a folder of its own, driven by the real command in processes of its own.

Where the tests run on PostgreSQL (``make test-postgresql``), each site has a database of its own there.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.postgres import PROGRAMS, drop_database, make_database

COMMAND = Path(sys.executable).with_name("terreau")
SERVER = os.environ.get("DATABASE_URL", "")  # empty: SQLite


def only_sqlite(on_postgresql: str) -> pytest.MarkDecorator:
    """For what is told of SQLite's own file. ``on_postgresql``: the test that tells the same of PostgreSQL."""
    return pytest.mark.skipif(bool(SERVER), reason=f"of SQLite's own file; on PostgreSQL: {on_postgresql}")


@dataclass
class Site:
    """``run("doctor")`` is what a person types, with this folder as TERREAU_DATA."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    first_start: str = ""  # what it said

    def __post_init__(self) -> None:
        if SERVER and "DATABASE_URL" not in self.environment:
            self.use_postgresql(make_database(SERVER))

    def use_postgresql(self, url: str) -> None:
        self.environment |= {"DATABASE_URL": url, "PATH": f"{PROGRAMS}:{os.environ['PATH']}"}

    def variables(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        return {**kept, "TERREAU_DATA": str(self.folder), "LANG": "fr_FR.UTF-8", **self.environment}

    def run(
        self, *arguments: object, answer: str = "", timeout: int = 120
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [str(COMMAND), *map(str, arguments)],
            env=self.variables(),
            input=answer,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        # The no-break spaces of French would make every expectation hard to read.
        done.stdout, done.stderr = (text.replace("\u00a0", " ") for text in (done.stdout, done.stderr))
        return done

    def django(self, *arguments: str) -> None:
        """One of Django's own commands."""
        environment = {**self.variables(), "DJANGO_SETTINGS_MODULE": "terreau.portal.settings"}
        subprocess.run([sys.executable, "-m", "django", *arguments], env=environment, check=True)

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(COMMAND), *map(str, arguments)],
            env={**self.variables(), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def copy(self, folder: Path) -> "Site":
        shutil.copytree(self.folder, folder)
        environment = dict(self.environment)
        if url := environment.get("DATABASE_URL"):
            environment["DATABASE_URL"] = make_database(url, template=url.rsplit("/", 1)[1])
        return Site(folder, environment)

    @contextmanager
    def database(self) -> Iterator[Any]:
        """A connection of the driver; what is done is committed."""
        if url := self.environment.get("DATABASE_URL"):
            with psycopg.connect(url) as database:
                yield database
            return
        with closing(sqlite3.connect(self.folder / "terreau.sqlite3", timeout=10)) as connection:
            yield connection
            connection.commit()

    def lose_database(self) -> None:
        """As after a disk that failed: nothing of it is left."""
        if "DATABASE_URL" in self.environment:
            with self.database() as database:
                database.execute("DROP SCHEMA public CASCADE")
                database.execute("CREATE SCHEMA public")
        for path in self.folder.glob("terreau.sqlite3*"):
            path.unlink()

    def drop(self) -> None:
        """Leave nothing on the server of the tests."""
        if url := self.environment.get("DATABASE_URL"):
            drop_database(url)

    def emails(self) -> set[str]:
        with self.database() as database:
            return {email for (email,) in database.execute("SELECT email FROM commons_user")}
