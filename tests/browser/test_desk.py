"""Two scrutineers type the same paper sheet, on a phone and without JavaScript."""

from django.test import Client
from playwright.sync_api import expect

from terreau.deliberate.enums import Power
from terreau.deliberate.models import Participant, Statement, Vote
from tests.factories import make_user
from tests.factories.deliberate import give_power, make_process, make_statement

from .conftest import Visitor, make_context

PHONE = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}


def test_two_scrutineers_type_one_sheet_without_javascript(browser, live_server) -> None:
    process = make_process(slug="halle", title="Que faire de la halle fictive ?")
    for number in range(3):
        make_statement(process, f"La halle fictive reste ouverte jusqu’à {20 + number} heures.")
    first, second = (_scrutineer(browser, live_server, process) for _person in range(2))
    page = _type(first, "adp", "Que la halle fictive ouvre le lundi")
    expect(page.get_by_text("Son affirmation est reçue")).to_be_visible()
    page = _type(second, "aap", "Que la halle fictive ouvre le lundi")
    expect(page.get_by_text("Rien n’est changé")).to_be_visible()
    box = page.get_by_label("2. La halle fictive")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("J’ai relu la feuille")).not_to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    box.fill("d")
    page.get_by_role("button", name="Enregistrer cette feuille").click()
    expect(page.get_by_text("cette feuille est confirmée")).to_be_visible()
    assert (Participant.objects.count(), Vote.objects.count()) == (1, 3)
    assert Statement.objects.get(words="Que la halle fictive ouvre le lundi").author.sheet == "12"
    for visitor in (first, second):
        assert [one for one in visitor.complaints if "409 (Conflict)" not in one] == []
        visitor.context.close()


def _scrutineer(browser, live_server, process) -> Visitor:
    client = Client()
    client.force_login(give_power(process, Power.FACILITATOR, make_user()))
    visitor = Visitor(make_context(browser, **PHONE), live_server.url)
    visitor.take_session(client.cookies["sessionid"].value)
    return visitor


def _type(visitor: Visitor, letters: str, words: str):
    page = visitor.open("/demarches/halle/feuilles/saisie/")
    page.get_by_label("Numéro de la feuille").fill("12")
    for number, letter in enumerate(letters, 1):
        page.get_by_label(f"{number}. La halle fictive").fill(letter)
    page.get_by_label("Son affirmation").fill(words)
    page.get_by_role("button", name="Enregistrer cette feuille").click()
    return page
