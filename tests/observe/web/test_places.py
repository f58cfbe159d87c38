"""Territory pages for nobody, one, three and three hundred; what they say, and what they do not pretend."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from terreau.commons.enums import Diffusion
from terreau.commons.models import CommuneChange, Place
from terreau.commons.search.fold import fold_for_search
from terreau.observe.actions import compute_indicators
from tests.factories import make_place, make_source
from tests.observe.territory import Territory, fund, make_organisation, make_territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def territory() -> Territory:
    make_source(vintage=date(2024, 3, 1), covers="Trois communes inventées.")
    territory = make_territory()
    for place in Place.objects.all():
        place.search_text = fold_for_search(place.name)
        place.save()
    return territory


def address(place: Place) -> str:
    return f"/territoires/{place.zoning_id}/{place.code}/"


def text_of(client: Client, path: str) -> str:
    """What a reader reads, spaces made plain."""
    response = client.get(path)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", response.content.decode()).replace("\u202f", " "))


def fill(number: int, *communes: Place) -> None:
    for index in range(number):
        make_organisation(f"{index:09}", *communes)


def count_queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("number", [0, 1, 3, 300])
def test_pages_hold_any_number(client: Client, territory: Territory, number: int) -> None:
    fill(number, territory.west_1, territory.east)
    compute_indicators(by=None)
    for place in Place.objects.all():
        text_of(client, address(place))
    text = text_of(client, address(territory.region))
    if number == 0:
        assert "Nos sources ne connaissent personne ici." in text
        assert "Aucune source n’a encore été lue." in text
    elif number == 1:
        assert "1 acteur connu de nos sources a ici un lieu d’activité." in text
    else:
        assert f"{number} acteurs connus de nos sources ont ici un lieu d’activité." in text
    assert ("Voir les 300 acteurs dans l’annuaire" in text) == (number == 300)


@pytest.mark.parametrize(
    "path",
    [
        "/territoires/commune/99001/",
        "/territoires/departement/99/",
        "/territoires/region/00/",
        "/territoires/?zonage=commune",
        "/territoires/recherche/?q=fictif",
    ],
)
def test_the_number_of_queries_does_not_grow(client: Client, territory: Territory, path: str) -> None:
    def one_more(index: int) -> None:
        commune = make_place(
            f"9910{index}", name=f"Hameau fictif {index}", search_text=f"hameau fictif {index}"
        )
        for zone in (territory.epci_west, territory.departement_west, territory.region):
            zone.members.create(commune=commune)
        party = make_organisation(f"{index:09}", territory.west_1, territory.west_2, commune)
        fund(party, 2020 + index, 100, 1, commune=territory.west_1)
        CommuneChange.objects.create(
            date=date(2000 + index, 1, 1), kind="merge", code_before=f"9920{index}", name_before="Avant",
            code_after="99001", name_after="Épreuve-sur-Loire",
        )  # fmt: skip
        compute_indicators(by=None)

    one_more(1)
    with_one = count_queries(client, path)
    one_more(2)
    one_more(3)
    assert count_queries(client, path) == with_one


def test_the_region_is_not_shown_what_a_party_hides(client: Client, territory: Territory) -> None:
    make_organisation(
        "100000009", territory.west_1, name="Association qui se cache", diffusion=Diffusion.MASKED
    )
    compute_indicators(by=None)
    for place in Place.objects.all():
        assert "qui se cache" not in text_of(client, address(place))


def test_figures_are_compared_in_words(client: Client, territory: Territory) -> None:
    fill(3, territory.west_1)
    make_organisation("900000001", territory.east)
    compute_indicators(by=None)
    text = text_of(client, address(territory.west_1))
    assert "25,0" in text  # 3 for 1,200 inhabitants
    assert "ici : 50 % de plus" in text  # 4 for 2,400 in the region: 16.7
    assert "ici : 75 % du total" in text
    assert "source la plus récente : 1 mars 2024" in text


def test_no_zero_for_want_of_a_source(client: Client, territory: Territory) -> None:
    fill(1, territory.west_1)
    compute_indicators(by=None)
    text = text_of(client, address(territory.east))
    assert "aucun dans nos sources" in text  # organisations
    assert "non mesuré" in text  # work integration: no source was read
    assert not re.search(
        r"(?<![0-9,. ])0(?![0-9,])", text.partition("Chiffres")[2].partition("Population")[0]
    )


def test_what_could_not_be_placed_is_said(client: Client, territory: Territory) -> None:
    fill(1, territory.west_1)
    vague = make_organisation("900000001", None, departement=territory.departement_west)
    fund(vague, 2022, 716_400, 1, departement=territory.departement_west)
    compute_indicators(by=None)
    text = text_of(client, address(territory.west_1))
    assert "1 autre, sans commune connue, est ici ou ailleurs dans son département" in text
    neighbour = text_of(client, address(territory.west_2))
    assert "non localisé 1, sans commune connue, est ici ou ailleurs dans son département" in neighbour
    assert "non localisé 1 ligne au lieu trop vague est d’ici ou d’ailleurs" in text
    assert "1 organisation travaille ici ou ailleurs dans le département" in text
    assert "7 164 €" in text_of(client, address(territory.departement_west))


def test_a_border_territory_explains_itself(client: Client, territory: Territory) -> None:
    compute_indicators(by=None)
    text = text_of(client, address(territory.epci_border))
    assert "1 seule de ses 2 communes est dans la région ; les chiffres portent sur elle." in text
    assert "400 habitants en 2021" in text
    assert "Ailleurs-la-Fictive (hors de la région)" in text
    outside = text_of(client, address(territory.abroad))
    assert "Ce territoire est hors de la région" in outside
    assert "5 000" not in outside


def test_population_is_drawn_and_written(client: Client, territory: Territory) -> None:
    compute_indicators(by=None)
    page = client.get(address(territory.west_1)).content.decode()
    assert page.count('class="mark"') == 2
    assert "<polyline" in page
    text = text_of(client, address(territory.west_1))
    assert "Entre 2020 et 2021 : 200 habitants de plus (+ 20,0 %)." in text
    region = text_of(client, address(territory.region))
    assert "(1 commune sans chiffre)" in region
    assert "<polyline" not in client.get(address(territory.region)).content.decode()  # one year is no line


def test_sources_and_gaps(client: Client, territory: Territory) -> None:
    fill(2, territory.west_1)
    compute_indicators(by=None)
    text = text_of(client, address(territory.west_1))
    assert "Source d’essai" in text
    assert "1 mars 2024" in text
    assert "Trois communes inventées." in text
    assert "Pour 2 acteurs, aucune source ne dit s’ils sont dans l’économie sociale et solidaire." in text
    assert "ces sources ont été lues" in text_of(client, address(territory.east)).lower()


def test_links_up_and_down(client: Client, territory: Territory) -> None:
    fill(1, territory.west_1)
    commune = client.get(address(territory.west_1)).content.decode()
    for zone in (territory.epci_west, territory.departement_west, territory.region):
        assert f'href="{address(zone)}"' in commune
        assert f'href="{address(territory.west_1)}"' in client.get(address(zone)).content.decode()
    assert "territoire=commune:99001" in commune


def test_nobody_in_charge_is_said(client: Client, territory: Territory) -> None:
    assert text_of(client, address(territory.west_1)).count("Personne n’en a la charge.") == 7


def test_the_history_of_a_commune(client: Client, territory: Territory) -> None:
    CommuneChange.objects.create(
        date=date(2019, 1, 1), kind="merge", code_before="99777", name_before="Vieux-Bourg",
        code_after="99001", name_after="Épreuve-sur-Loire",
    )  # fmt: skip
    assert "1 janvier 2019 : Fusion : Vieux-Bourg → Épreuve-sur-Loire" in text_of(
        client, address(territory.west_1)
    )
    found = text_of(client, "/territoires/recherche/?q=vieux bourg")
    assert "Épreuve-sur-Loire (99001) — « Vieux-Bourg »" in found


@pytest.mark.parametrize(
    "path", ["/territoires/commune/00000/", "/territoires/nulle-part/99001/", "/territoires/?zonage=x"]
)
def test_not_found(client: Client, territory: Territory, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_list_of_a_site_without_places(client: Client) -> None:
    assert "terreau init" in text_of(client, "/territoires/")


def test_the_list_counts_the_part_in_the_region(client: Client, territory: Territory) -> None:
    fill(2, territory.west_1)
    compute_indicators(by=None)
    text = text_of(client, "/territoires/?zonage=epci_2026")
    assert "1 sur 2" in text
    assert "Ailleurs" not in text_of(client, "/territoires/?zonage=commune")


@pytest.mark.parametrize(
    "query", ["", "?q=", "?q=zzz", "?q=%00", "?q=" + "e" * 5000, "?q=<script>alert(1)</script>"]
)
def test_any_search_answers(client: Client, territory: Territory, query: str) -> None:
    response = client.get(f"/territoires/recherche/{query}")
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize("make_path", [lambda p: p, lambda p: "/en" + p])
def test_every_page_has_one_title_and_named_sections(
    client: Client, territory: Territory, make_path: Callable[[str], str]
) -> None:
    fill(1, territory.west_1)
    compute_indicators(by=None)
    for path in (
        "/territoires/",
        address(territory.west_1),
        address(territory.region),
        "/territoires/recherche/",
    ):
        page = client.get(make_path(path)).content.decode()
        assert page.count("<h1") == 1
        assert "style=" not in page
        identifiers = re.findall(r'\bid="([^"]+)"', page)
        assert len(identifiers) == len(set(identifiers))
        assert set(re.findall(r'aria-labelledby="([^"]+)"', page)) <= set(identifiers)


def test_the_neighbours_are_the_nearest_of_the_same_zoning(client: Client, territory: Territory) -> None:
    fill(3, territory.west_2)
    compute_indicators(by=None)
    table = (
        text_of(client, address(territory.west_1))
        .partition("Et chez les voisins")[2]
        .partition("Chiffres")[0]
    )
    assert (
        table.index("Épreuve-sur-Loire") < table.index("Saint-Essai 8 km") < table.index("La Ferté-Fictive")
    )
    assert "Saint-Essai 8 km 800 3 37,5 –" in table  # 3 for 800 inhabitants, none known to be in the ESS
    assert "Ailleurs" not in table  # of another region
    assert "Et chez les voisins" not in text_of(client, address(territory.region))


def test_where_nobody_is_known_the_page_leads_further(client: Client, territory: Territory) -> None:
    page = client.get(address(territory.east)).content.decode()
    assert "/autour/?commune=98001" in page
    assert "/annuaire/?territoire=departement:98" in page


def test_a_search_with_one_answer_opens_it(client: Client, territory: Territory) -> None:
    response = client.get("/territoires/recherche/?q=98001")
    assert response["Location"] == address(territory.east)


def test_years_are_compared_with_levels_that_have_figures(client: Client, territory: Territory) -> None:
    territory.departement_west.members.create(commune=make_place("99003"))  # larger than the EPCI
    fund(make_organisation("900000001"), 2022, 716_400, 1, departement=territory.departement_west)
    compute_indicators(by=None)
    page = client.get(address(territory.west_1)).content.decode()
    amounts = page.partition("Montants versés par l’État, année par année")[2].partition("</table>")[0]
    assert "Ouest-Fictif" in amounts
    assert "CC de l’Ouest fictif" not in amounts
