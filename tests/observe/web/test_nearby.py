"""Within so many kilometres, from a name, a post code, or a point."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from terreau.commons.models import Place
from terreau.commons.search.fold import fold_for_search, party_search_text
from terreau.observe.models import Scheme
from tests.factories import make_party, make_place, make_site
from tests.factories.commitments import make_commitment
from tests.observe.territory import Territory, join_scheme, make_territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def territory() -> Territory:
    territory = make_territory()
    for place in Place.objects.all():
        place.search_text = fold_for_search(place.name)
        place.save()
    return territory


def text_of(client: Client, query: str) -> str:
    response = client.get(f"/autour/{query}")
    assert response.status_code == 200
    return re.sub(r"\s+", " ", strip_tags(response.content.decode()))


@pytest.mark.parametrize("query", ["?q=epreuve&km=20", "?commune=99001&km=20", "?lon=1.0&lat=47.0&km=20"])
def test_sorted_by_distance(client: Client, territory: Territory, query: str) -> None:
    make_site(make_party("Association lointaine"), territory.west_2)
    make_site(make_party("Association voisine"), territory.west_1, lon=1.01, lat=47.0)
    make_site(make_party("Association hors d’atteinte"), territory.east)
    text = text_of(client, query)
    assert "2 acteurs à moins de 20 km" in text
    assert text.index("Association voisine") < text.index("Association lointaine")
    assert "0,8 km" in text
    assert "7,6 km (jusqu’au centre de sa commune)" in text
    assert "hors d’atteinte" not in text


def test_several_communes_answer(client: Client, territory: Territory) -> None:
    text = text_of(client, "?q=fictive")
    assert "Laquelle ?" in text
    assert "La Ferté-Fictive (98001)" in text
    assert "Ailleurs-la-Fictive (97001)" in text


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?q=introuvable", "Aucune commune connue n’a ce nom ou ce code postal."),
        ("?commune=00000", "Aucune commune n’a ce code."),
        ("?lon=1", "Un point a une longitude et une latitude"),
        ("?lon=500&lat=47", "180"),
        ("?lon=x&lat=47", "nombre"),
        ("?q=epreuve&km=7", "Choisissez une distance de la liste."),
        ("?lon=nan&lat=47", "nombre"),
        ("?lon=1.0&lat=47.0", "Nos sources ne connaissent personne à moins de 30 km."),
    ],
)
def test_what_is_wrong_is_said(client: Client, territory: Territory, query: str, message: str) -> None:
    assert message in text_of(client, query)


def test_the_empty_form(client: Client) -> None:
    assert "Qui est près d’ici ?" in text_of(client, "")


def test_a_commune_without_a_point(client: Client, territory: Territory) -> None:
    Place.objects.filter(code="99001").update(lon=None, lat=None)
    assert "La position de cette commune n’est pas connue" in text_of(client, "?commune=99001")


def test_pages_and_queries(client: Client, territory: Territory) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/autour/?commune=99001")
        return len(captured)

    make_site(make_party(), territory.west_1)
    with_one = queries()
    for _ in range(2):
        make_site(make_party(), territory.west_1)
    assert queries() == with_one
    for _ in range(297):
        make_site(make_party(), territory.west_1)
    assert queries() == with_one
    assert "Page 2 sur 10" in text_of(client, "?commune=99001&page=2")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("mots=jardin", {"Jardin fictif"}),
        ("dispositif=work_integration", {"Chantier fictif"}),
        ("ess=on", {"Coopérative fictive"}),
        ("mots=chantier&ess=on", set()),
    ],
)
def test_only_whom_one_looks_for(client: Client, territory: Territory, query: str, shown: set[str]) -> None:
    names = ("Jardin fictif", "Chantier fictif", "Coopérative fictive")
    garden, workshop, cooperative = (
        make_party(name, search_text=party_search_text(name), perimeter=perimeter)
        for name, perimeter in zip(names, ("unknown", "unknown", "in"), strict=True)
    )
    join_scheme(workshop)
    for party in (garden, workshop, cooperative):
        make_site(party, territory.west_1)
    text = text_of(client, f"?commune=99001&{query}")
    assert {name for name in names if name in text} == shown
    assert ("un autre mot, ou retirez un filtre" in text) == (not shown)


def test_what_each_one_does_is_said(client: Client, territory: Territory) -> None:
    party = make_party(naf="01.12Z")
    make_site(party, territory.west_1)
    join_scheme(party)
    join_scheme(party, scheme=Scheme.STATE_GRANT)  # money received is not an activity
    text = text_of(client, "?commune=99001")
    assert "Culture du riz · insertion par l’activité économique" in text
    assert "sur place, adresse inconnue" in text


def test_around_a_commune_its_commitments_and_those_of_its_zones_are_said(client: Client) -> None:
    commune, other = make_place("99001", lon=1.5, lat=47.5), make_place("99002", lon=1.6, lat=47.5)
    zone = make_place("99", "departement", [commune, other], name="Fictif")
    for title, place in (("D’ici", commune), ("De la zone", zone), ("D’à côté", other)):
        make_commitment(title=title, place=place)
    text = client.get("/autour/?commune=99001").text
    assert "Engagements d’ici" in text and ">D’ici<" in text and ">De la zone<" in text
    assert "D’à côté" not in text
