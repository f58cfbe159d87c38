"""The whole: every page is there and every link leads to a file, nothing masked, all or nothing, same bytes."""

import json
import re
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

import pytest

from terreau.lake.dump import DumpError
from terreau.observe.actions.refreshing import refresh_published
from terreau.portal.archive import write_archive

from .made import DAY, SITE

pytestmark = pytest.mark.django_db


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def pages(folder: Path) -> dict[str, Tags]:
    return {name: Tags(body.decode()) for name, body in files(folder).items() if name.endswith(".html")}


def broken_links(folder: Path) -> list[str]:
    broken = []
    for name, page in pages(folder).items():
        links = [
            link
            for _tag, attrs in page.found
            for key in ("href", "src")
            if (link := attrs.get(key)) is not None
        ]
        for link in links:
            parts = urlsplit(link)
            target = (folder / name).parent / unquote(parts.path) if parts.path else folder / name
            if not parts.scheme and (parts.netloc or not target.is_file()):
                broken.append(f"{name} → {link}")
    return broken


def test_every_link_leads_to_a_file(whole) -> None:
    assert len(pages(whole.folder)) > 150
    assert broken_links(whole.folder) == []


def test_every_public_page_is_there_in_both_languages(whole) -> None:
    expected = {f"acteurs/{key}/index.html" for key in whole.shown}
    expected |= {f"territoires/{place}/index.html" for place in whole.places}
    for name in ("", "annuaire/", "carte/", "territoires/", "sources/", "sources/monde/", "donnees/", "licences/",
                 "donnees/organisations/", "contenus-finances/", "perimetre-ess/", "mentions-legales/",
                 "donnees-personnelles/", "accessibilite/"):  # fmt: skip
        expected.add(f"{name}index.html")
    expected.add("annuaire/page=2.html")
    there = set(files(whole.folder))
    assert (expected | {f"en/{name}" for name in expected}) - there == set()
    assert {"donnees/organisations.csv", "donnees/organisations.parquet", "donnees/catalogue.jsonld"} <= there
    assert [name for name in there if name.startswith("en/donnees/") and not name.endswith(".html")] == []


def test_nothing_masked_is_in_any_file(whole) -> None:
    key, name = whole.masked
    secrets = [key.encode(), name.encode(), json.dumps(name)[1:-1].encode()]
    content = files(whole.folder)
    assert [file for file, body in content.items() if any(secret in body for secret in secrets)] == []
    assert sum(whole.shown[0].encode() in body for body in content.values()) > 2  # the search can find


def test_no_page_asks_for_anything_of_a_server(whole) -> None:
    for name, page in pages(whole.folder).items():
        scripts = [attrs.get("type") for tag, attrs in page.found if tag == "script"]
        assert set(scripts) <= {"application/ld+json"}, name
        assert not {"form", "noscript", "iframe"} & {tag for tag, _attrs in page.found}, name
        assert [attrs for _tag, attrs in page.found if "data-live" in attrs] == [], name


def test_each_page_says_what_it_is_and_whom_to_credit(whole) -> None:
    for name in pages(whole.folder):
        text = (whole.folder / name).read_text()
        assert text.count('<aside class="container"') == 1, name
        assert "Liste fictive des acteurs" in text, name
    assert "figée au 24 novembre 2026" in (whole.folder / "index.html").read_text()
    searched = (whole.folder / "annuaire/index.html").read_text()
    assert searched.count("Cette archive est figée") == 1
    assert f'<a href="{SITE}/annuaire/">' in searched


def test_the_manifest_vouches_for_every_file(whole) -> None:
    content = files(whole.folder)
    manifest = json.loads(content.pop("manifest.json"))
    assert (manifest["date"], manifest["site"], manifest["languages"]) == ("2026-11-24", SITE, ["fr", "en"])
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == {
        name: sha256(body).hexdigest() for name, body in content.items()
    }


def test_what_is_not_in_the_archive_leads_to_the_site(whole) -> None:
    page = (whole.folder / "territoires/commune/99001/index.html").read_text()
    assert f'<a href="{SITE}/autour/?commune=99001">' in page


def test_without_an_address_it_is_plain_text(archived) -> None:
    folder = archived("archive", "fr", "en")
    page = (folder / "territoires/commune/99001/index.html").read_text()
    assert re.search(r"<a>[^<]*30.km", page) and SITE.partition("//")[2] not in page
    assert broken_links(folder) == []


def test_one_language_leads_to_the_other_on_the_site(archived, settings) -> None:
    settings.SITE_ADDRESS = SITE
    french = archived("french", "fr")
    assert not (french / "en").exists()
    assert f'href="{SITE}/en/annuaire/"' in (french / "annuaire/index.html").read_text()
    english = archived("english", "en")
    assert '<a href="en/index.html">' in (english / "index.html").read_text()
    assert broken_links(english) == []


def test_the_same_content_gives_the_same_bytes_in_a_folder_and_in_one_file(archived, tmp_path) -> None:
    folder = archived("one", "fr")
    archived("two.zip", "fr")
    with ZipFile(tmp_path / "two.zip") as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == files(folder)


def test_a_folder_that_holds_something_is_refused(archived, tmp_path) -> None:
    (tmp_path / "plein").mkdir()
    (tmp_path / "plein" / "mien").write_text("à moi")
    with pytest.raises(DumpError, match="existe déjà"):
        archived("plein", "fr")
    assert files(tmp_path / "plein") == {"mien": "à moi".encode()}


def test_interrupted_it_leaves_nothing(served, tmp_path) -> None:
    def interrupt(pages: int) -> None:
        assert list(tmp_path.glob(".archive.part/*"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_archive(tmp_path / "archive", languages=("fr", "en"), on=DAY, tell=interrupt)
    assert {path.name for path in tmp_path.iterdir()} <= {"var"}


def test_data_that_change_meanwhile_leave_nothing(served, settings, tmp_path) -> None:
    """A harvest that publishes while pages are read: they would not go together."""
    with pytest.raises(DumpError, match="ont changé"):
        write_archive(
            tmp_path / "archive",
            languages=("fr", "en"),
            on=DAY,
            tell=lambda pages: refresh_published(by=None),
        )
    assert {path.name for path in tmp_path.iterdir()} <= {"var"}


def test_a_site_that_does_not_answer_is_not_archived(archived, settings, tmp_path) -> None:
    settings.ALLOWED_HOSTS, settings.SITE_ADDRESS = ["autre.invalid"], SITE
    with pytest.raises(DumpError, match="400"):
        archived("archive", "fr")
    assert {path.name for path in tmp_path.iterdir()} <= {"var"}
