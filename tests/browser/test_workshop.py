"""A workshop in a village hall: the poster on the projector, a phone that scans it, the first correction."""

import io

import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from terreau.commons.models import Workshop
from terreau.observe.models import Correction

from .conftest import Visitor, make_context

PHONE = {"java_script_enabled": False, "viewport": {"width": 360, "height": 740}, "is_mobile": True}


def test_from_the_poster_to_a_correction(visitor, browser, live_server, world) -> None:
    visitor.sign_in("facilitator")
    page = visitor.open("/ateliers/")
    page.get_by_label("Nom de l’atelier").fill("Soirée des voisins")
    page.get_by_role("button", name="Ouvrir").click()
    made = Workshop.objects.get(name="Soirée des voisins")
    page.emulate_media(media="print")
    shown = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    (scanned,) = zxingcpp.read_barcodes(shown)
    assert scanned.text == f"{live_server.url}/atelier/{made.code}/"
    expect(page.get_by_text(made.code, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Arrêter")).to_be_hidden()
    assert visitor.complaints == []

    context = make_context(browser, **PHONE)
    phone = Visitor(context, live_server.url)
    held = phone.open(scanned.text.removeprefix(live_server.url))
    held.get_by_role("button", name="Entrer").click()
    expect(held.get_by_text("Vous y êtes")).to_be_visible()
    held.get_by_label("Une organisation").fill(world.parties[1].name)
    held.get_by_role("button", name="Chercher").click()
    held.get_by_role("link", name=world.parties[1].name, exact=True).click()
    held.get_by_label("Corriger : site web").click()
    expect(held.get_by_text("Comptée avec l’atelier")).to_be_visible()
    assert held.evaluate("document.documentElement.scrollWidth") <= 360
    held.get_by_label("Site web").fill("epicerie-fictive.invalid")
    held.get_by_label("D’où le savez-vous").fill("leur affiche")
    held.get_by_role("button", name="Envoyer").click()
    expect(held.get_by_role("heading", level=1)).to_contain_text("Merci")
    assert phone.complaints == []
    context.close()
    made.refresh_from_db()
    assert (made.used, Correction.objects.count()) == (1, 1)
