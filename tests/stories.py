"""Stories of erasing: played by a process of its own on a real site, whose every byte is read afterwards."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import polars as pl

from tests.factories.tables import copy_tables
from tests.postgres import PROGRAMS, drop_database, make_database

TOKEN = "zqxjv8kwpl"  # the word to erase: no text has it by chance
SERVER = os.environ.get("DATABASE_URL", "")
is_sqlite = not SERVER  # on PostgreSQL, what is left is looked for in all rows of all tables
_BEGINNING = """
import django
django.setup()
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
"""


def files_with_it(folder: Path) -> list[str]:
    """Those that hold TOKEN, compressed ones read as what they hold."""
    return [str(path) for path in Path(folder).rglob("*") if path.is_file() and _holds_it(path)]


def _holds_it(path: Path) -> bool:
    content = path.read_bytes()
    if path.suffix == ".parquet":
        content = pl.read_parquet(path).write_ndjson().encode()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    return TOKEN.encode() in content


def play(story: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``story`` on an empty site in ``folder``, where no mail server listens. Its last words say what is left while
    the site still runs; here, that it ended well, and that nothing is left in a file nor in what was logged.
    """
    server = make_database(SERVER) if SERVER else ""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "TERREAU_EMAIL_BACKEND"},
        "TERREAU_DATA": str(folder / "var"),
        "DJANGO_SETTINGS_MODULE": "terreau.portal.settings",
        "TERREAU_SMTP_URL": "smtp://127.0.0.1:1",
        "TERREAU_HOSTS": "testserver",
        "DATABASE_URL": server,
    }
    copy_tables(folder / "var")
    done = subprocess.run(
        [sys.executable, "-c", _BEGINNING + story],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert TOKEN not in done.stderr
    if server:
        subprocess.run([PROGRAMS / "pg_dump", f"--file={folder / 'rows.sql'}", server], check=True)
        drop_database(server)
        assert "COPY public.commons_logentry" in (folder / "rows.sql").read_text()
    left = [path for path in folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert left == []
    return done
