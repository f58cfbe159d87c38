"""Every address that can be read, with what an attacker types in it: never an error of the site."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terreau.commons.models import Party
from terreau.commons.search.fold import party_search_text
from terreau.commons.search.index import matching
from terreau.portal.permissions import EVERYONE, ROUTES
from tests.factories import make_party
from tests.factories.world import World

from .nasty import ENCODED, NUMBERS, PARAMETERS, PARTS, address_of, readable_routes, variable_routes

pytestmark = pytest.mark.usefixtures("shared_world")
#: Choices of a list: tried together, since one page costs as much as all the others.
CHOICES = ("territoire", "statut", "activite", "dispositif", "perimetre", "source", "fermees", "tri")


def get(client: Client, address: str):
    """As it travels: the path decoded once, the query untouched."""
    path, _, query = address.partition("?")
    return client.get(path, QUERY_STRING=query)


def check(response, asked: str) -> None:
    assert response.status_code < 500, asked[:200]
    body = response.getvalue()
    response.close()
    if response.status_code in {400, 404, 422}:
        assert body, asked[:200]
        assert b"Traceback" not in body and b"site-packages" not in body, asked[:200]
        is_page = response["Content-Type"].startswith("text/html")
        assert not is_page or b"<h1>" in body, asked[:200]


def prepared(route: str, world: World, staff: Client) -> tuple[Client, str]:
    """Who may read the page, and its address when all is well."""
    client = Client(raise_request_exception=False) if ROUTES[route].read == EVERYONE else staff
    return client, address_of(route, world.parties[0].public_id)


@pytest.mark.parametrize("route", sorted(PARAMETERS))
def test_no_value_of_a_parameter_breaks_its_page(shared_world: World, staff: Client, route: str) -> None:
    client, address = prepared(route, shared_world, staff)
    for number, value in enumerate((*ENCODED, *NUMBERS)):
        alone = [name for name in PARAMETERS[route] if name not in CHOICES]
        # Each value on each page, each time in another parameter: all in all of them would take minutes.
        queries = [f"{name}={value}" for name in alone[number % 3 :: 3] or alone]
        if route == "observe:directory" and number % 3 == 0:
            queries.append("&".join(f"{name}={value}" for name in CHOICES))
        for query in queries:
            check(get(client, f"{address}?{query}"), f"{address}?{query}")


@pytest.mark.parametrize("route", readable_routes())
def test_no_query_breaks_a_page_that_reads_none(shared_world: World, staff: Client, route: str) -> None:
    client, address = prepared(route, shared_world, staff)
    every = sorted({name for names in PARAMETERS.values() for name in names})
    for query in (
        "&".join(f"{name}=%00%ff" for name in every),
        "&".join(f"{name}[]=1&{name}=a&{name}=b" for name in every),
        "&=&&==;%3d&",
        "x" * 60_000,
        "&".join(f"p{n}=1" for n in range(1500)),
    ):
        check(get(client, f"{address}?{query}"), f"{address}?{query}")


@pytest.mark.parametrize(("route", "names"), list(variable_routes()))
def test_no_part_of_an_address_breaks_it(
    shared_world: World, staff: Client, route: str, names: list[str]
) -> None:
    _, address = prepared(route, shared_world, staff)
    for name in names:
        written = str(PARTS[route][name]).replace("PARTY", shared_world.parties[0].public_id)
        before, _, after = address.rpartition(f"/{written}")
        if name == "z":
            before, _, after = address.partition(f"/{written}")
        for value in (*ENCODED[::2], *NUMBERS[::3], "9" * 5000, "a" * 300, "contours_communes", "_"):
            asked = f"{before}/{value}{after}".replace("?", "%3F")
            check(get(staff, asked), asked)
    check(get(staff, f"/en{asked}"), asked)


def test_dataset_and_layer_addresses_stay_in_their_folder(client: Client) -> None:
    for address in (
        "/donnees/manifest.json", "/donnees/organisations.manifest", "/donnees/secret_key.csv",
        "/donnees/../secret_key",
        "/donnees/..%2fsecret_key.csv", "/donnees/organisations.CSV", "/donnees/.csv",
        "/carte/contours/..%2f..%2finit.geojson", "/carte/contours/%2e%2e.geojson", "/carte/contours/.geojson",
        "/static/../secret_key", "/static/..%2fsecret_key", "/static/%2e%2e/secret_key", "/static//etc/passwd",
    ):  # fmt: skip
        answer = get(client, address)
        assert answer.status_code == 404, address


odd = ["l’épicerie", "É P I", "d l qu ", '"a" OR', "İ", "ß", "\u0345", "ﬃ²½"]
anything = st.text(max_size=60) | st.sampled_from(odd)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=anything)
def test_any_words_can_be_looked_for(shared_world: World, words: str) -> None:
    """No operator of the index, no letter that it does not know, is an error; and a name finds its owner."""
    Party.objects.all().delete()
    party = make_party("x", search_text=party_search_text(words))
    for ranked in (False, True):
        found = list(matching(Party.objects.all(), words, ranked=ranked))
        assert found in ([party], [])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    given=st.dictionaries(
        st.sampled_from(
            ["q", "territoire", "commune", "statut", "tri", "page", "fermees", "perimetre", "inconnu"]
        ),
        anything | st.sampled_from(["commune:99001", "99001", "association", "nom", "on", "in", "2", " 2 "]),
        max_size=5,
    )
)
def test_directory_sends_to_its_permanent_address_once(client: Client, db, given: dict[str, str]) -> None:
    """Twice would be for ever."""
    first = client.get("/annuaire/", given)
    assert first.status_code in {200, 302}
    if first.status_code == 302:
        assert first.url.startswith("/annuaire/")
        assert client.get(first.url).status_code == 200
