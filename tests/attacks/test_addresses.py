"""Every address that can be read, with what an attacker types in it: never an error of the site."""

import pytest
from django.test import Client

from terreau.portal.permissions import EVERYONE, ROUTES
from tests.factories.world import World

from .nasty import ENCODED, NUMBERS, PARAMETERS, PARTS, address_of, readable_routes, variable_routes

pytestmark = pytest.mark.django_db


def get(client: Client, address: str):
    """As it travels: the path decoded once, the query untouched."""
    path, _, query = address.partition("?")
    return client.get(path, QUERY_STRING=query)


def check(response, asked: str) -> None:
    assert response.status_code < 500, asked[:200]
    if response.status_code in {400, 404, 422}:
        body = b"".join(response.streaming_content) if response.streaming else response.content
        assert body, asked[:200]
        assert b"Traceback" not in body and b"/terreau/" not in body, asked[:200]


def reader(route: str, staff: Client) -> Client:
    return Client(raise_request_exception=False) if ROUTES[route].read == EVERYONE else staff


@pytest.mark.parametrize("route", sorted(PARAMETERS))
def test_no_value_of_a_parameter_breaks_its_page(world: World, staff: Client, route: str) -> None:
    client, address = reader(route, staff), address_of(route, world.parties[0].public_id)
    for name in PARAMETERS[route]:
        for value in (*ENCODED, *NUMBERS):
            check(get(client, f"{address}?{name}={value}"), f"{address}?{name}={value}")


@pytest.mark.parametrize("route", readable_routes())
def test_no_query_breaks_a_page_that_reads_none(world: World, staff: Client, route: str) -> None:
    client, address = reader(route, staff), address_of(route, world.parties[0].public_id)
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
def test_no_part_of_an_address_breaks_it(world: World, staff: Client, route: str, names: list[str]) -> None:
    address = address_of(route, world.parties[0].public_id)
    for name in names:
        given = str({**PARTS[route], **dict.fromkeys(("public_id",), world.parties[0].public_id)}[name])
        before, _, after = address.rpartition(given) if name != "zoning_code" else address.partition(given)
        for value in (*ENCODED, *NUMBERS, "a" * 300, "contours_communes", "-", "_"):
            asked = f"{before}{value}{after}"
            check(get(staff, asked.replace("?", "%3F")), asked)
            check(get(staff, f"/en{asked}".replace("?", "%3F")), asked)
