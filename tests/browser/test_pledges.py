"""A list answers by its private link on a phone without JavaScript, and a keeper follows its pledge."""

import pytest
from playwright.sync_api import expect

from terreau.commitments.models import Candidacy
from tests.factories.pledges import A_BODY, A_LIST, A_SECRET

PHONE = {"java_script_enabled": False, "viewport": {"width": 360, "height": 740}}


@pytest.mark.parametrize("visitor", [PHONE], indirect=True, ids=[""])
def test_a_list_drafts_is_told_what_misses_and_publishes(visitor, world) -> None:
    one = Candidacy.objects.get(token=A_LIST["token"])
    page = visitor.open(f"/elections/repondre/{one.token}/{A_SECRET}/")
    second = page.locator("form.positions section").nth(1)
    second.get_by_role("radio", name="En partie").check()
    page.get_by_role("button", name="Garder le brouillon").click()
    expect(page.get_by_text("Le brouillon est gardé")).to_be_visible()
    assert not one.positions.filter(item__code="2").exists()

    page.get_by_role("button", name="Publier mes réponses").click()
    expect(page.get_by_text("Rien n’est encore publié")).to_be_visible()
    expect(second.get_by_text("Dites quelle partie")).to_be_visible()
    second.get_by_label("Vos mots").fill("Pour les communes rurales.")
    page.get_by_role("button", name="Publier mes réponses").click()
    expect(page.get_by_text("C’est publié")).to_be_visible()

    page.get_by_role("link", name="La page que tout le monde lit").click()
    expect(page.get_by_text("Pour les communes rurales.")).to_be_visible()
    page.get_by_text("Réponses d’avant").first.click()  # the no of before the yes
    assert one.positions.get(item__code="2", is_current=True).answer == "partly"
    page = visitor.open(f"/elections/{A_LIST['slug']}/")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("visitor", [PHONE], indirect=True, ids=[""])
def test_a_keeper_makes_a_commitment_of_a_pledge(visitor, world) -> None:
    visitor.sign_in("facilitator")
    page = visitor.open(f"/elections/{A_BODY['slug']}/listes/{A_BODY['token']}/")
    page.get_by_role("link", name="Préparer l’engagement").click()
    page.get_by_label("Échéance").fill("2034-01-01")
    page.get_by_role("button", name="Publier l’engagement").click()
    expect(page.get_by_text("Devenu un engagement")).to_be_visible()
    page.get_by_role(
        "link", name=Candidacy.objects.get(token=A_BODY["token"]).positions.get().item.title
    ).last.click()
    expect(page.locator("h1")).to_be_visible()
