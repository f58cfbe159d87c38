"""What surrounds every page: skip link, languages, light and dark, print."""

import pytest
from playwright.sync_api import expect

from terreau.commons.models import Place


def test_the_first_key_leads_to_the_content(visitor, world) -> None:
    page = visitor.open("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_focused_link_has_a_visible_ring(visitor, world) -> None:
    page = visitor.open("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    outline = page.evaluate("() => getComputedStyle(document.activeElement).outline")
    assert "solid 3px" in outline


def test_the_other_language_shows_the_same_page(visitor, world) -> None:
    page = visitor.open("/donnees-personnelles/?essai=1")
    page.get_by_role("link", name="English").click()
    assert page.url.endswith("/en/donnees-personnelles/?essai=1")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("link", name="Français").click()
    assert page.url.endswith("/donnees-personnelles/?essai=1")
    assert "/en/" not in page.url


LINES = (
    "where => new Set([...document.querySelectorAll(where)].map(one => one.getBoundingClientRect().top)).size"
)
ROOMS, TOOLS = ".site-navigation li", ".site-tools li"


def test_the_rooms_are_on_one_line(visitor, world) -> None:
    Place.objects.filter(zoning="region").update(name="Provence-Alpes-Côte d’Azur")
    page = visitor.open("/")
    assert page.evaluate(LINES, f"{ROOMS}, {TOOLS}") == 1
    visitor.sign_in("steward")  # her address is long
    page = visitor.open("/")
    assert page.evaluate(LINES, ROOMS) == 1
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(LINES, ROOMS) == 2


GROUND = "() => getComputedStyle(document.documentElement).backgroundColor"


@pytest.mark.parametrize("visitor", [{"color_scheme": "light"}], indirect=True)
def test_light_or_dark_can_be_chosen_and_stays(visitor, world) -> None:
    page = visitor.open("/accessibilite/")
    light = page.evaluate(GROUND)
    page.get_by_role("button", name="Sombre").click()
    assert page.url.endswith("/accessibilite/")
    dark = page.evaluate(GROUND)
    assert dark != light
    visitor.open("/")
    assert page.evaluate(GROUND) == dark
    expect(page.get_by_role("button", name="Sombre")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Comme l’appareil").click()
    assert page.evaluate(GROUND) == light
    assert visitor.context.cookies() == []


def test_reading_leaves_no_cookie(visitor, world) -> None:
    for address in ("/", "/en/", "/mentions-legales/"):
        visitor.open(address)
    assert visitor.context.cookies() == []


def test_paper_shows_the_content_without_the_navigation(visitor, world) -> None:
    page = visitor.open("/")
    page.emulate_media(media="print")
    expect(page.locator(".site-navigation")).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("() => getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"


def test_the_home_page_leads_to_the_directory_and_to_a_place(visitor, world) -> None:
    page = visitor.open("/")
    page.get_by_label("Chercher", exact=True).fill("épicerie")
    page.get_by_role("button", name="Chercher", exact=True).click()
    expect(page.get_by_role("link", name="Épicerie fictive n° 1")).to_be_visible()
    visitor.open("/")
    page.get_by_label("Près de chez moi").fill("99003")
    page.get_by_role("button", name="Y aller").click()
    expect(page.locator("main")).to_contain_text("Fictive-sur-Loire 3")
    assert visitor.complaints == []
