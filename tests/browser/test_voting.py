"""Somebody votes on a phone, without JavaScript: reads, presses, comes back, changes her mind."""

import pytest
from playwright.sync_api import expect

from terreau.deliberate.actions.sheets import sheet_secret
from terreau.deliberate.models import Participant, Vote
from tests.factories.deliberate import make_process, make_statement

PHONE = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}


@pytest.mark.parametrize("visitor", [PHONE], indirect=True)
def test_a_person_votes_on_a_phone_without_javascript(visitor) -> None:
    process = make_process(slug="halle", title="Que faire de la halle fictive ?", asks_at_a_time=2)
    for number in range(3):
        make_statement(process, f"La halle fictive reste ouverte jusqu’à {20 + number} heures.")
    page = visitor.open("/demarches/halle/avis/")
    for name in ("D’accord", "Pas d’accord"):
        button = page.get_by_role("button", name=name, exact=True)
        box = button.bounding_box()
        assert (
            box is not None and box["height"] >= 44 and box["y"] + box["height"] <= 740
        )  # seen without scrolling
        button.click()
    expect(page.get_by_role("heading", name="Merci. On continue ?")).to_be_visible()
    page.get_by_role("button", name="Encore quelques-unes").click()
    page.get_by_role("button", name="Je passe").click()
    expect(page.get_by_text("Vous avez répondu à tout")).to_be_visible()
    assert sorted(Vote.objects.values_list("value", flat=True)) == [-1, 0, 1]
    page.get_by_role("link", name="Revoir mes avis").click()
    page.get_by_role("listitem").filter(has_text="20 heures").get_by_role("button", name="Je passe").click()
    page.get_by_role("link", name="Affirmations").first.click()
    page.get_by_role("button", name="Proposer une affirmation").click()
    page.get_by_label("Votre affirmation").fill("LA HALLE  fictive reste ouverte jusqu'à 20 heures")
    page.get_by_role("button", name="Proposer").click()
    expect(page.get_by_role("heading", name="Elle est déjà là")).to_be_visible()
    page.get_by_role("button", name="D’accord", exact=True).click()
    assert Vote.objects.get(statement__number=1).value == 1
    assert Participant.objects.count() == 1
    assert [one for one in visitor.complaints if "409 (Conflict)" not in one] == []


@pytest.mark.parametrize("visitor", [PHONE], indirect=True)
def test_the_link_of_a_paper_sheet_votes_as_that_sheet(visitor) -> None:
    process = make_process(slug="halle")
    make_statement(process)
    page = visitor.open(f"/demarches/halle/feuille/12/{sheet_secret(process, 12)}/")
    expect(page.get_by_text("Feuille n° 12")).to_be_visible()
    page.get_by_role("button", name="Pas d’accord").click()
    expect(page.get_by_text("Vous avez répondu à tout")).to_be_visible()
    assert (Participant.objects.get().sheet, Vote.objects.get().value) == ("12", -1)
    assert visitor.complaints == []
