"""The story of a practice in a real browser, on a narrow screen, without JavaScript; and its pages by axe."""

import pytest
from django.urls import reverse

from terreau.commons.models import User
from terreau.observe.models import Contradiction, Practice
from tests.browser.conftest import Visitor
from tests.factories.world import World
from tests.observe.test_practice_rules import speak_for

NARROW = {"viewport": {"width": 320, "height": 800}}


def sign_in_for(visitor: Visitor, party, *roles: str) -> None:
    visitor.sign_in(*roles)
    if not roles:
        speak_for(party, User.objects.latest("pk"))


@pytest.mark.parametrize("visitor", [{"java_script_enabled": False, **NARROW}], indirect=True)
def test_declared_confirmed_contested_and_decided(world: World, visitor: Visitor) -> None:
    party, peer = world.parties[1], world.parties[2]
    shown = reverse("observe:party", args=[party.public_id])
    sign_in_for(visitor, party)
    page = visitor.open(reverse("observe:practices", args=[party.public_id]))
    page.get_by_label("Thème").select_option("equality")
    page.get_by_label("Ce que vous faites").fill("Autant de femmes que d’hommes au bureau.")
    page.get_by_label("Preuve (facultative)").fill("Rapport moral fictif")
    page.get_by_role("button", name="Déclarer").click()
    assert "La pratique est déclarée." in page.content()
    key = Practice.objects.latest("pk").pk

    sign_in_for(visitor, peer)
    page = visitor.open(shown)
    page.get_by_role("link", name="Confirmer").click()
    page.get_by_label("Ce que vous avez vu").fill("Nous avons vu la liste du bureau.")
    page.get_by_role("button", name="Confirmer").click()
    assert "Confirmée par un pair" in page.content() and peer.name in page.content()

    visitor.context.clear_cookies()
    page = visitor.open(shown)
    page.get_by_role("link", name="Contester").click()
    assert page.url.endswith(reverse("observe:practice_contradict", args=[key]))
    page.get_by_label("Ce qui n’est pas exact").fill("Le bureau a changé.")
    page.get_by_label("D’où vous le savez").fill("Procès-verbal fictif")
    page.get_by_role("button", name="Contester").click()
    page = visitor.open(shown)
    assert "Contestée, en examen" in page.content() and "Le bureau a changé" not in page.content()

    sign_in_for(visitor, party, "steward")
    page = visitor.open(reverse("observe:contradictions"))
    contested = page.locator("article", has_text="Le bureau a changé.")
    contested.get_by_label("Raison (obligatoire, publiée)").fill("Le procès-verbal le montre.")
    contested.get_by_role("button", name="Fondée", exact=True).click()
    assert Contradiction.objects.latest("pk").state == Contradiction.State.UPHELD
    page = visitor.open(shown)
    for words in ("Contestée, contestation fondée", "Le bureau a changé.", "Le procès-verbal le montre."):
        assert words in page.content()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert visitor.complaints == []


@pytest.mark.parametrize("visitor", [{"axe": True}, {"axe": True, **NARROW}], indirect=True)
def test_pages_of_who_speaks_for_it(world: World, visitor: Visitor) -> None:
    """What only a custodian, a peer or a steward with a letter sees: the list of pages does not lead there."""
    party, peer = world.parties[0], world.parties[1]
    contested = Contradiction.objects.get().practice
    sign_in_for(visitor, party)
    addresses = [
        reverse("observe:practices", args=[party.public_id]),
        reverse("observe:custodian", args=[party.public_id]),
    ]
    for address in addresses:
        visitor.open(address)
        assert visitor.accessibility_violations() == [], address
    sign_in_for(visitor, peer)
    visitor.open(reverse("observe:practice_confirm", args=[contested.pk]))
    assert visitor.accessibility_violations() == []
    visitor.page.get_by_role("button", name="Confirmer").click()
    assert "Dites ce que vous avez vu" in visitor.page.content()
    assert visitor.accessibility_violations() == []
    visitor.sign_in("steward")
    page = visitor.open(reverse("observe:claims"))
    page.get_by_role("button", name="Préparer la lettre").click()
    page.get_by_role("button", name="Faire la lettre").click()
    assert page.locator(".letter-code").inner_text().replace("-", "").isdecimal()
    assert visitor.accessibility_violations() == []
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="La lettre est envoyée").is_visible()
    assert page.locator(".letter-code").is_visible()
    assert [one for one in visitor.complaints if "400 (Bad Request)" not in one] == []  # the form left empty
