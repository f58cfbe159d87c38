"""`terreau dump` and `terreau load` on the shipped data, as a person types them."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lake.dump.made import MANIFEST, contents

from .site import COMMAND, Site


@pytest.fixture(scope="module")
def ready(region, tmp_path_factory) -> Iterator[Site]:
    site = region.copy(tmp_path_factory.mktemp("dump") / "var")
    yield site
    site.drop()


@pytest.fixture(scope="module")
def export(ready, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "export"
    done = ready.run("dump", folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def other(tmp_path):
    """Where nothing was ever prepared."""
    site = Site(tmp_path / "other")
    yield site
    site.drop()


def rows_of(site: Site, table: str) -> int:
    with site.database() as database:
        return next(iter(database.execute(f"SELECT count(*) FROM {table}")))[0]


def test_dump_empty_instance_dump_is_identical(ready, export, other, tmp_path):
    done = other.run("load", export)
    assert done.returncode == 0, done.stderr
    assert "1754 communes dessinées" in done.stdout and "Pour l’ouvrir : terreau serve" in done.stdout
    assert other.run("dump", tmp_path / "again").returncode == 0
    assert contents(tmp_path / "again") == contents(export)
    # What is made from it is the same too, and the site is a whole one.
    for name in ("organisations", "sites", "indicators"):
        for kind in ("csv", "parquet", "json"):
            path = Path("lake") / name / f"{name}.{kind}"
            assert (other.folder / path).read_bytes() == (ready.folder / path).read_bytes(), path
    for path in (ready.folder / "boundaries").iterdir():
        assert (other.folder / "boundaries" / path.name).read_bytes() == path.read_bytes(), path.name
    assert other.run("init", "--if-needed").stdout == "Le site est prêt.\n"
    assert "Région : Centre-Val de Loire (24)" in other.run("doctor").stdout
    assert other.run("harvest", "siae").returncode == 0
    assert rows_of(other, "observe_sourcerecord") == rows_of(ready, "observe_sourcerecord")


def test_archive_loads_too(ready, empty, tmp_path):
    assert ready.run("dump", tmp_path / "site.tar.gz").returncode == 0
    assert empty.run("load", tmp_path / "site.tar.gz").returncode == 0
    assert rows_of(empty, "commons_party") == rows_of(ready, "commons_party") > 1000


def test_load_into_a_site_that_holds_something(ready, export):
    before = rows_of(ready, "commons_party")
    done = ready.run("load", export)
    assert done.returncode == 1
    assert (
        "rien n’est chargé : Ce site contient déjà des données" in done.stderr
        and "TERREAU_DATA" in done.stderr
    )
    assert rows_of(ready, "commons_party") == before


def test_one_flipped_byte_loads_nothing(export, other, tmp_path):
    shutil.copytree(export, tmp_path / "damaged")
    path = tmp_path / "damaged" / "parties.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    done = other.run("load", tmp_path / "damaged")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "rien n’est chargé : Le fichier parties.parquet n’est pas celui qui a été exporté" in done.stderr
    assert not (other.folder / "terreau.sqlite3").exists() and not (other.folder / "init.json").exists()


def test_full_disk_leaves_nothing(ready, tmp_path):
    """The limit of a file's size answers as a full disk does: at the write that is too much."""
    limited = f"ulimit -f 300; exec {COMMAND} dump {tmp_path / 'export'}"
    done = subprocess.run(["bash", "-c", limited], env=ready.variables(), capture_output=True, text=True)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "rien n’est exporté" in done.stderr and "n’a pas pu être écrit" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_dump_cut_short_leaves_no_export_and_the_next_one_works(ready, tmp_path):
    process = ready.start("dump", tmp_path / "export")
    limit = time.monotonic() + 60
    while not list(tmp_path.glob(".export.part/*.parquet")) and time.monotonic() < limit:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "export").exists()
    assert ready.run("dump", tmp_path / "export").returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["export"]
    assert (tmp_path / "export" / MANIFEST).exists()


def test_dump_of_a_site_that_is_not_prepared_says_what_to_do(other, tmp_path):
    done = other.run("dump", tmp_path / "export")
    assert done.returncode == 1 and "terreau init" in done.stderr and not (tmp_path / "export").exists()


def test_dump_does_not_replace_a_file(ready, tmp_path):
    (tmp_path / "mine.zip").write_text("à moi")
    done = ready.run("dump", tmp_path / "mine.zip")
    assert done.returncode == 1 and "existe déjà" in done.stderr
    assert (tmp_path / "mine.zip").read_text() == "à moi"
