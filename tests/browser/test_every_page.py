"""Rules that hold on every page of the list, whoever wrote it."""

import pytest
from playwright.sync_api import expect

from terreau.portal.permissions import ROUTES

from .pages import NOT_PAGES, PAGES, PageAddress

WITH_AXE = {"axe": True, "reduced_motion": "reduce"}  # else axe measures a colour half way to another
NO_SCRIPT = {"java_script_enabled": False}
OVERFLOWING = """() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    return [...document.querySelectorAll("body *")]
        .filter(element => element.getBoundingClientRect().right > innerWidth + 1)
        .map(element => element.outerHTML.slice(0, 120));
}"""


def visit(visitor, page: PageAddress):
    if page.role:
        visitor.sign_in(page.role)
    return visitor.open(page.address)


@pytest.mark.parametrize("visitor", [WITH_AXE], indirect=True, ids=[""])
@pytest.mark.parametrize("page", PAGES, ids=str)
def test_accessible_light_and_dark_within_320_pixels_and_without_error(
    visitor, world, page: PageAddress
) -> None:
    """No violation that axe sees, nothing wider than the screen, no error, no request to another server."""
    opened = visit(visitor, page)
    opened.wait_for_load_state("networkidle")
    faults = {}
    for colours in ("light", "dark"):
        opened.emulate_media(color_scheme=colours)
        faults[colours] = visitor.accessibility_violations()
    opened.set_viewport_size({"width": 320, "height": 640})
    faults["wider than 320 pixels"] = opened.evaluate(OVERFLOWING)
    faults["errors and requests"] = visitor.complaints
    assert {name: found for name, found in faults.items() if found} == {}


@pytest.mark.parametrize("visitor", [NO_SCRIPT], indirect=True, ids=[""])
@pytest.mark.parametrize("page", PAGES, ids=str)
def test_readable_without_javascript(visitor, world, page: PageAddress) -> None:
    opened = visit(visitor, page)
    expect(opened.locator("h1")).to_have_count(1)
    expect(opened.locator("h1")).to_be_visible()
    assert len(opened.locator("main").inner_text()) > 40
    assert opened.title().count("·") >= 1
    assert not opened.title().startswith(" ·"), "each page has a title of its own"


def test_every_public_page_is_in_the_list() -> None:
    listed = {page.name for page in PAGES}
    readable = {name for name, access in ROUTES.items() if access.read and not name.startswith("api:")}
    assert readable - listed - NOT_PAGES == set()
