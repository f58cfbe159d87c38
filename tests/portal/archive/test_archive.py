"""The whole: every page is there and every link leads to a file, nothing masked, all or nothing, same bytes."""

import json
import re
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

import pytest

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Place
from terreau.lake.dump import DumpError
from terreau.portal.archive import write_archive
from terreau.portal.archive.scope import NEEDS_SERVER, QUERIES
from terreau.portal.permissions import PUBLIC_PAGE, ROUTES

from .conftest import DAY, SITE


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


@pytest.mark.parametrize("site", ["known", "unknown"])
def test_every_link_leads_to_a_file(request, archived, site: str) -> None:
    if site == "known":
        request.getfixturevalue("address")
    folder = archived()
    assert len(pages(folder)) > 150
    assert broken_links(folder) == []


def test_every_public_page_is_there_in_both_languages(archived, served, address) -> None:
    folder = archived()
    shown = Party.objects.exclude(diffusion=Diffusion.MASKED)
    expected = {f"acteurs/{key}/index.html" for key in shown.values_list("public_id", flat=True)}
    expected |= {
        f"territoires/{place.zoning_id}/{place.code}/index.html"
        for place in Place.objects.filter(communes_in_region__gt=0)
    }
    for name in ("", "annuaire/", "carte/", "territoires/", "sources/", "sources/monde/", "donnees/", "licences/",
                 "donnees/organisations/", "contenus-finances/", "perimetre-ess/", "mentions-legales/",
                 "donnees-personnelles/", "accessibilite/"):  # fmt: skip
        expected.add(f"{name}index.html")
    expected.add("annuaire/page=2.html")
    there = set(files(folder))
    assert (expected | {f"en/{name}" for name in expected}) - there == set()
    assert {"donnees/organisations.csv", "donnees/organisations.parquet", "donnees/catalogue.jsonld"} <= there
    assert not [name for name in there if name.startswith("en/donnees/") and not name.endswith(".html")]


def test_nothing_masked_is_in_any_file(archived, served, address) -> None:
    masked = Party.objects.get(diffusion=Diffusion.MASKED)
    secrets = [masked.public_id.encode(), masked.name.encode(), json.dumps(masked.name)[1:-1].encode()]
    shown = served.parties[0]
    content = files(archived())
    assert [name for name, body in content.items() if any(secret in body for secret in secrets)] == []
    assert any(shown.name.encode() in body for body in content.values())  # the search can find


def test_no_page_asks_for_anything_of_a_server(archived) -> None:
    for name, page in pages(archived("archive", ("fr",))).items():
        tags = [tag for tag, _attrs in page.found]
        assert not {"form", "script", "noscript", "iframe"} & set(tags), name
        assert not [attrs for _tag, attrs in page.found if "data-live" in attrs], name


def test_each_page_says_what_it_is_and_whom_to_credit(archived, address) -> None:
    folder = archived()
    for name in pages(folder):
        text = (folder / name).read_text()
        assert text.count('<aside class="container note"') == 1, name
        assert "Liste fictive des acteurs" in text, name
    assert "figée au 24 novembre 2026" in (folder / "index.html").read_text()
    searched = (folder / "annuaire/index.html").read_text()
    assert searched.count("Cette archive est figée") == 1
    assert f'<a href="{SITE}/annuaire/">' in searched


def test_what_is_not_in_the_archive_leads_to_the_site_or_nowhere(archived, served, request) -> None:
    place = "territoires/commune/99001/index.html"
    apart = (archived("apart", ("fr",)) / place).read_text()
    assert re.search(r"<a>[^<]*30.km", apart) and "localhost" not in apart
    request.getfixturevalue("address")
    assert f'<a href="{SITE}/autour/?commune=99001">' in (archived("known", ("fr",)) / place).read_text()


def test_one_language_leads_to_the_other_on_the_site(archived, address) -> None:
    french = archived("french", ("fr",))
    assert not (french / "en").exists()
    assert f'href="{SITE}/en/annuaire/"' in (french / "annuaire/index.html").read_text()
    english = archived("english", ("en",))
    assert '<a href="en/index.html">' in (english / "index.html").read_text()
    assert broken_links(english) == []


def test_the_same_content_gives_the_same_bytes(archived, address) -> None:
    assert files(archived("one", ("en",))) == files(archived("two", ("en",)))


def test_the_manifest_vouches_for_every_file(archived, address) -> None:
    content = files(archived())
    manifest = json.loads(content.pop("manifest.json"))
    assert (
        manifest["date"] == "2026-11-24"
        and manifest["site"] == SITE
        and manifest["languages"] == ["fr", "en"]
    )
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == {
        name: sha256(body).hexdigest() for name, body in content.items()
    }


def test_one_file_holds_the_same(archived, served, tmp_path) -> None:
    folder = archived("archive", ("fr",))
    write_archive(tmp_path / "archive.zip", languages=("fr",), on=DAY)
    with ZipFile(tmp_path / "archive.zip") as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == files(folder)


def test_a_folder_that_holds_something_is_refused(served, tmp_path) -> None:
    (tmp_path / "plein").mkdir()
    (tmp_path / "plein" / "mien").write_text("à moi")
    with pytest.raises(DumpError, match="existe déjà"):
        write_archive(tmp_path / "plein", languages=("fr",), on=DAY)
    assert files(tmp_path / "plein") == {"mien": "à moi".encode()}


def test_interrupted_it_leaves_nothing(served, tmp_path) -> None:
    def interrupt(pages: int) -> None:
        assert list(tmp_path.glob(".archive.part/*"))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_archive(tmp_path / "archive", languages=("fr", "en"), on=DAY, tell=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["var"]


def test_a_site_that_does_not_answer_is_not_archived(served, settings, tmp_path) -> None:
    settings.SITE_ADDRESS = SITE  # a name that it refuses
    with pytest.raises(DumpError, match="400"):
        write_archive(tmp_path / "archive", languages=("fr",), on=DAY)
    assert [path.name for path in tmp_path.iterdir()] == ["var"]


def test_the_scope_names_public_pages_only() -> None:
    assert [route for route in (*NEEDS_SERVER, *QUERIES) if ROUTES.get(route) != PUBLIC_PAGE] == []
