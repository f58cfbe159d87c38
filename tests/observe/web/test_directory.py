"""The directory as a visitor meets it: addresses, mistakes, empty states, any number of parties."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from terreau.commons.models import Party, PostCode
from terreau.commons.search.fold import fold_for_search, party_search_text
from terreau.observe.web.forms import communes_called
from tests.factories import make_party, make_place, make_record, make_site, make_source

pytestmark = pytest.mark.django_db
HTML = "<script>alert('x')</script> & Cie"


def make_commune(code: str, name: str):
    return make_place(code, name=name, search_text=fold_for_search(name))


def get(client, **parameters):
    return client.get(reverse("observe:directory"), parameters)


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (1, 1), (3, 3), (300, 25)])
def test_any_number_of_parties(client, number: int, shown: int) -> None:
    commune = make_commune("99001", "Fictive")
    for rank in range(number):
        make_record(party := make_party(f"Association fictive {rank:03}"))
        make_site(party, commune)
    response = get(client)
    assert response.status_code == 200
    page = response.content.decode()
    assert page.count('<h3><a href="/acteurs/') == shown
    assert ("Page 1 sur 12" in page) == (number == 300)
    assert ("terreau harvest" in page) == (number == 0)
    assert "Ce qui manque" in page
    if number == 300:
        last = get(client, page="12").content.decode()
        assert "Association fictive 299" in last
        assert get(client, page="9999").content.decode().count("Association fictive 299") == 1


def test_a_name_with_html_is_text(client) -> None:
    party = make_party(HTML, search_text=party_search_text(HTML))
    make_record(party, make_source("s", title=HTML, publisher=HTML))
    make_site(party, make_commune("99001", HTML))
    for address in (
        reverse("observe:directory"),
        reverse("observe:directory") + "?q=alert",
        reverse("observe:party", args=[party.public_id]),
        reverse("observe:mask_request", args=[party.public_id]),
        reverse("observe:sources"),
        reverse("observe:source", args=["s"]),
    ):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page, address


def test_what_is_typed_is_escaped_and_kept(client) -> None:
    page = get(client, q='"><script>x').content.decode()
    assert "<script>x" not in page
    assert 'value="&quot;&gt;&lt;script&gt;x"' in page


def test_the_permanent_address_is_one(client) -> None:
    make_place("97", "departement", [make_commune("99001", "Fictive")])
    given = (
        "?perimetre=in&tri=&statut=mutual&commune=&q=+l%27%C3%A9picerie++"
        "&statut=association&territoire=departement:97&x=1"
    )
    response = client.get(reverse("observe:directory") + given)
    assert response.status_code == 302
    expected = (
        "/annuaire/?q=l%27%C3%A9picerie&territoire=departement%3A97"
        "&statut=association&statut=mutual&perimetre=in"
    )
    assert response["Location"] == expected
    assert client.get(expected).status_code == 200
    assert client.get(expected + "&page=2").status_code == 200


def test_filters_are_chips_that_a_link_removes(client) -> None:
    page = get(client, statut="association", perimetre="in").content.decode()
    assert 'href="/annuaire/?perimetre=in"' in page
    assert 'href="/annuaire/?statut=association"' in page
    assert "Personne ne répond à cette demande" in page


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"statut": "zzz"}, "« zzz » n’est pas un choix possible"),
        ({"activite": "Z9"}, "« Z9 » n’est pas un choix possible"),
        ({"dispositif": "x"}, "n’est pas un choix possible"),
        ({"perimetre": "maybe"}, "n’est pas un choix possible"),
        ({"source": "nowhere"}, "n’est pas un choix possible"),
        ({"tri": "taille"}, "« taille » n’est pas un tri possible"),
        ({"territoire": "commune:00000"}, "Le territoire « commune:00000 » n’existe pas"),
        ({"territoire": "n'importe quoi"}, "n’existe pas"),
        ({"commune": "Nulle-Part"}, "Aucune commune de la région"),
        ({"q": "a" * 201}, "200 caractères"),
    ],
)
def test_a_wrong_value_is_said_and_the_rest_still_works(client, parameters, message) -> None:
    make_party("Association fictive")
    response = get(client, **parameters)
    assert response.status_code == 200
    page = response.content.decode().replace("\u00a0", " ")
    assert message in page
    assert page.count('<h3><a href="/acteurs/') == 1
    assert 'role="alert"' in page


def test_a_null_byte_is_refused_politely(client) -> None:
    assert get(client, q="a\x00b").status_code == 200
    assert get(client, territoire="commune:\x00").status_code == 200


def test_a_place_outside_the_region_is_said(client) -> None:
    make_place("88001", name="Ailleurs", communes_in_region=0, communes_total=1)
    page = get(client, territoire="commune:88001").content.decode()
    assert "hors de la région" in page.replace("\u00a0", " ")


def test_a_commune_by_name_code_or_post_code(client) -> None:
    fictive = make_commune("99001", "Saint-Fictif-l’Évêque")
    PostCode.objects.create(code="99100", commune=fictive)
    for typed in ("saint fictif l'eveque", "99001", "99100", "ST FICTIF", "Saint-Fictif-l’Évêque"):
        assert communes_called(typed) == [fictive], typed
        response = get(client, commune=typed)
        assert response["Location"] == "/annuaire/?territoire=commune%3A99001"
    assert 'value="commune:99001" selected' in client.get(response["Location"]).content.decode()


def test_two_communes_with_one_post_code_are_offered(client) -> None:
    for code, name in (("99001", "Une"), ("99002", "Deux")):
        PostCode.objects.create(code="99100", commune=make_commune(code, name))
    page = get(client, commune="99100").content.decode()
    assert "Plusieurs communes" in page
    assert 'href="/annuaire/?territoire=commune%3A99002"' in page


def test_facets_show_counts_and_keep_what_is_chosen(client) -> None:
    for nature in ("association", "association", "mutual"):
        make_record(make_party(nature=nature, naf="88.99B"))
    page = get(client, statut="mutual").content.decode()
    assert 'value="association"> association <span class="count">2</span>' in page
    assert 'value="mutual" checked> mutuelle <span class="count">1</span>' in page
    assert 'value="Q"' in page
    assert 'value="A"' not in page


def test_english_page_has_its_own_address(client) -> None:
    assert client.get("/en/annuaire/").status_code == 200


def test_the_number_of_queries_does_not_depend_on_rows(client) -> None:
    commune = make_commune("99001", "Fictive")
    get(client)
    counts = []
    for number in (1, 3):
        while Party.objects.count() < number:
            make_record(party := make_party())
            make_site(party, commune)
        with CaptureQueriesContext(connection) as queries:
            get(client)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_how_many_are_in_the_ess_leads_to_them(client) -> None:
    for perimeter in ("in", "in", "out"):
        make_party(nature="association", perimeter=perimeter)
    page = get(client, statut="association").content.decode()
    assert (
        '<a href="/annuaire/?statut=association&amp;perimetre=in">2 sont dans le périmètre de l’ESS</a>'
        in page
    )
    assert "2 sont dans" not in get(client, perimetre="in").content.decode()


def test_a_commune_leads_to_its_surroundings_with_the_same_words(client) -> None:
    make_commune("99001", "Fictive")
    page = get(client, q="vélo", territoire="commune:99001").content.decode()
    assert "/autour/?commune=99001&amp;mots=v%C3%A9lo" in page
    assert "<title>«\u00a0vélo\u00a0», Fictive, Annuaire" in page
