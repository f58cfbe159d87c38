"""A real site in a folder of its own, driven by the real command in processes of its own."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

COMMAND = Path(sys.executable).with_name("terreau")


@dataclass
class Site:
    """``run("doctor")`` is what a person types, with this folder as TERREAU_DATA."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

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
        return Site(folder, dict(self.environment))

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.folder / "terreau.sqlite3", timeout=10)) as connection:
            yield connection
            connection.commit()

    def emails(self) -> set[str]:
        with self.database() as database:
            return {email for (email,) in database.execute("SELECT email FROM commons_user")}
