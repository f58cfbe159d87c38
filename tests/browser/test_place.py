"""The page of a territory: long sections are folded on a phone, open on wide screens and on paper, without a script."""

import pytest
from playwright.sync_api import expect

PHONE = {"java_script_enabled": False, "viewport": {"width": 360, "height": 740}, "is_mobile": True}
PLACE = "/territoires/commune/99001/"


@pytest.mark.parametrize("visitor", [PHONE], indirect=True)
def test_on_a_phone_sections_wait_under_their_headings(visitor, world) -> None:
    page = visitor.open(PLACE)
    figures = page.locator("section", has=page.get_by_role("heading", name="Chiffres"))
    expect(figures.get_by_role("table").first).to_be_hidden()
    folded = page.evaluate("document.documentElement.scrollHeight")
    for summary in page.locator(".fold > summary").all():
        expect(summary).to_be_visible()
        summary.click()
    expect(figures.get_by_role("table").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") > 1.5 * folded
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_on_a_wide_screen_and_on_paper_they_are_open(visitor, world) -> None:
    page = visitor.open(PLACE)
    for media in ("screen", "print"):
        page.emulate_media(media=media)
        if media == "print":
            page.set_viewport_size({"width": 700, "height": 900})
        for fold in page.locator(".fold").all():
            expect(fold.locator("> summary")).to_be_hidden()
            expect(fold.locator("> :not(summary)").first).to_be_visible()
