"""`terreau doctor` in broken situations: it says what is wrong and how to mend it, and never breaks itself."""

import datetime as dt
import os

import pytest
from django.utils import timezone

from terreau.commitments.models import Subscription
from terreau.commons.actions import write_journal
from terreau.commons.models import JournalEntry
from terreau.portal.cli import health

from .site import Site, only_sqlite


def test_prepared_site_without_a_region_is_told_to_load_one(site):
    done = site.run("doctor")
    assert done.returncode == 1
    assert "✗ Aucune région n’est chargée." in done.stdout
    assert "terreau init --region CODE" in done.stdout


def test_empty_folder_is_told_to_be_prepared(tmp_path):
    done = Site(tmp_path / "var").run("doctor")
    assert done.returncode == 1
    assert "Le site n’est pas préparé" in done.stdout and "terreau init" in done.stdout
    assert not (tmp_path / "var" / "terreau.sqlite3").exists(), "looking makes nothing"


def test_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "fichier").write_text("")
    done = Site(tmp_path / "fichier" / "var").run("doctor")
    assert done.returncode == 1
    assert "On ne peut pas écrire" in done.stdout and "TERREAU_DATA" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_read_only_folder_is_told(tmp_path):
    tmp_path.chmod(0o500)
    assert "On ne peut pas écrire" in Site(tmp_path / "var").run("doctor").stdout
    tmp_path.chmod(0o700)


def test_database_waiting_for_an_update_is_told(site):
    with site.database() as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'account' AND name <> '0001_initial'")
    done = site.run("doctor")
    assert done.returncode == 1 and "attend" in done.stdout and "Lancez : terreau init" in done.stdout


@only_sqlite("test_database_server_that_does_not_answer_is_told")
def test_damaged_database_is_told(site):
    (site.folder / "terreau.sqlite3").write_bytes(b"pas une base" * 100)
    done = site.run("doctor")
    assert done.returncode == 1 and "La base de données ne répond pas" in done.stdout
    assert "Traceback" not in done.stderr


def test_database_server_that_does_not_answer_is_told(site):
    lost = Site(site.folder, {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"})
    done = lost.run("doctor")
    assert done.returncode == 1 and "DATABASE_URL" in done.stdout
    assert "Traceback" not in done.stderr


def test_missing_style_sheets_are_told(site):
    (site.folder / "static" / "staticfiles.json").unlink()
    assert "✗ Les feuilles de style ne sont pas en place." in site.run("doctor").stdout


def test_missing_administrator_is_told(site, tmp_path):
    with site.database() as database:
        database.execute("DELETE FROM commons_rolegrant")
        database.execute(
            "INSERT INTO commons_source (code, title, publisher, licence, url, frequency, covers, precedence)"
            " VALUES ('essai', 'Essai', 'Fictif', 'etalab-2.0', '', '', '', 50)"
        )
        database.execute(
            "INSERT INTO commons_zoning (code, kind, version, title, title_plural, level, is_current, source_id)"
            " VALUES ('region', 'region', '2026', 'région', 'régions', 6, true, 'essai')"
        )
        columns = "zoning_id, code, name, search_text, communes_total, communes_in_region"
        database.execute(
            f"INSERT INTO commons_place ({columns}) VALUES ('region', '99', 'Fictive', '', 1, 1)"
        )
    done = site.run("doctor")
    assert "! Personne n’est administrateur." in done.stdout
    assert "terreau administrator" in done.stdout
    assert "! Aucune source n’a été moissonnée." in done.stdout
    assert done.returncode == 0, "a site may be opened without them"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"TERREAU_SITE_ADDRESS": "https://terreau.exemple"}, "TERREAU_HOSTS"),
        (
            {"TERREAU_SITE_ADDRESS": "https://terreau.exemple", "TERREAU_HOSTS": "terreau.exemple"},
            "TERREAU_PROXIES=1",
        ),
        ({"TERREAU_SITE_ADDRESS": "terreau.exemple"}, "n’est pas une adresse de site"),
        (
            {
                "TERREAU_SITE_ADDRESS": "http://terreau.exemple",
                "TERREAU_HOSTS": "terreau.exemple",
                "TERREAU_DEBUG": "1",
            },
            "Retirez TERREAU_DEBUG",
        ),
    ],
)
def test_incoherent_address_is_told(site, variables, expected):
    site.environment.update(variables)
    done = site.run("doctor")
    assert done.returncode == 1 and expected in done.stdout


def test_coherent_address_is_not_complained_of(site):
    site.environment.update(
        {
            "TERREAU_SITE_ADDRESS": "https://terreau.exemple",
            "TERREAU_HOSTS": ".exemple",
            "TERREAU_PROXIES": "1",
            "TERREAU_SMTP_URL": "smtp+tls://u:p@courrier.exemple:587",
        }
    )
    done = site.run("doctor")
    assert "TERREAU_" not in done.stdout and "✓ Les messages partent" in done.stdout


def test_console_mail_is_told(site):
    assert "les codes de connexion ne partent pas" in site.run("doctor").stdout


def test_old_python_is_told():
    assert health.check_python((3, 10, 4)).state == "problem"
    assert "3.10.4" in health.check_python((3, 10, 4)).what
    assert health.check_python().state == "ok"


def test_full_disk_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("TERREAU_DATA", str(tmp_path))
    monkeypatch.setattr(health, "LITTLE_ROOM", 10**18)
    assert [finding.state for finding in health.check_folder()] == ["ok", "warning"]


def test_doctor_speaks_english(site):
    site.environment["LANG"] = "en_GB.UTF-8"
    assert "✗ No region is loaded." in site.run("doctor").stdout


@pytest.mark.django_db
def test_people_who_wait_for_what_falls_due_are_told_of():
    assert list(health.check_digest()) == [], "nobody waits"
    Subscription.objects.create(email="a@exemple.invalid", confirmed_at=timezone.now())
    (found,) = health.check_digest()
    assert found.state == "warning" and "terreau digest" in found.mend
    entry = write_journal(verb="send-digests", by=None, sent=0)
    assert [one.state for one in health.check_digest()] == ["ok"]
    JournalEntry.objects.filter(pk=entry.pk).update(at=timezone.now() - dt.timedelta(days=3))
    assert [one.state for one in health.check_digest()] == ["warning"]
