"""Refused corrections: the reason is public, what was proposed is not; the appeal from the link of its author."""

import pytest
from django.core.cache import cache
from django.test import Client

from terreau.commons.models import LogEntry, Party
from terreau.observe.actions.corrections import propose_correction, propose_party, refuse_correction
from terreau.observe.models import Appeal
from tests.factories import make_user
from tests.factories.world import World, make_world

pytestmark = pytest.mark.django_db
REASON = "Cette adresse ne répond pas"


@pytest.fixture
def world() -> World:
    cache.clear()
    return make_world()


@pytest.fixture
def party(world) -> Party:
    return world.parties[0]


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def refused(party, first, value="https://secret.invalid/"):
    given = {"values": {"website": value}, "evidence": "preuve de la voisine", "credit": "Une voisine"}
    correction, secret = propose_correction(party=party, by=None, **given)
    refuse_correction(correction=correction, reason=REASON, by=first)
    return correction, f"/corrections/{correction.token}/{secret}/"


def test_the_reason_is_public_where_the_organisation_is_and_the_words_are_not(client, party) -> None:
    refused(party, make_user("", "steward"))
    act = LogEntry.objects.get(verb="refuse-correction")
    for address in (
        f"/acteurs/{party.public_id}/",
        f"/acteurs/{party.public_id}/historique/",
        "/corrections/refusees/",
        f"/corrections/refusees/?acteur={party.public_id}",
        f"/journal-public/{act.index}/",
    ):
        page = client.get(address).content.decode()
        assert REASON in page, address
        assert not any(word in page for word in ("secret.invalid", "voisine")), address
    Party.objects.filter(pk=party.pk).update(diffusion="masked")
    assert REASON not in client.get(f"/journal-public/{act.index}/").content.decode()
    assert client.get(f"/corrections/refusees/?acteur={party.public_id}").status_code == 404


def test_a_missing_organisation_that_is_refused_is_told_at_its_place_without_its_name(client, world) -> None:
    place = world.communes[0]
    correction, _secret = propose_party(place=place, values={"name": "Jardin secret"}, evidence="vu", by=None)
    refuse_correction(correction=correction, reason="Elle n’existe plus", by=make_user("", "steward"))
    for address in (
        f"/territoires/commune/{place.code}/",
        f"/corrections/refusees/?territoire=commune:{place.code}",
    ):
        page = client.get(address).content.decode()
        assert "Elle n’existe plus" in page, address
        assert "Organisation manquante" in page
        assert "Jardin secret" not in page
    assert client.get("/corrections/refusees/?territoire=commune:99999").status_code == 404


def test_none_then_several_pages(client, party) -> None:
    assert "Aucune correction refusée" in client.get("/corrections/refusees/").content.decode()
    first = make_user("", "steward")
    for number in range(26):
        refused(party, first, f"https://n{number}.invalid/")
    assert client.get("/corrections/refusees/").content.decode().count(REASON) == 25
    assert client.get("/corrections/refusees/?page=2").content.decode().count(REASON) == 1


def test_the_list_asks_as_many_questions_for_one_as_for_three(
    client, party, django_assert_num_queries
) -> None:
    first = make_user("", "steward")
    refused(party, first)
    with django_assert_num_queries(3):
        client.get("/corrections/refusees/")
    refused(party, first, "https://deux.invalid/")
    refused(party, first, "https://trois.invalid/")
    with django_assert_num_queries(3):
        client.get("/corrections/refusees/")


def test_the_author_appeals_and_a_second_steward_answers(client, party) -> None:
    first, second = make_user("", "steward"), make_user("", "steward")
    correction, link = refused(party, first)
    empty = client.post(link, {"decision": "appeal", "words": "", "contact": "pas une adresse"})
    assert empty.status_code == 400
    assert "pas une adresse" in empty.content.decode(), "what was typed is kept"
    sent = {"decision": "appeal", "words": "Elle répond depuis mardi", "contact": ""}
    assert client.post(link, sent).status_code == 302
    assert "attend un second gardien" in client.get(link).content.decode()
    public = client.get(f"/acteurs/{party.public_id}/historique/").content.decode()
    assert "Recours déposé" in public
    assert "mardi" not in public
    own = client_of(first).get("/corrections/").content.decode()
    assert "ce ne peut pas être vous" in own
    assert 'value="grant"' not in own
    asked = {"correction": correction.token, "decision": "grant", "reason": "Elle répond"}
    assert client_of(first).post("/corrections/", asked).status_code == 400
    judge = client_of(second)
    assert "Elle répond depuis mardi" in judge.get("/corrections/").content.decode()
    assert judge.post("/corrections/", asked).status_code == 302
    party.refresh_from_db()
    assert party.website == "https://secret.invalid/"
    public = client.get(f"/acteurs/{party.public_id}/historique/").content.decode()
    assert "Acceptée sur recours" in public
    assert REASON in public


def test_a_site_with_one_steward_says_so(client, party) -> None:
    _correction, link = refused(party, make_user("", "steward"))
    assert "n’a pas d’autre gardien" in client.get(link).content.decode()
    client.post(link, {"decision": "appeal", "words": "Elle répond", "contact": ""})
    assert Appeal.objects.exists(), "it waits"
    public = client.get("/corrections/refusees/").content.decode()
    assert "Il n’y a pas encore d’autre gardien" in public
    make_user("", "steward")
    assert "Il n’y a pas encore d’autre gardien" not in client.get("/corrections/refusees/").content.decode()
    assert "n’a pas d’autre gardien" not in client.get(link).content.decode()
