"""Practices beside the legal status, in the API, and in a frozen version."""

import pytest
from django.test import Client
from django.urls import reverse

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party
from terreau.observe.actions.practices import (
    confirm_practice,
    contradict_practice,
    declare_practice,
    withdraw_practice,
)
from terreau.observe.models import Claim, Practice
from tests.factories import make_party, make_record
from tests.observe.test_rules import speak_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim() -> Claim:
    party = make_party("Épicerie fictive")
    make_record(party)
    return speak_for(party)


@pytest.fixture
def practice(claim: Claim) -> Practice:
    return declare_practice(party=claim.party, theme="work", text="Deux jours de formation", by=claim.user)


def section(client: Client, party: Party, address: str = "") -> str:
    page = client.get(address or reverse("observe:party", args=[party.public_id])).text
    return page.partition('id="practices"')[2].partition("</section>")[0]


def test_status_and_practices_are_apart(client: Client, practice: Practice) -> None:
    page = client.get(reverse("observe:party", args=[practice.party.public_id])).text
    status = page.partition('id="status"')[2].partition("</section>")[0]
    assert "Deux jours" not in status and "practices" not in status
    assert "Deux jours" in section(client, practice.party)


WORDS, SOURCE = "Personne n’a été formé", "Rapport 2024, page 12"


def test_api_tells_what_the_page_tells(client: Client, practice: Practice) -> None:
    peer = speak_for(make_party("Pair fictif"))
    make_record(peer.party)
    confirm_practice(practice=practice, peer=peer.party, words="Vu", by=peer.user)
    contradict_practice(practice=practice, reason=WORDS, evidence=SOURCE, by=None)
    address = reverse("api:organisation", args=[practice.party.public_id])
    (told,) = client.get(address).json()["practices"]
    assert (told["theme"], told["text"], told["evidence"]) == ("work", "Deux jours de formation", "")
    (confirmation,) = told["confirmations"]
    assert (confirmation["peer"], confirmation["words"]) == (peer.party.public_id, "Vu")
    (contested,) = told["contradictions"]
    assert (contested["state"], contested["reason"], contested["answer"]) == ("open", None, None)
    frozen = client.get(address, {"version": 2}).json()
    assert [one["text"] for one in frozen["practices"]] == ["Deux jours de formation"]
    assert frozen["practices"][0]["confirmations"] == []
    assert client.get(address, {"version": 1}).json()["practices"] == []
    Party.objects.filter(pk=peer.party.pk).update(diffusion=Diffusion.MASKED)
    for query in ({}, {"version": 3}):
        assert "Pair fictif" not in client.get(address, query).text
        assert peer.party.public_id not in client.get(address, query).text


def test_a_frozen_version_shows_what_was_said_then(client: Client, claim: Claim, practice: Practice) -> None:
    withdraw_practice(practice=practice, by=claim.user)
    address = reverse("observe:party_version", args=[claim.party.public_id, 2])
    shown = section(client, claim.party, address)
    assert "Deux jours de formation" in shown and "/contester/" not in shown and "/referent/" not in shown
    assert "Deux jours" not in section(client, claim.party)
