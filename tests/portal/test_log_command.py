"""`terreau log`: published, downloaded from the real server, verified without a database, witnessed, restored."""

import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from .site import COMMAND, Site
from .test_serve import open_site


def act(site: Site) -> None:
    """The public act that a command does by itself."""
    done = site.run("log", "new-key")
    assert done.returncode == 0, done.stderr


def elsewhere(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The same command on the machine of somebody who has no site."""
    environment = {"PATH": "/usr/bin:/bin", "LANG": "fr_FR.UTF-8", "TERREAU_DATA": "/nonexistent/data"}
    done = subprocess.run(
        [str(COMMAND), "log", *map(str, arguments)], env=environment, cwd=cwd, capture_output=True, text=True
    )
    done.stdout, done.stderr = (text.replace("\u00a0", " ") for text in (done.stdout, done.stderr))
    return done


@pytest.fixture(scope="module")
def signing(prepared, tmp_path_factory) -> Iterator[Site]:
    """A site with three signed acts, which each test copies."""
    site = prepared.copy(tmp_path_factory.mktemp("signing") / "var")
    for _ in range(3):
        act(site)
    yield site
    site.drop()


@pytest.fixture
def site(signing, tmp_path) -> Iterator[Site]:
    site = signing.copy(tmp_path / "var")
    yield site
    site.drop()


@pytest.fixture
def signed(site) -> Path:
    return site.folder / "log"


def test_downloaded_verified_and_witnessed_from_the_real_server(site, signed, tmp_path):
    copy, memory = tmp_path / "copie", tmp_path / "temoin"
    with open_site(site) as (address, _):
        done = elsewhere("download", f"{address}/journal-public/", copy, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        with urllib.request.urlopen(f"{address}/journal-public/1/preuve", timeout=10) as answer:
            (tmp_path / "acte-1").write_bytes(answer.read())
    done = elsewhere("verify", copy, cwd=tmp_path)
    assert done.returncode == 0 and "3 actes vérifiés" in done.stdout
    assert "comparez-la" in done.stdout  # no key was given
    done = elsewhere("verify", copy, "--key", signed / "keys", cwd=tmp_path)
    assert done.returncode == 0 and "comparez-la" not in done.stdout
    done = elsewhere("verify", tmp_path / "acte-1", "--key", signed / "keys", cwd=tmp_path)
    assert done.returncode == 0 and "L’acte 1 (renew-log-key" in done.stdout
    assert elsewhere("witness", copy, memory, cwd=tmp_path).returncode == 2  # without a name
    done = elsewhere("witness", copy, memory, "--name", "t.invalid/1", "--key", copy / "keys", cwd=tmp_path)
    assert done.returncode == 0 and "Contresigné" in done.stdout, done.stderr
    assert not Path("/nonexistent").exists()


def test_verifying_loads_neither_django_nor_a_driver(signed, tmp_path):
    program = (
        "import sys; from terreau.portal.cli import main\n"
        f"main(['log', 'verify', {str(signed)!r}], standalone_mode=False)\n"
        "print(sorted({'django', 'sqlite3', 'psycopg'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("tile/0/000.p/3", "tile/0/000.p/3 : ce fichier est tronqué (attendu 96, trouvé 91)"),
        ("tile/entries/000.p/3", "tile/entries/000.p/3 : ce fichier est tronqué"),
        ("checkpoint", "checkpoint : ce fichier n’a pas la forme attendue"),
        ("keys", "keys : cette clé est mal écrite"),
    ],
)
def test_what_is_truncated_is_named_in_plain_words(signed, tmp_path, damage, told):
    copy = tmp_path / "copie"
    shutil.copytree(signed, copy)
    (copy / damage).write_bytes((copy / damage).read_bytes()[:-5])
    done = elsewhere("verify", copy, cwd=tmp_path)
    assert done.returncode == 1
    assert f"impossible à vérifier, {told}" in done.stderr


def test_an_older_checkpoint_finds_a_fork(site, signed, tmp_path):
    kept = shutil.copy(signed / "checkpoint", tmp_path / "garde")
    act(site)
    assert elsewhere("verify", signed, "--checkpoint", kept, cwd=tmp_path).returncode == 0
    with site.database() as database:
        database.execute(
            "UPDATE commons_logentry SET subject = 'log-key:autre' WHERE index = 1".replace(
                "index", '"index"'
            )
        )
    done = site.run("log", "publish")
    assert done.returncode == 1
    assert "acte 1 : la base de données ne dit plus ce qui a été signé" in done.stderr
    shutil.rmtree(signed)  # an operator who insists
    assert site.run("log", "publish").returncode == 0
    done = elsewhere("verify", signed, "--checkpoint", kept, cwd=tmp_path)
    assert done.returncode == 1
    assert "actes 0 à 2 : le journal ne prolonge pas" in done.stderr and "bifurcation" in done.stderr


def test_another_key_is_named(signed, tmp_path):
    other = tmp_path / "autre"
    other.mkdir()
    elsewhere("witness", signed, other, "--name", "t.invalid/1", "--key", signed / "keys", cwd=tmp_path)
    done = elsewhere("verify", signed, "--key", "nimporte+quoi", cwd=tmp_path)
    assert done.returncode == 1 and "--key : cette clé est mal écrite" in done.stderr


def test_a_restored_site_goes_on_with_the_log_it_had_signed(site, signed, tmp_path):
    assert site.run("backup", tmp_path / "sauvegarde.tar.gz").returncode == 0
    act(site)
    act(site)
    kept = shutil.copy(signed / "checkpoint", tmp_path / "garde")
    done = site.run("restore", tmp_path / "sauvegarde.tar.gz", "--yes")
    assert done.returncode == 0, done.stderr
    assert "2 acte(s) du journal public" in done.stdout
    act(site)
    done = elsewhere("verify", signed, "--checkpoint", kept, cwd=tmp_path)
    assert done.returncode == 0 and "6 actes vérifiés" in done.stdout, done.stderr


def test_a_backup_restored_on_another_machine_is_the_same_log(site, signed, prepared, tmp_path):
    assert site.run("backup", tmp_path / "sauvegarde.tar.gz").returncode == 0
    kept = shutil.copy(signed / "checkpoint", tmp_path / "garde")
    new = prepared.copy(tmp_path / "neuf")
    act(new)  # it has opened a log of its own meanwhile
    done = new.run("restore", tmp_path / "sauvegarde.tar.gz", "--yes")
    assert done.returncode == 0, done.stderr
    act(new)
    done = elsewhere(
        "verify", new.folder / "log", "--checkpoint", kept, "--key", signed / "keys", cwd=tmp_path
    )
    assert done.returncode == 0 and "4 actes vérifiés" in done.stdout, done.stderr
    assert (new.folder / "keys" / "log.key").stat().st_mode & 0o777 == 0o600


def test_erasing_by_command(site, signed):
    done = site.run("log", "erase", "party:inconnue")
    assert done.returncode == 0 and "0 acte" in done.stdout
