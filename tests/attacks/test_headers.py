"""What travels beside each answer: policies on all of them, cookies on hardly any, and what may be kept."""

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from terreau.observe.boundaries import layer_path
from terreau.portal.permissions import EVERYONE, ROUTES
from tests.factories.world import World

from .nasty import address_of, readable_routes

pytestmark = pytest.mark.usefixtures("shared_world")

POLICIES = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Pages with a form that is sent: they need the cookie that proves where it was filled.
WITH_A_FORM = {"account_login", "account_signup", "observe:correct_place", "observe:mask_request",
               "observe:practice_contradict", "commitments:reply", "commitments:subscribe", "deliberate:follow",
               "deliberate:statement", "deliberate:statement_new", "deliberate:text", "deliberate:vote",
               "workshop_door", "workshop_enter"}  # fmt: skip


def every_kind_of_answer(client: Client, shared_world: World):
    """(what, answer): pages, files, tiles, API, redirections, refusals and errors."""
    for route in readable_routes():
        yield route, client.get(address_of(route, shared_world.parties[0].public_id))
    for what, address, extra in (
        ("no such page", "/rien/", {}),
        ("English", "/en/annuaire/", {}),
        ("missing slash", "/annuaire", {}),
        ("to sign in", "/compte/", {}),
        ("masked or unknown party", "/acteurs/aaaaaaaaaa/", {}),
        ("API without such a thing", "/api/v1/organisations/aaaaaaaaaa", {}),
        ("API refusing a parameter", "/api/v1/organisations?limit=a", {}),
        ("no such tile", "/carte/tuiles/1/9/9.mvt", {}),
        ("another host", "/", {"headers": {"host": "evil.invalid"}}),
    ):
        yield what, client.get(address, **extra)
    yield "refused method", client.get(reverse("theme"))
    yield "form without its proof", client.post("/compte/connexion/", {"login": "a@exemple.invalid"})


def test_policies_are_on_every_kind_of_answer(visitor: Client, shared_world: World) -> None:
    seen = set()
    for what, answer in every_kind_of_answer(visitor, shared_world):
        seen.add(answer.status_code)
        policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'self'", what
        assert policy["frame-ancestors"] == policy["object-src"] == "'none'", what
        assert policy["base-uri"] == policy["form-action"] == "'self'", what
        assert (
            "unsafe" not in answer["Content-Security-Policy"] and "*" not in answer["Content-Security-Policy"]
        )
        assert {name: answer[name] for name in POLICIES} == POLICIES, what
        answer.close()
    assert {200, 301, 302, 400, 403, 404, 405, 422} <= seen


def test_error_of_the_site_has_its_policies_too(visitor: Client, monkeypatch) -> None:
    def broken(*args):
        raise RuntimeError

    monkeypatch.setattr("terreau.observe.web.views.sources.reconcile", broken)
    answer = visitor.get("/sources/")
    assert answer.status_code == 500 and "default-src 'self'" in answer["Content-Security-Policy"]
    assert {name: answer[name] for name in POLICIES} == POLICIES


def test_reading_sets_no_cookie(shared_world: World) -> None:
    for route in readable_routes():
        if ROUTES[route].read != EVERYONE:
            continue
        for before in ("", "/en"):
            visitor = Client(raise_request_exception=False)
            answer = visitor.get(before + address_of(route, shared_world.parties[0].public_id))
            answer.close()
            expected = {"csrftoken"} if route in WITH_A_FORM and answer.status_code == 200 else set()
            assert set(answer.cookies) == expected, route


def test_cookies_are_closed_to_scripts_and_other_sites(client: Client) -> None:
    """That of the session: tests/portal/test_sign_in.py."""
    client.get(reverse("account_login"))
    client.post(reverse("theme"), {"theme": "dark"})
    assert client.cookies["theme"]["httponly"]
    for name in ("csrftoken", "theme"):
        assert client.cookies[name]["samesite"] == "Lax", name


def test_nothing_private_is_kept_by_a_browser_or_a_proxy(staff: Client, shared_world: World) -> None:
    """A computer of a library: whoever comes next and goes back sees nothing."""
    for route, access in ROUTES.items():
        if access.read and access.read != EVERYONE:
            answer = staff.get(address_of(route, shared_world.parties[0].public_id))
            assert "no-store" in answer["Cache-Control"] and "private" in answer["Cache-Control"], route
            refused = Client().get(address_of(route, shared_world.parties[0].public_id))
            assert "no-store" in refused["Cache-Control"], route
    # A page for everybody shows, to whoever is signed in, whose account it is.
    for address in ("/", "/annuaire/", "/rien/"):
        assert "no-store" in staff.get(address)["Cache-Control"], address
        assert "no-store" not in Client().get(address).headers.get("Cache-Control", ""), address
    assert "no-store" in staff.post(reverse("change_role", args=[10**6]), {})["Cache-Control"]
    for route in ("account_login", "account_signup"):
        assert "no-store" in Client().get(reverse(route))["Cache-Control"], route


def test_what_the_map_downloads_may_be_kept_even_when_signed_in(staff: Client) -> None:
    address = reverse("observe:tile", args=[0, 0, 0])
    assert "no-store" not in staff.get(address)["Cache-Control"]
    assert not layer_path("commune").exists()
    assert staff.get(reverse("observe:boundaries", args=["commune"])).status_code == 404


@override_settings(SECURE_HSTS_SECONDS=0)
def test_plain_http_promises_no_https(client: Client) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz", secure=True)
