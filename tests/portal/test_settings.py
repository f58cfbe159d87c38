"""Settings: the reference page names each, and what they give together."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

SETTINGS = REPOSITORY / "src" / "terreau" / "portal" / "settings.py"
REFERENCE = REPOSITORY / "docs" / "reference" / "settings.md"
NAME = r"(TERREAU_[A-Z_]+|DATABASE_URL)"


def test_reference_lists_every_variable_and_no_other():
    read = set(re.findall(rf'"{NAME}"', SETTINGS.read_text()))
    listed = set(re.findall(rf"^\| `{NAME}` \|", REFERENCE.read_text(), re.M))
    assert "TERREAU_DATA" in read
    assert read == listed


def test_documents_name_only_variables_that_exist():
    known = set(re.findall(NAME, SETTINGS.read_text()))
    pages = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"), *REPOSITORY.glob("deploy/*")]
    for page in pages:
        assert set(re.findall(NAME, page.read_text())) <= known, page.name


def read_settings(folder: Path, *names: str, **variables: str) -> dict:
    """What Django would be told, in a process of its own."""
    script = (
        "import json, sys; from django.conf import settings as s;"
        "print(json.dumps({n: getattr(s, n) for n in sys.argv[1:]}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *names],
        env={"TERREAU_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "terreau.portal.settings", **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_https_address_secures_cookies_and_keeps_browsers_encrypted(tmp_path):
    found = read_settings(
        tmp_path,
        *("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT"),
        TERREAU_SITE_ADDRESS="https://terreau.exemple/",
        TERREAU_PROXIES="1",
    )
    assert found == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_SSL_REDIRECT": True,
    }


def test_without_address_nothing_pretends_to_be_encrypted(tmp_path):
    found = read_settings(
        tmp_path,
        "SESSION_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "SECURE_SSL_REDIRECT",
        "SECURE_PROXY_SSL_HEADER",
    )
    assert found == {
        "SESSION_COOKIE_SECURE": False,
        "SECURE_HSTS_SECONDS": 0,
        "SECURE_SSL_REDIRECT": False,
        "SECURE_PROXY_SSL_HEADER": None,
    }


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", ("console", "localhost", 25, "", "", False, False)),
        ("smtp://relais.exemple", ("smtp", "relais.exemple", 25, "", "", False, False)),
        ("smtp+tls://u:p%40ss@h.exemple:587", ("smtp", "h.exemple", 587, "u", "p@ss", True, False)),
        ("smtps://u:p@h.exemple:465", ("smtp", "h.exemple", 465, "u", "p", False, True)),
    ],
)
def test_mail_server_comes_from_one_address(tmp_path, url, expected):
    names = ("EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD")
    found = read_settings(tmp_path, *names, "EMAIL_USE_TLS", "EMAIL_USE_SSL", TERREAU_SMTP_URL=url)
    backend, *rest = found.values()
    assert (backend.split(".")[-2], *rest) == expected


def test_secret_key_is_made_once_and_kept_from_others(tmp_path):
    first = read_settings(tmp_path, "SECRET_KEY")
    assert read_settings(tmp_path, "SECRET_KEY") == first and len(first["SECRET_KEY"]) > 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_forwarded_headers_are_not_believed_without_a_proxy(client, settings, db):
    """A visitor who writes her own X-Forwarded-For does not become somebody else."""
    from allauth.account.adapter import get_adapter
    from django.test import RequestFactory

    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.7")
    assert get_adapter().get_client_ip(request) == "127.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert get_adapter().get_client_ip(request).strip() == "198.51.100.7"


def test_pages_carry_their_security_headers(client, db):
    page = client.get("/compte/connexion/")
    assert page["X-Frame-Options"] == "DENY" and page["X-Content-Type-Options"] == "nosniff"
    assert page["Referrer-Policy"] == "same-origin"
    assert "default-src 'self'" in page["Content-Security-Policy"]


def test_django_finds_nothing_to_say_of_a_public_site(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env={
            "TERREAU_DATA": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "terreau.portal.settings",
            "TERREAU_SITE_ADDRESS": "https://terreau.exemple",
            "TERREAU_HOSTS": "terreau.exemple",
            "TERREAU_PROXIES": "1",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
