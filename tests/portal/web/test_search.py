"""Search across everything: grouped, folded as French is read, and silent on who is masked."""

import pytest
from django.test import Client

from terreau.commons.enums import Diffusion
from terreau.commons.search.fold import fold_for_search, party_search_text
from terreau.deliberate.enums import State
from terreau.portal.search import search
from tests.factories import make_party, make_place
from tests.factories.commitments import make_commitment, make_draft, make_item
from tests.factories.deliberate import make_process

pytestmark = pytest.mark.django_db


def counts(words: str) -> dict[str, int]:
    return {group.title: group.count for group in search(words)}


@pytest.fixture
def jardin() -> None:
    for name, diffusion in (("Jardins fictifs", Diffusion.OPEN), ("Jardin caché", Diffusion.MASKED)):
        make_party(name, search_text=party_search_text(name), diffusion=diffusion)
    make_place("99001", name="Jardin-sur-Loire", population=10)
    make_commitment(title="Ouvrir un jardin partagé")
    make_draft(title="Un jardin secret")
    make_item("1", title="Des jardins pour tous")
    for state, title in ((State.OPEN, "Quel jardin pour la gare ?"), (State.DRAFT, "Jardin secret")):
        make_process(title=title, state=state, search_text=fold_for_search(title))


def test_each_group_counts_what_may_be_shown(jardin) -> None:
    assert counts("jardin") == {
        "Engagements": 1,
        "Points des programmes": 1,
        "Démarches": 1,
        "Organisations": 1,
        "Territoires": 1,
        "Jeux de données": 0,
    }


@pytest.mark.parametrize("words", ["JARDINS", "jardìn", "les jardins", "l’jardin"])
def test_french_is_folded(jardin, words: str) -> None:
    assert counts(words)["Organisations"] == 1 and counts(words)["Points des programmes"] == 1


def test_the_page_names_no_masked_party_and_no_draft(client: Client, jardin) -> None:
    text = client.get("/chercher/?q=jardin").text
    assert "Jardins fictifs" in text and "Ouvrir un jardin partagé" in text
    assert "caché" not in text and "secret" not in text


def test_a_masked_owner_is_not_said(client: Client) -> None:
    party = make_party("Association cachée", diffusion=Diffusion.MASKED)
    make_commitment(title="Planter une haie", owner=party, owner_name="")
    text = client.get("/chercher/?q=haie").text
    assert "Planter une haie" in text and "cachée" not in text


def test_a_long_group_leads_to_its_list(client: Client) -> None:
    for number in range(7):
        make_commitment(title=f"Planter une haie {number}")
    text = client.get("/chercher/?q=haie").text
    assert 'href="/engagements/?q=haie"' in text and text.count("Planter une haie") == 5


@pytest.mark.parametrize("words", ["", "a", "  ", "!!", "’"])
def test_empty_and_short_questions_ask_nothing(client: Client, words: str) -> None:
    assert search(words) == []
    text = client.get("/chercher/", {"q": words}).text
    assert ("au moins deux lettres" in text) == bool(words.strip())


def test_nothing_found_says_what_to_try(client: Client) -> None:
    text = client.get("/chercher/?q=introuvable").text
    assert "Rien ne répond" in text and "Essayez" in text


def test_what_was_typed_is_kept_and_escaped(client: Client) -> None:
    text = client.get("/chercher/", {"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in text and "&lt;script&gt;" in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow(client: Client, django_assert_num_queries, number: int) -> None:
    for one in range(number):
        make_party(f"Jardin {one}", search_text=party_search_text(f"Jardin {one}"))
        make_commitment(title=f"Ouvrir un jardin {one}", owner=make_party(), owner_name="")
        make_item(title=f"Des jardins {one}")
        make_place(f"9900{one}", name=f"Jardin {one}", population=10)
        make_process(title=f"Jardin {one}", search_text=fold_for_search(f"Jardin {one}"))
    client.get("/chercher/?q=jardin")
    with django_assert_num_queries(15):
        client.get("/chercher/?q=jardin")
