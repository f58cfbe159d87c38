"""The page where words about a practice are erased: each reads there only what she may erase."""

from typing import Any

import pytest
from django.urls import reverse

from terreau.commons.models import Party, User
from terreau.observe.actions.practices import confirm_practice, contradict_practice, declare_practice
from terreau.observe.models import ERASED_WORDS, Confirmation, Contradiction, Practice
from tests.factories import make_party, make_user
from tests.observe.test_rules import speak_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def custodian() -> User:
    return speak_for(make_party("Association fictive")).user


@pytest.fixture
def practice(custodian: User) -> Practice:
    party = Party.objects.get(name="Association fictive")
    made = declare_practice(party=party, theme="work", text="Même salaire", by=custodian)
    contradict_practice(practice=made, reason="Pas le même", evidence="Un bilan", by=None)
    return made


def page_of(practice: Practice) -> str:
    return reverse("observe:practice_erase", args=[practice.pk])


def test_the_organisation_erases_its_own_words_alone(
    client: Any, practice: Practice, custodian: User
) -> None:
    client.force_login(custodian)
    desk = reverse("observe:practices", args=[practice.its_party.public_id])
    assert page_of(practice) in client.get(desk).content.decode()
    shown = client.get(page_of(practice)).content.decode()
    assert "Même salaire" in shown and "Pas le même" not in shown
    contested = Contradiction.objects.get()
    refused = client.post(page_of(practice), {"erase": f"contradiction-{contested.pk}"})
    assert refused.status_code == 400 and "pas les vôtres" in refused.content.decode()
    assert Contradiction.objects.get().reason == "Pas le même"
    done = client.post(page_of(practice), {"erase": "practice"}, follow=True)
    assert "sont effacés du site" in done.content.decode()
    assert Practice.objects.get().text == ERASED_WORDS
    assert client.post(page_of(practice), {"erase": "practice"}).status_code == 403, (
        "nothing is left to erase"
    )


def test_a_withdrawn_one_is_found_on_the_desk(client: Any, practice: Practice, custodian: User) -> None:
    client.force_login(custodian)
    desk = reverse("observe:practices", args=[practice.its_party.public_id])
    client.post(desk, {"do": "withdraw", "practice": practice.pk})
    shown = client.get(desk).content.decode()
    assert "Déclarations retirées" in shown and page_of(practice) in shown
    client.post(page_of(practice), {"erase": "practice"})
    assert "Déclarations retirées" not in client.get(desk).content.decode()


def test_a_peer_and_a_steward(client: Any, practice: Practice) -> None:
    peer = speak_for(make_party("Paire fictive"))
    given = confirm_practice(practice=practice, peer=peer.its_party, words="Vu ainsi", by=peer.user)
    client.force_login(peer.user)
    shown = client.get(page_of(practice)).content.decode()
    assert "Vu ainsi" in shown and "Même salaire" not in shown
    client.post(page_of(practice), {"erase": f"confirmation-{given.pk}"})
    assert not Confirmation.objects.exists()
    client.force_login(make_user("", "steward"))
    assert page_of(practice) in client.get(reverse("observe:contradictions")).content.decode()
    shown = client.get(page_of(practice)).content.decode()
    assert "Même salaire" in shown and "Pas le même" in shown


@pytest.mark.parametrize("erase", ["", "practice", "practice-1", "confirmation-99999999999999999999"])
def test_who_wrote_nothing_reads_nothing(client: Any, practice: Practice, erase: str) -> None:
    client.force_login(make_user())
    shown = client.get(page_of(practice)).content.decode()
    assert "aucun mot que vous puissiez effacer" in shown
    assert "Même salaire" not in shown and "Pas le même" not in shown
    assert client.post(page_of(practice), {"erase": erase}).status_code == 403
    assert Practice.objects.get().text == "Même salaire"
