"""The same drill on a real PostgreSQL, with its own tools."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.postgres import make_database

from .site import Site


@pytest.fixture(scope="module")
def migrated(postgres_url, tmp_path_factory) -> Iterator[Site]:
    """A migrated site on a database of its own, which each test copies."""
    site = Site(tmp_path_factory.mktemp("migrated") / "var", {"DATABASE_URL": ""})
    site.use_postgresql(make_database(postgres_url))
    site.django("migrate", "--verbosity=0")
    yield site
    site.drop()


@pytest.fixture
def site(migrated, tmp_path) -> Iterator[Site]:
    site = migrated.copy(tmp_path / "var")
    yield site
    site.drop()


def test_backup_change_restore(site, tmp_path):
    assert site.run("administrator", "prem@exemple.invalid").returncode == 0
    (site.folder / "pages").mkdir()
    (site.folder / "pages" / "legal.fr.md").write_text("Nos mentions")
    with site.database() as database:
        database.execute("INSERT INTO django_session VALUES ('cle-de-session', 'donnees', '2099-01-01')")
    saved = site.run("backup", tmp_path / "site.tar.gz")
    assert saved.returncode == 0, saved.stderr

    assert site.run("administrator", "apres@exemple.invalid").returncode == 0
    with site.database() as database:
        database.execute("CREATE TABLE d_une_version_suivante (id int)")
    (site.folder / "pages" / "legal.fr.md").write_text("Autre chose")

    done = site.run("restore", tmp_path / "site.tar.gz", "--yes")
    assert done.returncode == 0, done.stderr
    assert site.emails() == {"prem@exemple.invalid"}
    assert (site.folder / "pages" / "legal.fr.md").read_text() == "Nos mentions"
    assert next(site.folder.glob("before-restore-*/database.dump")).stat().st_size > 0
    with site.database() as database:
        left = database.execute("SELECT to_regclass('d_une_version_suivante')").fetchone()
        sessions = database.execute("SELECT count(*) FROM django_session").fetchone()
    assert left == (None,) and sessions == (0,)
    assert "✓ La base de données est à jour." in site.run("doctor").stdout


def test_restored_site_can_be_saved_and_restored_again_and_elsewhere(site, postgres_url, tmp_path):
    site.run("administrator", "prem@exemple.invalid")
    for number in range(2):
        copy = tmp_path / f"{number}.tar.gz"
        assert site.run("backup", copy).returncode == 0
        done = site.run("restore", copy, "--yes")
        assert done.returncode == 0, done.stderr
    other = Site(tmp_path / "essai", {"DATABASE_URL": ""})
    other.use_postgresql(make_database(postgres_url))
    done = other.run("restore", copy, "--yes")
    assert done.returncode == 0, done.stderr
    assert "gardé dans" not in done.stdout, "the other database was empty"
    assert other.emails() == {"prem@exemple.invalid"}
    assert other.run("administrator", "apres@exemple.invalid").returncode == 0, "numbers go on from the last"
    other.drop()


def test_backup_while_a_writer_works(site, tmp_path):
    """Two rows that are written together are both in the copy, or neither."""
    with site.database() as writer:
        for name in ("a", "b"):
            writer.execute(
                "INSERT INTO commons_user (password, email, name, is_active, date_joined)"
                f" VALUES ('', '{name}@exemple.invalid', '', true, '2026-01-01')"
            )
        assert site.run("backup", tmp_path / "pendant.tar.gz").returncode == 0
    assert site.run("backup", tmp_path / "apres.tar.gz").returncode == 0
    for copy, expected in (("pendant", set()), ("apres", {"a", "b"})):
        assert site.run("restore", tmp_path / f"{copy}.tar.gz", "--yes").returncode == 0
        assert site.emails() == {f"{one}@exemple.invalid" for one in expected}


def test_restore_that_fails_half_way_leaves_everything(site, tmp_path):
    """Another session holds a table: the transaction gives up, and nothing has changed."""
    site.run("administrator", "prem@exemple.invalid")
    assert site.run("backup", tmp_path / "site.tar.gz").returncode == 0
    site.run("administrator", "apres@exemple.invalid")
    site.environment["DATABASE_URL"] += "?options=-c%20lock_timeout%3D500"  # options reach the tools too
    with psycopg.connect(site.environment["DATABASE_URL"]) as other:
        other.execute("LOCK TABLE commons_rolegrant IN ACCESS SHARE MODE")
        done = site.run("restore", tmp_path / "site.tar.gz", "--yes")
    assert done.returncode == 1 and "rien n’a changé" in done.stderr
    assert site.emails() == {"prem@exemple.invalid", "apres@exemple.invalid"}
    assert not list(site.folder.glob("*restore-*"))


def test_missing_tools_are_named(site, tmp_path):
    site.environment["PATH"] = ""
    done = site.run("backup", tmp_path / "site.tar.gz")
    assert done.returncode == 1 and "pg_dump" in done.stderr
    assert not (tmp_path / "site.tar.gz").exists()
