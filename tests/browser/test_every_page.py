"""Rules that hold on every page of the list, whoever wrote it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from terreau.portal.permissions import ROUTES
from tests.factories.deliberation import let_facilitators_act

from .conftest import ALL_RULES, WIDE, Visitor, make_context, make_corrected_world, open_session
from .pages import NOT_PAGES, PAGES, PageAddress

pytestmark = pytest.mark.django_db  # so that the tables are made

WITH_AXE = {"axe": True, "reduced_motion": "reduce"}  # else axe measures a colour half way to another
# The dark theme gives other colours and nothing else, says tests/ui/test_theme.py.
RULES_OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
NO_SCRIPT = {"java_script_enabled": False}
OVERFLOWING = """() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    return [...document.querySelectorAll("body *")]
        .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
        .map(element => element.outerHTML.slice(0, 120));
}"""


@dataclass(frozen=True)
class OpenSite:
    origin: str
    sessions: dict[str, str]  # role → cookie of somebody who has it


@pytest.fixture(scope="module")
def open_site(django_db_setup, django_db_blocker) -> Iterator[OpenSite]:
    """A site that these tests only read: ``live_server`` would empty it after each of them."""
    with django_db_blocker.unblock():
        make_corrected_world()
        sessions = {role: open_session(role) for role in {page.role for page in PAGES} - {""}}
        let_facilitators_act()
        server = LiveServer("localhost")
        with override_settings(ALLOWED_HOSTS=["localhost"]):
            yield OpenSite(server.url, sessions)
        server.stop()
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)


@pytest.fixture(scope="module")
def tab(request: pytest.FixtureRequest, browser, open_site: OpenSite) -> Iterator[Visitor]:
    """One for all pages: a new one starts a process of the browser, which costs as much as a page."""
    context = make_context(browser, **request.param)
    yield Visitor(context, open_site.origin)
    context.close()


@pytest.fixture
def visitor(tab: Visitor) -> Visitor:
    """Somebody new in the same tab: no cookie, no complaint of the one before, in a wide window."""
    tab.context.clear_cookies()
    tab.page.set_viewport_size(WIDE)
    tab.complaints.clear()
    return tab


def visit(visitor: Visitor, open_site: OpenSite, page: PageAddress) -> Page:
    if page.role:
        visitor.take_session(open_site.sessions[page.role])
    return visitor.open(page.address)


@pytest.mark.parametrize("tab", [WITH_AXE], indirect=True, ids=[""])
@pytest.mark.parametrize("page", PAGES, ids=str)
def test_accessible_light_and_dark_within_320_pixels_and_without_error(
    visitor, open_site, page: PageAddress
) -> None:
    """No violation that axe sees, nothing wider than the screen, no error, no request to another server."""
    opened = visit(visitor, open_site, page)
    if opened.locator("script[src]").count():  # only a script brings content after the page is loaded
        opened.wait_for_load_state("networkidle")
    faults = {}
    for colours, rules in (("light", ALL_RULES), ("dark", RULES_OF_COLOURS)):
        opened.emulate_media(color_scheme=colours)
        faults[colours] = visitor.accessibility_violations(rules)
    visitor.settle()
    opened.set_viewport_size({"width": 320, "height": 640})
    faults["wider than 320 pixels"] = opened.evaluate(OVERFLOWING)
    faults["errors and requests"] = visitor.complaints
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("tab", [NO_SCRIPT], indirect=True, ids=[""])
@pytest.mark.parametrize("page", PAGES, ids=str)
def test_readable_without_javascript(visitor, open_site, page: PageAddress) -> None:
    opened = visit(visitor, open_site, page)
    expect(opened.locator("h1")).to_have_count(1)
    expect(opened.locator("h1")).to_be_visible()
    assert len(opened.locator("main").inner_text()) > 40
    assert opened.title().count("·") >= 1
    assert not opened.title().startswith(" ·"), "each page has a title of its own"


def test_every_public_page_is_in_the_list() -> None:
    listed = {page.name for page in PAGES}
    readable = {name for name, access in ROUTES.items() if access.read and not name.startswith("api:")}
    assert readable - listed - NOT_PAGES == set()
