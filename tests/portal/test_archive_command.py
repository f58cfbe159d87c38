"""`terreau archive` as a person types it."""

import json
import signal
import time

from .site import Site

ADDRESS = {"TERREAU_SITE_ADDRESS": "https://exemple.invalid", "TERREAU_HOSTS": "exemple.invalid"}


def test_the_command_says_what_it_wrote_and_how_to_open_it(site: Site, tmp_path) -> None:
    done = site.run("archive", "--to", tmp_path / "archive", "--date", "2026-11-24", "--language", "fr")
    assert done.returncode == 0, done.stderr
    assert "TERREAU_SITE_ADDRESS n’est pas réglé" in done.stderr
    assert "index.html" in done.stdout and f"archivés dans {tmp_path / 'archive'}" in done.stdout
    manifest = json.loads((tmp_path / "archive" / "manifest.json").read_text())
    assert (manifest["date"], manifest["languages"]) == ("2026-11-24", ["fr"])
    assert any(one["path"].startswith("static/ui/built/site.") for one in manifest["files"])
    again = site.run("archive", "--to", tmp_path / "archive")
    assert again.returncode == 1 and "rien n’est archivé" in again.stderr and "existe déjà" in again.stderr


def test_a_site_that_knows_its_address_needs_no_warning(site: Site, tmp_path) -> None:
    site.environment |= ADDRESS
    done = site.run("archive", "--to", tmp_path / "archive.zip", "--language", "fr")
    assert (done.returncode, done.stderr) == (0, "")


def test_stopped_it_leaves_nothing_and_the_next_one_works(site: Site, tmp_path) -> None:
    folder = tmp_path / "place"
    for stop in (signal.SIGINT, signal.SIGTERM):
        process = site.start("archive", "--to", folder / "archive")
        limit = time.monotonic() + 60
        while not list(folder.glob(".archive.part")) and time.monotonic() < limit:
            time.sleep(0.005)
        process.send_signal(stop)
        process.communicate()
        assert process.returncode != 0
        assert list(folder.iterdir()) == []
    assert site.run("archive", "--to", folder / "archive").returncode == 0
    assert [path.name for path in folder.iterdir()] == ["archive"]


def test_a_site_that_is_not_prepared_says_what_to_do(tmp_path) -> None:
    other = Site(tmp_path / "other")
    done = other.run("archive", "--to", tmp_path / "archive")
    other.drop()
    assert done.returncode == 1 and "terreau init" in done.stderr and not (tmp_path / "archive").exists()
