"""The page of an organisation: values with sources, status apart from practices, what is missing."""

import datetime as dt

import pytest
from django.urls import reverse

from terreau.commons.enums import Diffusion
from terreau.observe.models import Funding, SchemeMember
from terreau.observe.web.values import field_label, show_value
from tests.factories import make_party, make_place, make_record, make_site, make_source

pytestmark = pytest.mark.django_db


def read(client, party) -> str:
    response = client.get(reverse("observe:party", args=[party.public_id]))
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ")


def test_everything_known_is_shown_with_its_source(client) -> None:
    commune = make_place(name="Fictive-sur-Loire")
    make_place("99100", "bassin_de_vie", [commune], name="Bassin fictif")
    source = make_source("registre", title="Registre fictif", vintage=dt.date(2024, 8, 1))
    party = make_party(
        legal_category="9220",
        nature="association",
        naf="88.99B",
        perimeter="in",
        perimeter_basis="legal_status",
    )
    site = make_site(party, commune, address="1 rue fictive", post_code="99000")
    values = {
        "name": "Nom donné",
        "legal_category": "9220",
        "naf": "88.99B",
        "address": "1 rue fictive",
        "ess_flag": "O",
    }
    record = make_record(party, source, site=site, values=values)
    make_record(
        party, make_source("autre", title="Autre source", precedence=90), values={"name": "Autre nom"}
    )
    SchemeMember.objects.create(party=party, scheme="work_integration", detail="ACI", source=source)
    Funding.objects.create(
        record=record, party=party, year=2022, amount_cents=1_987_506, posts=2, commune=commune
    )
    page = read(client, party)
    for text in (
        "Nom donné",
        "Autre nom",
        "(autre valeur)",
        "9220, Association déclarée",
        "1 août 2024",
        "Licence Ouverte 2.0",
        "Registre fictif",
        "1 rue fictive",
        "Bassin fictif",
        "(ACI)",
        "2022",
        "2 postes",
        "statut cité par l’article 1 de la loi de 2014",
        "n’a rien déclaré",
        "Aucune source ne donne :",
        "/perimetre-ess/",
        f"/acteurs/{party.public_id}/masquer/",
    ):
        assert text in page, text
    assert "19 875,06 €" in page.replace("\u202f", " ")
    assert page.index("Nom donné") < page.index("Autre nom")


def test_nothing_known_is_said(client) -> None:
    page = read(client, make_party("Groupe fictif"))
    assert "Aucune fiche de source" in page
    assert "Aucune source ne donne d’adresse" in page
    assert "0 €" not in page


def test_three_hundred_payments_and_sites(client) -> None:
    party = make_party()
    for rank in range(300):
        site = make_site(party, name=f"Lieu {rank}")
        record = make_record(party, site=site, values={"name": "A", "amount_cents": 100})
        Funding.objects.create(record=record, party=party, year=2000 + rank % 3, amount_cents=100)
    page = read(client, party)
    assert page.count("<article") == 300
    assert page.count('<td class="number">100 €</td>') == 3  # one line a year
    assert page.count("<strong>1 €</strong>") == 300


def test_limited_diffusion_hides_the_address(client) -> None:
    party = make_party(diffusion=Diffusion.PARTIAL)
    site = make_site(party, address="7 rue secrète", lon=1.5, lat=47.5)
    make_record(party, site=site, values={"name": "A", "address": "7 rue secrète", "lon": 1.5})
    page = read(client, party)
    assert "rue secrète" not in page
    assert "longitude" not in page


def test_unknown_and_masked_give_the_same_answer(client) -> None:
    masked = make_party("Association très secrète", diffusion=Diffusion.MASKED)
    unknown = client.get(reverse("observe:party", args=["zzzzzzzzzz"]))
    hidden = client.get(reverse("observe:party", args=[masked.public_id]))
    assert (unknown.status_code, hidden.status_code) == (404, 404)
    assert "secrète" not in hidden.content.decode()

    def told(response) -> str:  # the address of the page itself is in its links
        return response.content.decode().replace(masked.public_id, "X").replace("zzzzzzzzzz", "X")

    assert told(unknown) == told(hidden)


@pytest.mark.parametrize(
    ("name", "said", "shown"),
    [
        ("active", True, "oui"),
        ("ess_flag", "N", "non"),
        ("nature", "mutual", "mutuelle"),
        ("naf", "01.12Z", "01.12Z, Culture du riz"),
        ("naf", "zz", "zz"),
        ("created_on", "2020-02-01", "1 février 2020"),
        ("created_on", "0001-13-01", "0001-13-01"),
        ("posts", 0, "0"),
    ],
)
def test_values_are_words(name, said, shown) -> None:
    assert show_value(name, said) == shown


def test_an_unknown_field_shows_its_own_name() -> None:
    assert field_label("couleur") == "couleur"
    assert field_label("siren") == "SIREN"


def test_only_web_addresses_become_links(client) -> None:
    party = make_party()
    make_record(party, values={"website": "javascript:alert(1)"})
    make_record(party, values={"website": "https://exemple.invalid/a"})
    page = read(client, party)
    assert 'href="javascript' not in page
    assert 'href="https://exemple.invalid/a"' in page


def test_a_source_is_named_once_for_a_value_at_its_newest_date(client) -> None:
    party, source = make_party(), make_source("s", title="Registre fictif")
    for year in (2020, 2022, 2021):
        make_record(party, source, values={"siren": "200000008"}, observed_on=dt.date(year, 1, 2))
    page = read(client, party)
    values = page.partition("Chaque valeur")[2].partition("</table>")[0]
    assert values.count("Registre fictif") == 1
    assert "2 janvier 2022" in values
