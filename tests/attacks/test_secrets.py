"""Secrets and personal data where they should not be: logs, journal, pages of error, files that others can read."""

import logging
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as site_settings
from django.test import Client
from django.urls import reverse

from terreau.commons.models import JournalEntry
from tests.factories import make_party, make_user
from tests.factories.world import World

pytestmark = pytest.mark.django_db
ADDRESS, REASON, CONTACT = "camille@exemple.invalid", "une raison intime", "joindre@exemple.invalid"


def live(client: Client, mailoutbox) -> list[str]:
    """Sign in, ask to be masked, change one's name, be refused. Returns what must stay secret."""
    make_user(ADDRESS, "administrator")
    client.post(reverse("account_login"), {"login": ADDRESS}, follow=True)
    code = re.search(r"\b\d{4}-\d{4}\b", mailoutbox[0].body)[0]
    before = client.session.session_key
    client.post(reverse("account_confirm_login_code"), {"code": "0000-0000"})
    client.post(reverse("account_confirm_login_code"), {"code": code})
    client.post(reverse("account"), {"name": "Camille Secrète"})
    data = {"reason": REASON, "contact": CONTACT}
    client.post(reverse("observe:mask_request", args=[make_party().public_id]), data)
    client.post(
        reverse("change_role", args=[client.session["_auth_user_id"]]), {"do": "grant", "role": "steward"}
    )
    client.get("/annuaire/?q=%ff", headers={"host": "evil.invalid"})
    secrets = [
        code,
        code.replace("-", ""),
        before,
        client.session.session_key,
        REASON,
        CONTACT,
        "Camille Secrète",
        ADDRESS,
    ]
    return [*secrets, site_settings.SECRET_KEY]


def test_logs_tell_nothing_even_at_their_most_talkative(client: Client, mailoutbox, caplog) -> None:
    for name in ("", "django", "allauth", "django.request", "django.template"):
        caplog.set_level(logging.DEBUG, logger=name)
    secrets = live(client, mailoutbox)
    said = "\n".join(f"{record.name} {record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert [one for one in secrets if one and one in said] == []


def test_journal_holds_nobodys_words_nor_address(client: Client, mailoutbox) -> None:
    secrets = live(client, mailoutbox)
    entries = str(list(JournalEntry.objects.values()))
    assert JournalEntry.objects.count() >= 3
    assert [one for one in secrets if one in entries] == []


def test_codes_are_in_the_session_alone_and_gone_once_used(client: Client, mailoutbox) -> None:
    from django.contrib.sessions.models import Session

    secrets = live(client, mailoutbox)
    for model in apps.get_models():
        held = str(list(model._base_manager.values()))
        assert secrets[0] not in held and secrets[1] not in held, model
    for session in Session.objects.all():
        assert secrets[0].replace("-", "") not in str(session.get_decoded()).replace("-", "")


def test_cache_of_counts_holds_no_address(client: Client, mailoutbox) -> None:
    live(client, mailoutbox)
    folder = Path(site_settings.CACHES["default"]["LOCATION"])
    assert list(folder.iterdir()) and stat.S_IMODE(folder.stat().st_mode) == 0o700
    import zlib

    for path in folder.iterdir():
        content = path.read_bytes()
        for start in range(min(len(content), 40)):
            try:
                content += zlib.decompress(content[start:])
                break
            except zlib.error:
                continue
        assert ADDRESS.encode() not in content and b"127.0.0.1" not in content


def test_error_page_tells_nothing(visitor: Client, world: World, monkeypatch, settings) -> None:
    assert not settings.DEBUG

    def broken(*args):
        secret_local = "mot-de-passe-local"  # noqa: F841
        raise RuntimeError("détail interne")

    monkeypatch.setattr("terreau.observe.api.visible_parties", broken)
    monkeypatch.setattr("terreau.observe.web.views.sources.reconcile", broken)
    for address in ("/sources/?q=mot-de-passe-adresse", "/api/v1/organisations?q=mot-de-passe-adresse"):
        answer = visitor.get(address)
        assert answer.status_code == 500
        for told in (
            "détail interne",
            "mot-de-passe",
            "Traceback",
            "RuntimeError",
            ".py",
            "SECRET",
            "Django",
        ):
            assert told not in answer.text, (address, told)
    assert "Le site a rencontré une erreur" in visitor.get("/sources/").text


def test_pages_say_neither_versions_nor_folders(visitor: Client, world: World) -> None:
    for address in ("/", "/rien/", "/mentions-legales/", "/compte/connexion/", "/api/v1/zzz", "/healthz"):
        answer = visitor.get(address)
        said = answer.text + str(answer.headers)
        assert (
            "Django" not in said and str(site_settings.DATA_DIR) not in said and "site-packages" not in said
        ), address


MAKE = "from django.conf import settings; print(settings.SECRET_KEY)"


def make_site_folder(folder: Path) -> str:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("TERREAU", "DJANGO"))
    }
    environment |= {"TERREAU_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "terreau.portal.settings"}
    done = subprocess.run(
        [sys.executable, "-c", MAKE], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_folder_of_the_site_is_closed_to_the_other_accounts_of_the_machine(tmp_path) -> None:
    """It holds addresses, sessions and codes: the database alone would open every account."""
    secret = make_site_folder(tmp_path / "a" / "var")
    assert len(secret) >= 50
    assert stat.S_IMODE((tmp_path / "a" / "var").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "a" / "var" / "secret_key").stat().st_mode) == 0o600
    assert make_site_folder(tmp_path / "a" / "var") == secret
