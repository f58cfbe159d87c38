"""Requests that a browser would not send of itself: forged forms, other methods, other hosts, other destinations."""

import io

import pytest
from django.test import Client
from django.urls import reverse

from terreau.commons.enums import Role
from terreau.commons.models import JournalEntry, RoleGrant, User
from terreau.observe.models import MaskRequest
from terreau.portal.permissions import ROUTES
from tests.factories import make_user
from tests.factories.world import World

from .nasty import address_of

pytestmark = pytest.mark.usefixtures("shared_world")
ELSEWHERE = (
    "https://evil.invalid/", "//evil.invalid/", "///evil.invalid/", "/\\evil.invalid/", "\\\\evil.invalid",
    "http:evil.invalid",
    "https:/\\evil.invalid", "javascript:alert(1)", "data:text/html,x", " https://evil.invalid", "\thttps://evil.invalid",
    "/\t/evil.invalid/", "https://testserver@evil.invalid/", "https://evil.invalid\\@testserver/", "http://testserver.evil.invalid/",
    "/x\r\nSet-Cookie: a=b",
)  # fmt: skip


# A choice of colours; and a mail reader that stops a subscription: the secret in the address is what allows it.
WITHOUT_TOKEN = {"theme": 302, "commitments:stop": 404}


@pytest.mark.parametrize("route", sorted(name for name, access in ROUTES.items() if access.write))
def test_form_forged_by_another_site_changes_nothing(shared_world: World, route: str) -> None:
    """The browser of somebody signed in sends her cookies along, but the other site cannot read the token."""
    client = Client(enforce_csrf_checks=True)
    person = make_user("", "administrator", "steward")
    client.force_login(person)
    before = (JournalEntry.objects.count(), User.objects.count(), RoleGrant.objects.count())
    for extra in ({}, {"csrfmiddlewaretoken": "a" * 64}, {"csrfmiddlewaretoken": ""}):
        data = {
            "name": "x",
            "reason": "x",
            "do": "grant",
            "role": "moderator",
            "email": "a@exemple.invalid",
            **extra,
        }
        answer = client.post(address_of(route, shared_world.parties[0].public_id), data)
        assert answer.status_code == WITHOUT_TOKEN.get(route, 403), route
    assert (JournalEntry.objects.count(), User.objects.count(), RoleGrant.objects.count()) == before
    assert client.session["_auth_user_id"] == str(person.pk)
    assert not MaskRequest.objects.exists()


@pytest.mark.parametrize("method", ["get", "head", "options", "put", "patch", "delete", "trace"])
def test_only_a_post_changes_anything(shared_world: World, staff: Client, method: str) -> None:
    before = (JournalEntry.objects.count(), User.objects.count(), MaskRequest.objects.count())
    for route, access in ROUTES.items():
        address = (
            f"{address_of(route, shared_world.parties[0].public_id)}?reason=x&do=grant&role=moderator&name=x"
        )
        answer = getattr(staff, method)(address)
        answer.close()
        assert answer.status_code < 500, (method, route)
        if not access.write and method in {"put", "patch", "delete", "trace"}:
            assert answer.status_code == 405, (method, route)
    assert (JournalEntry.objects.count(), User.objects.count(), MaskRequest.objects.count()) == before
    assert "_auth_user_id" in staff.session


def test_method_cannot_be_disguised(staff: Client) -> None:
    page = reverse("account_erase")
    for extra in ({"headers": {"x-http-method-override": "POST"}}, {"data": {"_method": "POST"}}):
        assert staff.get(page, **extra).status_code == 200
    assert User.objects.filter(email="garde@exemple.invalid").exists()


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_form_sends_a_visitor_elsewhere(client: Client, elsewhere: str) -> None:
    client.force_login(make_user())
    answers = [client.post(reverse("theme"), {"theme": "dark", "next": elsewhere})]
    answers.append(client.get(reverse("account_login"), {"next": elsewhere}))
    answers.append(client.post(f"{reverse('account_logout')}", {"next": elsewhere}))
    for answer in answers:
        assert answer.status_code == 302
        assert answer.url.startswith("/") and not answer.url.startswith(("//", "/\\")), answer.url
        assert "evil" not in answer.url.split("?")[0]
        assert "\r" not in answer.url and "\n" not in answer.url and "a" not in answer.cookies


@pytest.mark.parametrize(
    "path",
    ["//evil.invalid/annuaire", "//evil.invalid/compte/", "///evil.invalid", "/\\evil.invalid/x", "//[x/"],
)
def test_no_page_points_elsewhere_because_of_its_own_address(client: Client, path: str) -> None:
    """Without its first part, ``//evil.invalid/`` in a link is another site."""
    answer = client.get("/", PATH_INFO=path)
    assert answer.status_code in {301, 302, 404}
    if answer.status_code != 404:
        assert not answer.url.startswith("//")
    for attribute in ('href="//', "href='//", 'action="//', 'href="/\\'):
        assert attribute not in answer.text


@pytest.mark.parametrize(
    "host",
    [
        "evil.invalid",
        "localhost.evil.invalid",
        "localhost:80@evil.invalid",
        "localhost:evil",
        "",
        "a b",
        "localhost,evil.invalid",
    ],
)
def test_other_hosts_are_refused_in_plain_words(visitor: Client, host: str) -> None:
    for address in ("/", "/compte/connexion/", "/api/v1/sources", "/healthz"):
        answer = visitor.get(address, headers={"host": host})
        assert answer.status_code == 400 and "pas compris" in answer.text
        assert "evil" not in answer.text


def test_forwarded_host_is_not_believed(client: Client, mailoutbox) -> None:
    make_user("lue@exemple.invalid")
    headers = {"x-forwarded-host": "evil.invalid", "forwarded": "host=evil.invalid", "x-host": "evil.invalid"}
    Client().post(reverse("account_login"), {"login": "inconnue@exemple.invalid"}, headers=headers)
    client.post(reverse("account_login"), {"login": "lue@exemple.invalid"}, headers=headers)
    assert len(mailoutbox) == 2
    assert not [mail for mail in mailoutbox if "evil" in mail.body + mail.subject]
    assert "evil" not in client.get("/annuaire/", headers=headers).text


def test_file_sent_to_a_form_is_not_written_to_the_disk(visitor: Client, tmp_path, settings) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "absent")  # writing there would be an error of the site
    big = io.BytesIO(b"a" * (6 << 20))
    big.name = "a.bin"
    assert visitor.post(reverse("theme"), {"theme": "dark", "file": big}).status_code == 302
    visitor.get(reverse("account_login"))
    big.seek(0)
    assert (
        visitor.post(reverse("account_login"), {"login": "a@exemple.invalid", "file": big}).status_code == 403
    )


def test_endless_form_is_refused(visitor: Client) -> None:
    kind = "application/x-www-form-urlencoded"
    too_long = visitor.post(reverse("theme"), "theme=" + "a" * 1_100_000, content_type=kind)
    too_many = visitor.post(reverse("theme"), "&".join(f"a{n}=1" for n in range(1500)), content_type=kind)
    assert (too_long.status_code, too_many.status_code) == (400, 400)
    assert "pas compris" in too_long.text


@pytest.mark.parametrize(
    "roles", [(), ("facilitator",), ("steward",), ("moderator",), ("facilitator", "steward", "moderator")]
)
def test_nobody_gives_herself_a_role(roles: tuple[str, ...]) -> None:
    client, person, other = Client(), make_user("", *roles), make_user()
    client.force_login(person)
    for target in (person, other):
        for role in (*Role.values, "superuser", "", "administrator\x00"):
            for do in ("grant", "revoke"):
                answer = client.post(reverse("change_role", args=[target.pk]), {"do": do, "role": role})
                assert answer.status_code == 403
    # Fields that no form has are not looked at.
    client.post(
        reverse("account"),
        {"name": "x", "is_active": "0", "email": "a@b.invalid", "role": "administrator", "role_grants": "1"},
    )
    person.refresh_from_db()
    assert set(person.role_grants.values_list("role", flat=True)) == set(roles)
    assert person.is_active and person.email != "a@b.invalid"


def test_role_taken_back_closes_its_pages_at_once(client: Client) -> None:
    person = make_user("", "steward")
    client.force_login(person)
    assert client.get(reverse("journal")).status_code == 200
    person.role_grants.all().delete()
    assert client.get(reverse("journal")).status_code == 403


@pytest.mark.parametrize("number", [0, 10**30, 2**63, 2**63 - 1])
def test_numbers_that_no_row_has(staff: Client, number: int) -> None:
    assert (
        staff.post(reverse("change_role", args=[number]), {"do": "grant", "role": "steward"}).status_code
        == 404
    )
    data = {"request": number, "decision": "grant", "answer": "x"}
    assert staff.post(reverse("observe:mask_requests"), data).status_code in {400, 404}
