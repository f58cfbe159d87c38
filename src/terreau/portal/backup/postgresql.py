"""PostgreSQL is saved by its own tools, in its own format."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings

from terreau.portal.cli.words import words

from .archive import BackupError

DUMP = "database/postgresql.dump"


def dump(target: Path) -> None:
    """One consistent state, without sessions."""
    _run(
        "pg_dump", "--format=custom", "--no-owner", "--exclude-table-data=django_session", f"--file={target}"
    )


def restore(source: Path) -> None:
    """Replace everything, all or nothing: one transaction empties the schema and fills it again."""
    script = source.with_suffix(".sql")
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source))
    empty = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"
    _run(
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "-c",
        empty,
        "-f",
        str(script),
    )


def _run(tool: str, *arguments: str) -> None:
    program = shutil.which(tool)
    if program is None:
        raise BackupError(
            words(
                f"l’outil {tool} est absent : installez le client PostgreSQL, de la version du serveur.",
                f"{tool} is missing: install the PostgreSQL client, of the server's version.",
            )
        )
    database = settings.DATABASES["default"]
    options: Any = database.get("OPTIONS", {})  # sslmode, sslrootcert… as DATABASE_URL gives them
    # The password goes by the environment: an argument would be seen by every user of the machine.
    environment = {
        **os.environ,
        **{f"PG{name.upper()}": value for name, value in options.items() if isinstance(value, str)},
        "PGHOST": str(database["HOST"] or ""),
        "PGPORT": str(database["PORT"] or ""),
        "PGUSER": str(database["USER"] or ""),
        "PGPASSWORD": str(database["PASSWORD"] or ""),
        "PGDATABASE": str(database["NAME"]),
    }
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise BackupError(f"{tool}: {done.stderr.strip() or done.returncode}")
