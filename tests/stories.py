"""Stories of erasing: played by a process of its own on a real site, whose every byte is read afterwards."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from tests.factories.tables import copy_tables

TOKEN = "zqxjv8kwpl"  # the word to erase: no text has it by chance
OF_SQLITE = pytest.mark.skipif(
    bool(os.environ.get("DATABASE_URL")), reason="what is told here is of SQLite's own files"
)
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
    environment = {
        **{name: value for name, value in os.environ.items() if name != "TERREAU_EMAIL_BACKEND"},
        "TERREAU_DATA": str(folder / "var"),
        "DJANGO_SETTINGS_MODULE": "terreau.portal.settings",
        "TERREAU_SMTP_URL": "smtp://127.0.0.1:1",
        "TERREAU_HOSTS": "testserver",
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
    left = [path for path in folder.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert left == []
    return done
