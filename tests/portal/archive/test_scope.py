"""What belongs to an archive: nothing that the table of permissions does not open to everybody."""

import pytest
from django.urls import reverse

from terreau.portal.archive.scope import NEEDS_SERVER, QUERIES, Scope
from terreau.portal.permissions import PUBLIC_PAGE, ROUTES

ORIGIN = "https://terreau.exemple.invalid"


def test_what_is_named_is_a_public_page() -> None:
    assert [route for route in (*NEEDS_SERVER, *QUERIES) if ROUTES.get(route) != PUBLIC_PAGE] == []


@pytest.mark.parametrize(
    "address",
    ["/", "/annuaire/", "/annuaire/?page=2", "/annuaire/?territoire=commune%3A99001", "/territoires/?zonage=commune",
     "/acteurs/abc/", "/engagements/", "/engagements/?etat=late&page=2", "/engagements/abc/", "/static/ui/favicon.svg"],
)  # fmt: skip
def test_public_pages_belong_to_it(address: str) -> None:
    assert Scope(("fr",), ORIGIN).holds(address)


@pytest.mark.parametrize(
    "address",
    ["/annuaire/?q=a", "/acteurs/abc/?page=1&x=1", "/acteurs/abc/masquer/", "/masquages/",
     "/contenus-finances/nouveau/", "/autour/", "/engagements/?q=a",
     "/echeances.ics", "/echeances.atom", "/echeances/abonnement/",
     "/engagements/nouveau/", "/api/v1/organisations", "/healthz", "/en/annuaire/", "/nulle-part/",
     "/donnees/elements.json", "/territoires/commune/99001/?au=2026-01-31"],
)  # fmt: skip
def test_nothing_else_does(address: str) -> None:
    assert not Scope(("fr",), ORIGIN).holds(address)


@pytest.mark.parametrize("route", ["account_login", "account_signup", "account", "people", "journal"])
def test_no_account_does(route: str) -> None:
    assert not Scope(("fr", "en"), ORIGIN).holds(reverse(route))


def test_a_link_is_read_from_its_page() -> None:
    scope = Scope(("fr",), ORIGIN)
    assert scope.address("/annuaire/?page=2", "?page=3") == "/annuaire/?page=3"
    assert scope.address("/annuaire/?page=2", "?page=1") == "/annuaire/"  # the first page has one address
    assert scope.address("/annuaire/", f"{ORIGIN}/carte/#ici") == "/carte/"
    for elsewhere in (
        "https://ailleurs.invalid/",
        "//ailleurs.invalid/",
        "mailto:a@exemple.invalid",
        "data:,a",
    ):
        assert scope.address("/annuaire/", elsewhere) is None
