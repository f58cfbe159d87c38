"""A real browser on a real server, on loopback, with a small fictional region."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Error, Page, ViewportSize, sync_playwright

from terreau.observe.actions.changing import change_parties
from tests.factories import make_user
from tests.factories.world import World, make_world

FRONTEND = Path(__file__).resolve().parents[2] / "src" / "terreau" / "ui" / "frontend"
AXE = FRONTEND / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

WIDE: ViewportSize = {"width": 1280, "height": 900}
ALL_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium on the PATH, else the one that Playwright installed, else skip."""
    # While Playwright runs, Django sees an event loop in this thread and refuses its database; nothing is
    # asynchronous here, so it may go on.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            program = shutil.which("chromium") or shutil.which("chromium-browser")
            try:
                chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
            except Error as error:
                pytest.skip(f"no Chromium on this machine: {error.message.splitlines()[0]}")
            yield chromium
            chromium.close()
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def world(live_server) -> World:
    return make_corrected_world()


def make_corrected_world() -> World:
    """With a correction, so that pages of history have something to show."""
    made = make_world()
    party = made.parties[0]
    with change_parties(
        parties=[party.pk], verb="accept-correction", subject=f"party:{party.public_id}", by=None,
        credit="Une voisine fictive", reason="Vu sur place",
    ):  # fmt: skip
        made.source.records.filter(party=party, key="1").update(values={"name": party.name, "naf": "88.99B"})
        party.sites.update(address="12 rue Inventée")
    return made


def open_session(*roles: str) -> str:
    """The cookie of a new person with these roles; the session is made on the server, as after a code."""
    client = Client()
    client.force_login(make_user("", *roles))
    return client.cookies["sessionid"].value


class Visitor:
    """A person with a browser of her own. ``complaints`` gathers what must never happen on any page."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.context = context
        self.origin = origin
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self._on_request)
        for end in ("requestfinished", "requestfailed"):
            self.page.on(end, self._on_end_of_request)
        self._under_way = 0

    def _on_console(self, message) -> None:
        missing_page = "404 (Not Found)" in message.text and message.location.get("url") == self.page.url
        drawn_without_a_graphics_card = "GL Driver Message" in message.text
        if message.type in {"error", "warning"} and not missing_page and not drawn_without_a_graphics_card:
            self.complaints.append(f"console: {message.text} {message.location.get('url', '')}")

    def _on_request(self, request) -> None:
        self._under_way += 1
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.complaints.append(f"request to another server: {request.url}")

    def _on_end_of_request(self, request) -> None:
        self._under_way -= 1

    def settle(self) -> None:
        """Until the page has nothing left to do nor to ask for: late errors and requests are complaints too."""
        self.page.evaluate(AT_REST)
        if self._under_way:
            self.page.wait_for_load_state("networkidle")

    def open(self, address: str) -> Page:
        self.page.goto(self.origin + address)
        return self.page

    def sign_in(self, *roles: str) -> None:
        """As a new person with these roles."""
        self.take_session(open_session(*roles))

    def take_session(self, cookie: str) -> None:
        self.context.add_cookies([{"name": "sessionid", "value": cookie, "url": self.origin}])

    def accessibility_violations(self, rules: dict[str, Any] = ALL_RULES) -> list[str]:
        """What axe finds wrong, one line a rule and element; [] when nothing."""
        result = self.page.evaluate("rules => axe.run({runOnly: rules})", rules)
        return [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in result["violations"]
            for node in rule["nodes"]
        ]


AT_REST = (
    "() => new Promise(done => requestIdleCallback(() => requestAnimationFrame(() => setTimeout(done))))"
)


@pytest.fixture
def visitor(request: pytest.FixtureRequest, browser: Browser, live_server) -> Iterator[Visitor]:
    """Options of the browser may be given by ``@pytest.mark.parametrize("visitor", [{…}], indirect=True)``."""
    context = make_context(browser, **getattr(request, "param", {}))
    yield Visitor(context, live_server.url)
    context.close()


def make_context(browser: Browser, axe: bool = False, **options: Any) -> BrowserContext:
    if axe and not AXE.exists():
        pytest.skip("axe-core is not installed: make install")
    context = browser.new_context(**{"viewport": WIDE, "locale": "fr-FR", **options})
    context.set_default_timeout(10_000)
    if axe:
        context.add_init_script(path=AXE)  # through the debugging protocol: the site's own CSP stays in force
    return context
