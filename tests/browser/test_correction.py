"""A correction from a phone: without JavaScript, at 360 px, counted in key strokes, requests and bytes."""

import pytest
from playwright.sync_api import expect

from terreau.observe.models import Correction

PHONE = {"java_script_enabled": False, "viewport": {"width": 360, "height": 740}, "is_mobile": True}
MOST_KEYS, MOST_REQUESTS, MOST_BYTES = 60, 5, 200_000


@pytest.mark.parametrize("visitor", [PHONE], indirect=True)
def test_what_a_correction_costs(visitor, world) -> None:
    """From opening the page of the organisation, on a phone that was never here, to the confirmation.

    A style sheet and an icon are one request each: the site lets browsers keep them, the server of the tests does
    not. Bytes are counted every time.
    """
    party = world.parties[1]
    sent: list[str] = []
    received: list[int] = []

    def count(request) -> None:
        sizes = request.sizes()
        received.append(
            sizes["responseHeadersSize"]
            + sizes["responseBodySize"]
            + sizes["requestHeadersSize"]
            + sizes["requestBodySize"]
        )
        sent.append(request.url)

    visitor.page.on("requestfinished", count)
    page = visitor.open(f"/acteurs/{party.public_id}/")
    page.get_by_label("Corriger : site web").click()
    keys = 0

    def type_in(label: str, text: str) -> int:
        page.get_by_label(label).fill("")  # all selected and typed over
        page.get_by_label(label).press_sequentially(text)
        return len(text) + 1

    keys += type_in("Site web", "epicerie-fictive.invalid")
    keys += type_in("D’où le savez-vous", "leur affiche en vitrine")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.wait_for_load_state("networkidle")
    static = {url for url in sent if "/static/" in url}
    requests = [url for url in sent if url not in static] + sorted(static)
    assert keys <= MOST_KEYS
    assert len(requests) <= MOST_REQUESTS, requests
    assert sum(received) < MOST_BYTES
    print(f"{keys} key strokes, {len(requests)} requests, {sum(received)} bytes in all")  # noqa: T201
    assert Correction.objects.get().values == {"website": "https://epicerie-fictive.invalid"}
    page.get_by_role("link", name=party.name).click()
    expect(page.get_by_text("Proposé, non vérifié")).to_be_visible()
    assert visitor.complaints == []


@pytest.mark.parametrize("visitor", [{"viewport": {"width": 360, "height": 740}, "axe": True}], indirect=True)
def test_the_pages_can_be_used_by_everybody(visitor, world) -> None:
    party = world.parties[0]
    for address in (
        f"/acteurs/{party.public_id}/corriger/",
        f"/acteurs/{party.public_id}/corriger/?champ=nature",
        f"/acteurs/{party.public_id}/corriger/?champ=description",
        "/territoires/commune/99001/corriger/",
        "/territoires/commune/99001/corriger/?champ=population",
    ):
        page = visitor.open(address)
        assert visitor.accessibility_violations() == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
    assert visitor.complaints == []


@pytest.mark.parametrize("visitor", [{"viewport": {"width": 360, "height": 740}, "axe": True}], indirect=True)
def test_a_steward_answers(visitor, world) -> None:
    party = world.parties[0]
    page = visitor.open(f"/acteurs/{party.public_id}/corriger/?champ=acronym")
    page.get_by_label("Sigle").fill("EFIC")
    page.get_by_label("D’où le savez-vous").fill("leur affiche")
    page.get_by_role("button", name="Envoyer").click()
    visitor.sign_in("steward")
    page = visitor.open("/corrections/")
    assert visitor.accessibility_violations() == []
    page.get_by_role("button", name="Accepter").click()
    expect(page.get_by_role("button", name="Défaire")).to_be_visible()
    page = visitor.open(f"/acteurs/{party.public_id}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("EFIC")
