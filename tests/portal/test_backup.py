"""The drill: back up a site that is open, change everything, restore, and find it as it was."""

import gzip
import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from terreau.portal.cli.lock import INTERRUPTED

from .site import SERVER, Site, only_sqlite


def add_account(site: Site, email: str) -> None:
    with site.database() as database:
        database.execute(
            "INSERT INTO commons_user (password, email, name, is_active, date_joined)"
            f" VALUES ('', '{email}', '', true, '2026-01-01 00:00:00')"
        )


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def state_of(site: Site) -> tuple[set[str], dict[str, str]]:
    """What a restore must bring back, and what a refused one must leave alone."""
    own = {
        str(path.relative_to(site.folder)): path.read_text()
        for name in ("media", "pages", "pictures")
        for path in (site.folder / name).rglob("*")
        if path.is_file()
    }
    return site.emails(), own


def write_own_files(site: Site) -> None:
    write(site.folder / "media" / "photo.txt", "image")
    write(site.folder / "pages" / "legal.fr.md", "Nos mentions")
    write(site.folder / "pictures" / "0-480.webp", "image d’une fiche")


@pytest.fixture(scope="module")
def saved_once(prepared, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    site = prepared.copy(folder / "var")
    write_own_files(site)
    done = site.run("backup", folder / "copies" / "site.tar.gz")
    site.drop()
    assert done.returncode == 0, done.stderr
    return folder / "copies" / "site.tar.gz"


@pytest.fixture
def saved(site, saved_once, tmp_path) -> Path:
    """The backup of this very site: it was made of its twin."""
    write_own_files(site)
    (tmp_path / "copies").mkdir()
    return Path(shutil.copy2(saved_once, tmp_path / "copies" / saved_once.name))


@only_sqlite("test_backup_postgresql.py::test_backup_change_restore")
def test_backup_change_restore(site, saved):
    before = state_of(site)
    add_account(site, "apres@exemple.invalid")
    write(site.folder / "media" / "photo.txt", "autre image")
    write(site.folder / "media" / "de-trop.txt", "en trop")
    (site.folder / "pages" / "legal.fr.md").unlink()
    (site.folder / "pictures" / "0-480.webp").unlink()
    changed = state_of(site)

    done = site.run("restore", saved, "--yes")
    assert done.returncode == 0, done.stderr
    assert state_of(site) == before
    aside = next(site.folder.glob("before-restore-*"))
    assert (aside / "media" / "de-trop.txt").exists()
    with closing(sqlite3.connect(aside / "terreau.sqlite3")) as old:
        assert {email for (email,) in old.execute("SELECT email FROM commons_user")} == changed[0]
    assert site.run("doctor").returncode == 1  # no region here, but the database is sound:
    assert "✓ La base de données est à jour." in site.run("doctor").stdout
    assert not list(site.folder.glob(".restore-*")), "no draft is left"


@only_sqlite("test_backup_postgresql.py::test_backup_while_a_writer_works")
def test_backup_is_consistent_while_a_writer_works_in_wal_mode(site, tmp_path):
    """Two rows that are always written together are both in the copy, or neither."""
    with closing(sqlite3.connect(site.folder / "terreau.sqlite3", isolation_level=None)) as writer:
        assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        writer.execute("BEGIN IMMEDIATE")
        for name in ("a", "b"):
            writer.execute(
                "INSERT INTO commons_user (password, email, name, is_active, date_joined)"
                " VALUES ('', ?, '', 1, '2026-01-01')",
                [f"{name}@exemple.invalid"],
            )
        assert site.run("backup", tmp_path / "pendant.tar.gz").returncode == 0
        writer.execute("COMMIT")
        # What is committed but only in the -wal file is saved too.
        assert (site.folder / "terreau.sqlite3-wal").stat().st_size > 0
        assert site.run("backup", tmp_path / "apres.tar.gz").returncode == 0
    for name, expected in (("pendant", {"prem"}), ("apres", {"prem", "a", "b"})):
        assert site.run("restore", tmp_path / f"{name}.tar.gz", "--yes").returncode == 0
        assert site.emails() == {f"{one}@exemple.invalid" for one in expected}


@only_sqlite("test_backup_postgresql.py::test_backup_change_restore")
def test_backup_holds_no_session_and_no_key(site, tmp_path):
    with site.database() as database:
        database.execute("INSERT INTO django_session VALUES ('cle-de-session', 'donnees', '2099-01-01')")
    site.run("backup", tmp_path / "site.tar.gz")
    with tarfile.open(tmp_path / "site.tar.gz") as archive:
        assert {name.split("/")[0] for name in archive.getnames()} == {"manifest.json", "database"}
        content = archive.extractfile("database/terreau.sqlite3").read()
    assert b"cle-de-session" not in content
    assert (site.folder / "secret_key").read_bytes() not in content


def test_backup_can_be_read_by_its_owner_only(saved):
    assert saved.stat().st_mode & 0o077 == 0


def test_backup_of_a_site_that_is_not_prepared_says_what_to_do(tmp_path):
    done = Site(tmp_path / "var").run("backup", tmp_path / "x.tar.gz")
    assert done.returncode == 1 and "terreau init" in done.stderr
    assert not (tmp_path / "x.tar.gz").exists()


def test_backup_that_cannot_be_written_leaves_nothing(site, tmp_path):
    (tmp_path / "fichier").write_text("")
    done = site.run("backup", tmp_path / "fichier" / "site.tar.gz")
    assert done.returncode == 1 and "rien n’est sauvegardé" in done.stderr


def test_backup_can_be_tried_in_an_empty_folder(site, saved, tmp_path):
    trial = Site(tmp_path / "essai")
    done = trial.run("restore", saved, "--yes")
    assert done.returncode == 0, done.stderr
    assert state_of(trial) == state_of(site)
    assert "gardé dans" not in done.stdout


def test_restore_asks_first(site, saved):
    add_account(site, "apres@exemple.invalid")
    assert site.run("restore", saved, answer="n\n").returncode == 1
    assert "apres@exemple.invalid" in site.emails()


def test_restore_is_refused_while_the_site_is_open(site, saved):
    from terreau.portal.cli.lock import data_folder

    with data_folder(site.folder):
        done = site.run("restore", saved, "--yes")
    assert done.returncode == 1 and "Arrêtez-le" in done.stderr


# Archives that are damaged, or made to harm


def rebuilt(source: Path, change) -> Path:
    """The same archive after ``change(manifest, members)``; members: list of (TarInfo, bytes)."""
    with tarfile.open(source) as archive:
        members = [(one, archive.extractfile(one).read()) for one in archive.getmembers()]
    manifest = json.loads(members[0][1])
    members = members[1:]
    change(manifest, members)
    content = json.dumps(manifest).encode()
    first = tarfile.TarInfo("manifest.json")
    first.size = len(content)
    target = source.with_name("autre.tar.gz")
    with tarfile.open(target, "w:gz") as archive:
        for member, data in [(first, content), *members]:
            archive.addfile(member, io.BytesIO(data) if member.isreg() else None)
    return target


def member(name: str, data: bytes = b"x", **values) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in values.items():
        setattr(info, key, value)
    return info, data


def declared(name: str, data: bytes = b"x") -> dict:
    return {"path": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def path_outside(manifest, members):
    manifest["files"].append(declared("../echappe.txt"))
    members.append(member("../echappe.txt"))


def absolute_path(manifest, members):
    manifest["files"].append(declared("/tmp/echappe.txt"))
    members.append(member("/tmp/echappe.txt"))


def path_through_a_folder(manifest, members):
    manifest["files"].append(declared("media/../../echappe.txt"))
    members.append(member("media/../../echappe.txt"))


def the_key_of_the_site(manifest, members):
    manifest["files"].append(declared("secret_key"))
    members.append(member("secret_key"))


def member_that_is_not_declared(manifest, members):
    members.append(member("media/clandestin.txt"))


def symbolic_link(manifest, members):
    manifest["files"].append({"path": "media/lien", "size": 0, "sha256": "0"})
    members.append(member("media/lien", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd"))


def missing_member(manifest, members):
    del members[-1]


def changed_content(manifest, members):
    info, data = members[-1]
    members[-1] = (info, bytes(len(data)))


def bomb(manifest, members):
    manifest["files"][0]["size"] = 10**15


def size_that_lies(manifest, members):
    manifest["files"][-1]["size"] += 1


def same_member_twice(manifest, members):
    members.append(members[-1])


def newer_version(manifest, members):
    manifest["migrations"].append(["commons", "9999_demain"])


def other_format(manifest, members):
    manifest["format"] = 2


def other_engine(manifest, members):
    manifest["engine"] = "oracle"


def without_files(manifest, members):
    del manifest["files"]


def damaged_database(manifest, members):
    for number, (info, data) in enumerate(members):
        if info.name.startswith("database/"):
            data = data[:5000] + b"\0" * 4000 + data[9000:]
            members[number] = (info, data)
            manifest["files"] = [
                declared(info.name, data) if entry["path"] == info.name else entry
                for entry in manifest["files"]
            ]


HARMFUL = {
    path_outside: "inattendu",
    absolute_path: "inattendu",
    path_through_a_folder: "inattendu",
    the_key_of_the_site: "inattendu",
    member_that_is_not_declared: "inattendu",
    symbolic_link: "inattendu",
    same_member_twice: "inattendu",
    size_that_lies: "inattendu",
    missing_member: "il manque",
    changed_content: "n’est pas celui qui a été sauvegardé",
    bomb: "ne tient pas sur ce disque",
    newer_version: "plus récente",
    other_format: "format 2",
    other_engine: "oracle",
    without_files: "manifeste",
    damaged_database: "pg_restore" if SERVER else "abîmée",
}


@pytest.mark.parametrize("harm", HARMFUL, ids=lambda harm: harm.__name__)
def test_harmful_archive_is_refused_and_changes_nothing(harm, site, saved, tmp_path):
    before = state_of(site)
    done = site.run("restore", rebuilt(saved, harm), "--yes")
    assert done.returncode == 1
    assert "rien n’a changé" in done.stderr and HARMFUL[harm] in done.stderr
    assert state_of(site) == before
    assert not list(site.folder.glob("before-restore-*")) and not list(site.folder.glob(".restore-*"))
    assert not list(tmp_path.rglob("echappe.txt"))


@pytest.mark.parametrize("kept", [0, 10, 1000, 0.5, 0.999])
def test_cut_archive_is_refused(kept, site, saved):
    before = state_of(site)
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * kept) if isinstance(kept, float) else kept])
    done = site.run("restore", saved, "--yes")
    assert done.returncode == 1 and "rien n’a changé" in done.stderr
    assert state_of(site) == before


def test_file_that_is_no_archive_is_refused(site, tmp_path):
    other = write(tmp_path / "photo.tar.gz", "ceci n’est pas une archive")
    assert "rien n’a changé" in site.run("restore", other, "--yes").stderr
    other.write_bytes(gzip.compress(b"ceci non plus"))
    assert "rien n’a changé" in site.run("restore", other, "--yes").stderr


@only_sqlite("nothing yet, it failed there for a reason to be found")
def test_older_backup_is_brought_up_to_date(site, tmp_path):
    """A backup made before the last migration: its tables are renewed before it takes the place of the others."""
    with site.database() as database:
        app, name = database.execute(
            "SELECT app, name FROM django_migrations WHERE app = 'account' ORDER BY id DESC LIMIT 1"
        ).fetchone()
    environment = {**site.variables(), "DJANGO_SETTINGS_MODULE": "terreau.portal.settings"}
    site.django("migrate", app, "0001_initial", "--verbosity=0")
    assert site.run("doctor").returncode == 1
    # `backup` refuses a site whose database waits for an update, so the copy is made by the library.
    script = (
        "import django; django.setup()\n"
        "from pathlib import Path\n"
        "from terreau.portal.backup import make_backup\n"
        f"make_backup(Path({str(tmp_path / 'vieux.tar.gz')!r}))"
    )
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    done = site.run("restore", tmp_path / "vieux.tar.gz", "--yes")
    assert done.returncode == 0, done.stderr
    with site.database() as database:
        applied = database.execute(f"SELECT count(*) FROM django_migrations WHERE name = '{name}'").fetchone()
    assert applied == (1,)


@only_sqlite("test_backup_postgresql.py::test_restore_that_fails_half_way_leaves_everything")
def test_restore_cut_between_two_moves_is_finished_by_the_next_command(site, saved):
    """A power cut once the swap has begun: the next command ends it, and the site is never half old, half new."""
    add_account(site, "apres@exemple.invalid")
    draft, aside = site.folder / ".restore-x", site.folder / "before-restore-x"
    with tarfile.open(saved) as archive:
        archive.extractall(draft, filter="data")
    database = site.folder / "terreau.sqlite3"
    moves = [
        (database, aside / database.name),
        (draft / "database" / "terreau.sqlite3", database),
        (site.folder / "media", aside / "media"),
        (draft / "media", site.folder / "media"),
    ]
    (site.folder / INTERRUPTED).write_text(json.dumps([[str(a), str(b)] for a, b in moves]))
    for end in ("-wal", "-shm"):
        database.with_name(database.name + end).unlink(missing_ok=True)
    aside.mkdir()
    database.rename(aside / database.name)  # the first move is done, then the light goes out
    site.run("init", "--help")  # does not touch the folder
    assert (site.folder / INTERRUPTED).exists()
    site.run("backup", site.folder.parent / "ensuite.tar.gz")
    assert not (site.folder / INTERRUPTED).exists()
    assert site.emails() == {"prem@exemple.invalid"}
    assert (site.folder / "media" / "photo.txt").read_text() == "image"
