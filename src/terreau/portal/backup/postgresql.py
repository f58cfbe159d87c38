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
RESTORED = "terreau_restored"  # schemas
IN_USE = "terreau_in_use"


def dump(target: Path) -> None:
    """One consistent state, without sessions."""
    _run(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--exclude-table-data=django_session",
        f"--exclude-schema={RESTORED}",
        f"--file={target}",
    )


def load(source: Path) -> None:
    """Fill the schema RESTORED, beside the one in use, which is not touched."""
    script = source.with_suffix(".sql")
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source))
    _psql(
        f"DROP SCHEMA IF EXISTS {RESTORED} CASCADE; ALTER SCHEMA public RENAME TO {IN_USE}; CREATE SCHEMA public",
        script,  # its tables are those of "public": it cannot be told to write elsewhere
        f"ALTER SCHEMA public RENAME TO {RESTORED}; ALTER SCHEMA {IN_USE} RENAME TO public",
    )


def swap() -> None:
    """RESTORED takes the place of the schema in use, whose content is no more. One transaction."""
    _psql(f"DROP SCHEMA public CASCADE; ALTER SCHEMA {RESTORED} RENAME TO public")


def discard() -> None:
    """What `load` filled, if it did."""
    _psql(f"DROP SCHEMA IF EXISTS {RESTORED} CASCADE")


def options_of_restored() -> dict[str, Any]:
    """Those of a connection that sees RESTORED alone."""
    options: Any = settings.DATABASES["default"].get("OPTIONS", {})
    return {**options, "options": f"{options.get('options', '')} -c search_path={RESTORED}".strip()}


def _psql(*steps: str | Path) -> None:
    """Commands and scripts, in one transaction."""
    arguments = [
        argument
        for step in steps
        for argument in (("-f", str(step)) if isinstance(step, Path) else ("-c", step))
    ]
    _run("psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", *arguments)


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
