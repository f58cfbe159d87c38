"""Pages in the region's own words, light or dark, errors, robots."""

from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client

from terreau.deliberate.web.asking import COOKIE
from terreau.portal.pages import PAGES, pages_to_write, render_markdown

pytestmark = pytest.mark.django_db

ADDRESSES = {
    "legal": "/mentions-legales/",
    "privacy": "/donnees-personnelles/",
    "accessibility": "/accessibilite/",
}


@pytest.fixture
def state(settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    (tmp_path / "pages").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", PAGES)
def test_a_page_not_yet_written_says_so_and_where_to_write(client: Client, state: Path, name: str) -> None:
    text = client.get(ADDRESSES[name]).text
    assert "Cette partie n’est pas encore remplie." in text
    assert f"pages/{name}.fr.md" in text
    assert str(state) not in text
    assert f"pages/{name}.fr.md" in pages_to_write()


@pytest.mark.parametrize("name", PAGES)
def test_the_region_writes_in_its_own_words(client: Client, state: Path, name: str) -> None:
    (state / "pages" / f"{name}.fr.md").write_text("# Éditeur\n\nLe réseau *fictif*.", encoding="utf-8")
    text = client.get(ADDRESSES[name]).text
    assert "<h2>Éditeur</h2>" in text
    assert "Le réseau <em>fictif</em>." in text
    assert "pas encore remplie" not in text
    assert text.count("<h1>") == 1
    assert f"pages/{name}.fr.md" not in pages_to_write()


def test_words_in_another_language_are_marked_as_such(client: Client, state: Path) -> None:
    (state / "pages" / "legal.fr.md").write_text("Le réseau fictif.", encoding="utf-8")
    assert '<div class="region-words" lang="fr">' in client.get("/en/mentions-legales/").text
    (state / "pages" / "legal.en.md").write_text("The fictional network.", encoding="utf-8")
    text = client.get("/en/mentions-legales/").text
    assert '<div class="region-words" lang="en">' in text
    assert "The fictional network." in text


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[lien](javascript:alert(1))",
        "[lien](data:text/html;base64,xxxx)",
        "![image](https://exemple.invalid/pixel.png)",
    ],
)
def test_words_cannot_carry_a_script_nor_an_image(attack: str) -> None:
    html = render_markdown(attack)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html


def test_what_the_software_knows_of_itself_stays_beside_the_words(client: Client, state: Path) -> None:
    (state / "pages" / "privacy.fr.md").write_text("Écrivez-nous.", encoding="utf-8")
    text = client.get("/donnees-personnelles/").text
    for cookie in ("sessionid", "csrftoken", "messages", "theme", COOKIE):
        assert f"<code>{cookie}</code>" in text


def test_what_is_kept_of_who_takes_part_follows_or_comes_to_a_workshop_is_told(client: Client) -> None:
    text = client.get("/donnees-personnelles/").text
    for title in (
        "Si vous prenez part à une démarche",
        "Si vous suivez une démarche par e-mail",
        "Si vous venez à un atelier",
    ):
        assert f"<h3>{title}</h3>" in text


def test_the_address_of_the_code_is_a_setting(client: Client, settings) -> None:
    assert "TERREAU_SOURCE_CODE" in client.get("/mentions-legales/").text
    settings.SOURCE_CODE = "https://exemple.invalid/code"
    assert 'href="https://exemple.invalid/code"' in client.get("/mentions-legales/").text


def test_reading_a_page_sets_no_cookie(client: Client) -> None:
    for address in ("/", "/en/", *ADDRESSES.values()):
        assert client.get(address).cookies == {}


def test_a_theme_is_kept_and_forgotten(client: Client) -> None:
    answer = client.post("/apparence/", {"theme": "dark", "next": "/accessibilite/?a=1"})
    assert answer.headers["Location"] == "/accessibilite/?a=1"
    assert 'data-theme="dark"' in client.get("/").text
    client.post("/apparence/", {"theme": ""})
    assert "data-theme" not in client.get("/").text


@pytest.mark.parametrize(
    "next_page", ["https://ailleurs.invalid/", "//ailleurs.invalid/", "", "javascript:x"]
)
def test_choosing_a_theme_never_leads_elsewhere(client: Client, next_page: str) -> None:
    answer = client.post("/apparence/", {"theme": "dark", "next": next_page})
    assert answer.headers["Location"] == "/"


def test_an_unknown_theme_is_not_written_in_the_page(client: Client) -> None:
    client.cookies["theme"] = '"><script>'
    assert "<script" not in client.get("/").text
    assert client.post("/apparence/", {"theme": "rose"}).cookies["theme"].value == ""


def test_choosing_a_theme_is_a_post(client: Client) -> None:
    assert client.get("/apparence/").status_code == 405


def test_a_missing_page_is_in_our_theme(client: Client) -> None:
    answer = client.get("/nulle-part/")
    assert answer.status_code == 404
    assert "Cette page n’existe pas" in answer.text
    assert 'class="site-navigation"' in answer.text


def test_a_bad_request_is_in_our_theme(client: Client) -> None:
    answer = client.get("/", headers={"host": "pirate.invalid"})
    assert answer.status_code == 400
    assert "Le site n’a pas compris la demande" in answer.text


def test_an_error_page_asks_nothing_of_the_database(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        for template in ("500.html", "400.html", "403_csrf.html"):
            assert '<main id="main"' in render_to_string(template)


def test_an_error_is_shown_in_our_theme(client: Client, monkeypatch) -> None:
    def fail() -> None:
        raise RuntimeError("essai")

    monkeypatch.setattr("terreau.portal.web.views.home_figures", fail)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "Le site a rencontré une erreur" in answer.text
    assert "RuntimeError" not in answer.text


def test_robots(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "Disallow: /compte/" in answer.text
