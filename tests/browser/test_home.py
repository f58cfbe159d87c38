"""« Où en est-on ? » on a phone, with no commitment, one, three and three hundred."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from terreau.commitments.actions import add_demonstration, load_programme
from terreau.commitments.models import Change, Commitment, Fulfilment
from tests.factories.register import fill

from .test_every_page import OVERFLOWING, WITH_AXE

PHONE = {**WITH_AXE, "viewport": {"width": 360, "height": 740}}


@pytest.fixture
def thirteen(world) -> None:
    file = Path(settings.SHIPPED_DATA) / "programmes" / "treize-propositions.toml"
    load_programme(content=file.read_bytes(), by=None)


@pytest.mark.parametrize("visitor", [PHONE], indirect=True, ids=[""])
@pytest.mark.parametrize("number", [0, 1, 3, 300])
def test_the_home_page_on_a_phone(visitor, thirteen, number: int) -> None:
    for model in (Change, Fulfilment, Commitment):  # those of the world
        model.objects.all().delete()
    fill(number)
    page = visitor.open("/")
    assert page.evaluate(OVERFLOWING) == []
    assert visitor.accessibility_violations() == []
    expect(page.locator(".propositions > li")).to_have_count(13)
    expect(page.get_by_role("link", name="Écrire le premier engagement")).to_have_count(0 if number else 1)
    assert page.locator(".standing li").count() <= 15
    assert page.evaluate("document.documentElement.scrollHeight") < 6000
    assert visitor.complaints == []


def test_what_is_secondary_is_folded_and_opens_with_the_keyboard(visitor, thirteen) -> None:
    page = visitor.open("/")
    loop = page.locator(".loop-rooms")
    expect(loop).to_be_hidden()
    page.get_by_text("La boucle", exact=False).first.focus()
    page.keyboard.press("Enter")
    expect(loop).to_be_visible()


def test_from_the_home_page_to_a_proposition_and_to_a_commitment(visitor, thirteen) -> None:
    add_demonstration(by=None)
    page = visitor.open("/")
    page.get_by_role("link", name="9. S’engager pour un territoire durable").click()
    expect(page.locator("h1")).to_contain_text("S’engager pour un territoire durable")
    page.get_by_role("link", name="Ouvrir des logements en habitat participatif").first.click()
    expect(page.locator("main")).to_contain_text("fictif")
    assert visitor.complaints == []


def test_one_box_searches_across_everything(visitor, thirteen) -> None:
    add_demonstration(by=None)
    page = visitor.open("/")
    page.get_by_label("Chercher", exact=True).fill("logement")
    page.get_by_role("button", name="Chercher", exact=True).click()
    expect(page.get_by_role("link", name="Ouvrir des logements en habitat participatif")).to_be_visible()
