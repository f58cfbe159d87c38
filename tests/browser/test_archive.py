"""An archive opened from the disk: no server, no request that fails, nothing in the console."""

import pytest
from playwright.sync_api import Browser, Page

from tests.portal.archive.made import Whole, whole_of_the_run

from .conftest import ALL_RULES, AXE

pytestmark = pytest.mark.django_db  # so that the tables are made

PLACE = "territoires/commune/99001/index.html"


@pytest.fixture(scope="module")
def whole(browser, django_db_setup, django_db_blocker, tmp_path_factory) -> Whole:
    return whole_of_the_run(django_db_blocker, tmp_path_factory)


class Reader:
    """``complaints``: what a page said or asked that it should not; only files may be read."""

    def __init__(self, page: Page, whole: Whole, runs_scripts: bool) -> None:
        self.page, self.root, self.runs_scripts = page, whole.folder.as_uri(), runs_scripts
        self.complaints: list[str] = []
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("requestfailed", self._on_failure)
        page.on("request", self._on_request)

    def _on_failure(self, request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the next page was asked before the icon of this one came
            self.complaints.append(f"failed: {request.url} {request.failure}")

    def _on_request(self, request) -> None:
        if not request.url.startswith((self.root, "data:")):
            self.complaints.append(f"asked: {request.url}")

    def open(self, file: str) -> Page:
        self.page.goto(f"{self.root}/{file}")
        return self.page


@pytest.fixture(params=[{"width": 1280}, {"width": 320}, {"width": 1280, "script": False}], ids=str)
def reader(request, browser: Browser, whole: Whole):
    options = request.param
    viewport, runs_scripts = {"width": options["width"], "height": 800}, options.get("script", True)
    context = browser.new_context(viewport=viewport, java_script_enabled=runs_scripts)
    context.set_default_timeout(10_000)
    yield Reader(context.new_page(), whole, runs_scripts)
    context.close()


@pytest.mark.parametrize("language", ["", "en/"])
@pytest.mark.parametrize("kind", ["home", "party", "place", "directory", "map", "dataset"])
def test_pages_open_from_the_disk(reader: Reader, whole: Whole, kind: str, language: str) -> None:
    files = {
        "home": "index.html",
        "party": f"acteurs/{whole.shown[0]}/index.html",
        "place": PLACE,
        "directory": "annuaire/page=2.html",
        "map": "carte/index.html",
        "dataset": "donnees/organisations/index.html",
    }
    page = reader.open(language + files[kind])
    assert page.locator("h1").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (
        page.locator("header.site-header").evaluate("e => getComputedStyle(e).borderBottomStyle") == "solid"
    )
    assert reader.complaints == []
    if AXE.exists() and reader.runs_scripts:  # axe is one
        page.evaluate(AXE.read_text())
        found = page.evaluate("tags => axe.run({runOnly: tags})", ALL_RULES)
        assert [(rule["id"], rule["nodes"][0]["target"]) for rule in found["violations"]] == []


def test_a_reader_goes_from_page_to_page(reader: Reader) -> None:
    page = reader.open("index.html")
    page.get_by_role("navigation").first.get_by_role("link", name="Annuaire").click()
    page.get_by_role("link", name="Page suivante").click()
    assert page.url.endswith("/annuaire/page=2.html")
    page.locator("ol.entries a").first.click()
    assert "/acteurs/" in page.url
    page.get_by_role("link", name="English").click()
    assert "/en/acteurs/" in page.url
    page.get_by_role("link", name="Terreau").first.click()
    assert page.url.endswith("/en/index.html")
    assert reader.complaints == []
