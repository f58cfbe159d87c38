"""From the proof to a contested practice, in a browser without JavaScript; and the custodian's own page."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from terreau.commons.models import Party, User
from terreau.observe.models import Contradiction, Practice
from tests.factories import make_record
from tests.factories.world import A_KEY
from tests.observe.test_rules import speak_for

from .test_every_page import OVERFLOWING, WITH_AXE


@pytest.mark.parametrize("visitor", [{"java_script_enabled": False}], indirect=True)
def test_claimed_declared_and_contested(visitor, world) -> None:
    party = world.parties[1]
    Party.objects.filter(pk=party.pk).update(website="https://www.epicerie-fictive.fr/")
    make_record(party, world.source, values={"website": "https://www.epicerie-fictive.fr/"})
    visitor.sign_in()
    page = visitor.open(f"/acteurs/{party.public_id}/")
    page.get_by_role("link", name="Parler pour cette organisation").click()
    page.get_by_label("Adresse e-mail de l’organisation").fill("nous@epicerie-fictive.fr")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Le code part vers")).to_be_visible()
    found = re.search(r"\d{4}-\d{4}", str(mail.outbox[-1].body))
    assert found
    page.get_by_label("Code reçu").fill(found.group())
    page.keyboard.press("Enter")
    expect(page.get_by_text("Vous parlez désormais")).to_be_visible()

    page.locator(f"main a[href='/acteurs/{party.public_id}/pratiques/']").click()
    page.get_by_label("Thème").select_option(label="environnement")
    page.get_by_label("Ce que vous faites").fill("Tout est composté.")
    page.get_by_role("button", name="Déclarer", exact=True).click()
    practice = Practice.objects.get(text="Tout est composté.")

    visitor.context.clear_cookies()
    page = visitor.open(f"/acteurs/{party.public_id}/")
    expect(page.get_by_text("Tout est composté.")).to_be_visible()
    page.get_by_role("link", name="Contester : environnement").click()
    page.get_by_label("Ce qui n’est pas exact").fill("Pas le marc.")
    page.get_by_label("D’où vous le savez").fill("Bilan fictif, page 3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Contestation reçue")).to_be_visible()
    assert Contradiction.objects.get(practice=practice).reason == "Pas le marc."
    page = visitor.open(f"/acteurs/{party.public_id}/")
    expect(page.get_by_text("Contestée, en examen", exact=True)).to_be_visible()
    expect(page.get_by_text("Pas le marc.")).to_have_count(0)


@pytest.mark.parametrize("visitor", [WITH_AXE], indirect=True, ids=[""])
def test_own_pages_of_a_custodian_are_accessible_within_320_pixels(visitor, world) -> None:
    party = world.parties[0]
    visitor.sign_in("steward")
    page = visitor.open(f"/referents/{A_KEY}/lettre/")
    page.get_by_role("button", name="Faire la lettre").click()
    faults = {"letter": visitor.accessibility_violations() + page.evaluate(OVERFLOWING)}
    speak_for(party, User.objects.latest("pk"))
    for address in (
        f"/acteurs/{party.public_id}/pratiques/",
        f"/acteurs/{party.public_id}/referent/",
        "/referents/",
        "/compte/",
    ):
        visitor.open(address)
        faults[address] = visitor.accessibility_violations()
        page.set_viewport_size({"width": 320, "height": 640})
        faults[address] += page.evaluate(OVERFLOWING)
    assert {name: found for name, found in faults.items() if found} == {}
