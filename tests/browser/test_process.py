"""A facilitator opens a process in one page, on a telephone without JavaScript, then closes it early with a reason."""

import pytest
from playwright.sync_api import expect

from terreau.deliberate.models import Process

PHONE = {"java_script_enabled": False, "viewport": {"width": 360, "height": 740}}


@pytest.mark.parametrize("visitor", [PHONE], indirect=True, ids=[""])
def test_a_facilitator_opens_a_process_and_closes_it(visitor, world) -> None:
    visitor.sign_in("facilitator")
    page = visitor.open("/demarches/")
    page.get_by_role("button", name="Ouvrir une démarche").click()
    page.get_by_role("button", name="Commencer ainsi : consultation").click()
    page.get_by_label("Titre", exact=True).fill("Que faire du lavoir ?")
    page.get_by_label("La question posée").fill("Le lavoir est fermé : à quoi peut-il servir ?")
    page.get_by_role("button", name="Enregistrer et publier").click()
    expect(page.get_by_text("Rien n’est perdu")).to_be_visible()
    expect(page.get_by_text("Dites sous quel nom vous animez")).to_be_visible()

    page.get_by_label("Sous quel nom vous animez").fill("L’équipe fictive")
    page.get_by_role("button", name="Enregistrer et publier").click()
    expect(page.get_by_text("Nommez qui décide en droit.")).to_be_visible()
    page.get_by_label("Ce qui est ouvert").fill("Les usages, les horaires.")
    page.get_by_label("Ce qui n’est pas ouvert").fill("La vente du lavoir.")
    page.get_by_label("Qui décide en droit").fill("Commune fictive")
    page.get_by_label("Non", exact=True).check()
    page.get_by_role("button", name="Enregistrer et publier").click()
    expect(page.get_by_text("La démarche est publique.")).to_be_visible()
    expect(page.get_by_text("nous en sommes là")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360

    page.get_by_role("link", name="Clore avant la date").click()
    page.get_by_role("button", name="Clore avant la date").click()
    expect(page.get_by_text("Donnez la raison : elle est publique.")).to_be_visible()
    page.get_by_label("Raison publique").fill("Le lavoir est inondé.")
    page.get_by_role("button", name="Clore avant la date").click()
    expect(page.get_by_text("L’étape est close.")).to_be_visible()
    expect(page.get_by_text("Le lavoir est inondé.")).to_be_visible()
    assert Process.objects.get(title="Que faire du lavoir ?").changes.last().verb == "close-step"
