"""A volunteer examines pairs with two keys a pair, without a pointer and without JavaScript."""

import pytest
from playwright.sync_api import expect

from terreau.commons.models import Party
from terreau.observe.models import Candidate, Merge


@pytest.mark.parametrize("visitor", [{"java_script_enabled": False}], indirect=True)
def test_two_keys_a_pair(visitor, world) -> None:
    Candidate.objects.create(
        first=world.parties[1].identity, second=world.parties[2].identity, probability=0.7
    )
    before = Party.objects.count()
    visitor.sign_in("facilitator")
    page = visitor.open("/fusions/examen/")
    expect(page.get_by_label("Je ne sais pas")).to_be_focused()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_text("restent séparées")).to_be_visible()
    assert Party.objects.count() == before

    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_text("sont réunies")).to_be_visible()
    assert Party.objects.count() == before - 1
    assert Merge.objects.latest("pk").probability == 0.7
    expect(page.get_by_text("bout de la liste")).to_be_visible()


def test_enter_alone_decides_nothing(visitor, world) -> None:
    visitor.sign_in("steward")
    page = visitor.open("/fusions/examen/")
    expect(page.get_by_label("Je ne sais pas")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("bout de la liste")).to_be_visible()
    assert Candidate.objects.get().state == Candidate.State.OPEN
