"""A file larger than what we want in memory, and a database on a server."""

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from django.conf import settings

from tests.postgres import drop_database, make_database

from .stock import write

MEASURE = """
import sys, threading, time
import django
django.setup()
from terreau.observe.sources.declaration import declaration_of
from terreau.observe.sources.readers import read
peak = 0
def watch():
    global peak
    while True:
        with open("/proc/self/status") as status:
            anonymous = next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))
        peak = max(peak, anonymous // 1024)
        time.sleep(0.02)
threading.Thread(target=watch, daemon=True).start()
found = read(declaration_of("sirene"), sys.argv[1], frozenset({"37"}))
print(found.read, found.rows.height, peak)
"""


def in_child(code: str, *arguments: str, **environment: str) -> str:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "terreau.portal.settings", **environment}
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def repeat(path: Path, target: Path, times: int) -> None:
    """A file with the rows of ``path`` so many times."""
    header, _newline, rows = path.read_bytes().partition(b"\n")
    with target.open("wb") as file:
        file.write(header + b"\n")
        for _turn in range(times):
            file.write(rows)


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="reads the memory of a process as Linux tells it"
)
def test_a_file_is_never_whole_in_memory(tmp_path: Path) -> None:
    """A file of 800 MB, of which one row in two hundred is in the region: it is read in less than 600 MB.

    As a table of text it would take more than its own size.
    """
    units = [{} if n % 200 == 0 else {"codeCommuneEtablissement": "75056"} for n in range(5_000)]
    model = write(tmp_path / "model", units) / "StockEtablissement_utf8.csv"
    folder = tmp_path / "stock"
    folder.mkdir()
    times = 800_000_000 // model.stat().st_size
    repeat(model, folder / model.name, times)
    (model.parent / "StockUniteLegale_utf8.csv").rename(folder / "StockUniteLegale_utf8.csv")
    read, kept, peak = map(int, in_child(MEASURE, str(folder), TERREAU_DATA=str(tmp_path / "var")).split())
    (folder / model.name).unlink()
    assert (read, kept) == (5_000 * times, 25 * times)
    assert peak < 600


HARVEST_TWICE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from terreau.commons.actions import load_places
from terreau.observe.actions import harvest_all
load_places(region="24", by=None)
harvest_all(by=None)
print(harvest_all(by=None))
from terreau.observe.models import SourceRecord
print(SourceRecord.objects.count())
"""


def test_on_postgresql_too(postgres_url: str, tmp_path: Path) -> None:
    own = make_database(postgres_url)  # what it loads is not for the tests that share the other one
    said = in_child(HARVEST_TWICE, DATABASE_URL=own, TERREAU_DATA=str(tmp_path)).splitlines()
    drop_database(own)
    assert said[0] == "7 sources lues, rien n’a changé"
    assert int(said[1]) > 2000


def test_the_shipped_folder_is_small_text_without_contacts() -> None:
    files = list((settings.SHIPPED_DATA / "organisations").glob("*.parquet"))
    assert len(files) == 7
    assert sum(path.stat().st_size for path in files) < 4_000_000
    for path in files:
        table = pl.read_parquet(path)
        for name, kind in table.schema.items():
            assert kind == pl.String or name == "line_in_file"
        for name in table.select(pl.col(pl.String)).columns:
            texts = table[name].drop_nulls()
            told = texts.filter(texts.str.contains(r"\w@[\w-]+\.[a-z]{2,3}\b|\b0[1-9](?:[ .]\d{2}){4}\b"))
            assert told.is_empty(), (path.name, name)
