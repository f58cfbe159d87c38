"""The pages of workshops: opening, the poster, entering, and what a room may send that a connection may not."""

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from terreau.commons.actions.workshops import end_workshop, open_workshop
from terreau.commons.models import Workshop
from terreau.observe.models import Correction
from tests.factories import make_party, make_place, make_record, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def limits(settings) -> None:
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {
        **settings.ACCOUNT_RATE_LIMITS, "correction": "2/h/ip", "workshop_code": "2/h/ip", "workshop": "2/h/user",
    }  # fmt: skip


@pytest.fixture
def facilitator() -> Client:
    client = Client()
    client.force_login(make_user("", "facilitator"))
    return client


@pytest.fixture
def workshop() -> Workshop:
    by = make_user("", "steward")
    return open_workshop(name="Soirée fictive", starts_at=timezone.now(), hours=2, expected=2, by=by)


@pytest.fixture
def address() -> str:
    party = make_party()
    make_record(party)
    return f"/acteurs/{party.public_id}/corriger/"


def send(client: Client, address: str, number: int, **typed: str):
    value = f"https://n{number}.invalid/"
    return client.post(address, {"champ": "website", "value": value, "evidence": "vu", **typed})


def form(**values: str) -> dict[str, str]:
    day = timezone.localdate() + dt.timedelta(days=1)
    return {
        "name": "Soirée", "commune": "", "day": day.isoformat(), "start": "18:30", "hours": "3", "expected": "25",
        **values,
    }  # fmt: skip


def test_a_facilitator_opens_one_for_tomorrow_and_gets_its_poster(facilitator) -> None:
    make_place("99001", name="Fictive-sur-Loire")
    answer = facilitator.post("/ateliers/", form(commune="Fictive-sur-Loire"))
    made = Workshop.objects.get()
    assert answer.url == f"/ateliers/{made.code}/"
    assert (made.place.code, timezone.localtime(made.starts_at).hour, made.allowance) == ("99001", 18, 500)
    page = facilitator.get(answer.url).content.decode()
    assert f'<strong class="poster-code">{made.code}</strong>' in page
    assert f"http://testserver/atelier/{made.code}/" in page
    assert re.search(r"<svg[^>]*viewBox", page)
    assert re.search("0 corrections? comptées?, sur 500 permises", page)
    assert "n’ouvre rien avant l’heure" in page.replace("\u00a0", " ")
    listed = facilitator.get("/ateliers/").content.decode()
    assert "Soirée" in listed and "à venir" in listed


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day": "2020-01-01"}, "déjà fini"),
        ({"day": "demain"}, "2026-01-31"),
        ({"hours": "13"}, "12"),
        ({"commune": "Nullepart"}, "Aucune commune"),
        ({"name": ""}, "Donnez un nom"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(facilitator, wrong, said) -> None:
    answer = facilitator.post("/ateliers/", form(start="18:45", **wrong))
    page = answer.content.decode()
    assert answer.status_code == 400 and said in page and 'value="18:45' in page
    assert not Workshop.objects.exists()


def test_opening_is_limited(facilitator) -> None:
    assert [facilitator.post("/ateliers/", form()).status_code for _number in range(3)] == [302, 302, 429]


def test_a_connection_is_stopped_and_a_room_is_not(client, workshop, address) -> None:
    assert [send(client, address, number).status_code for number in range(3)] == [200, 200, 429]
    stopped = send(client, address, 4).content.decode()
    assert "À un atelier" in stopped and "<details open>" in stopped and "https://n4.invalid/" in stopped
    assert send(client, address, 4, atelier=workshop.code.upper()).status_code == 200, (
        "the code typed in the form"
    )
    assert "sessionid" not in client.cookies
    entered = client.post("/atelier/", {"code": workshop.code})
    assert entered.url == f"/atelier/{workshop.code}/"
    assert "Vous y êtes" in client.get(entered.url).content.decode()
    assert "Soirée fictive" in client.get(address + "?champ=website").content.decode()
    assert send(client, address, 5).status_code == 200, "the code entered before"
    workshop.refresh_from_db()
    assert workshop.used == 2
    assert Correction.objects.count() == 4


def test_a_room_that_used_up_its_allowance_goes_on_as_a_connection(client, workshop, address) -> None:
    Workshop.objects.update(used=workshop.allowance)
    answers = [send(client, address, number, atelier=workshop.code).status_code for number in range(3)]
    assert answers == [200, 200, 429]


def test_the_code_of_a_workshop_that_is_over_opens_nothing(client, workshop, address) -> None:
    client.post("/atelier/", {"code": workshop.code})
    end_workshop(workshop=workshop, by=workshop.opened_by)
    assert "Vous y êtes" not in client.get(f"/atelier/{workshop.code}/").content.decode()
    assert [send(client, address, number).status_code for number in range(3)] == [200, 200, 429]
    workshop.refresh_from_db()
    assert workshop.used == 0


def test_the_code_gives_no_other_right(client, workshop) -> None:
    client.post("/atelier/", {"code": workshop.code})
    for address in ("/ateliers/", f"/ateliers/{workshop.code}/", "/corrections/", "/compte/"):
        assert client.get(address).status_code == 302, address
    assert client.post(f"/ateliers/{workshop.code}/").status_code == 302
    workshop.refresh_from_db()
    assert workshop.is_open


def test_codes_cannot_be_guessed_and_addresses_tell_nothing(client, workshop) -> None:
    for address in (f"/atelier/{workshop.code}/", "/atelier/zzzzzz/"):
        page = client.get(address)
        assert page.status_code == 200 and "Soirée" not in page.content.decode()
    assert [client.post("/atelier/", {"code": "zzzzzz"}).status_code for _number in range(3)] == [
        400,
        400,
        429,
    ]
    assert client.post("/atelier/", {"code": workshop.code}).status_code == 429


def test_a_room_enters_its_own_code_as_often_as_it_is_large(workshop) -> None:
    for _number in range(5):
        assert Client().post("/atelier/", {"code": workshop.code}).status_code == 302


def test_one_that_has_not_begun_says_when_to_try_again(client, workshop) -> None:
    Workshop.objects.update(starts_at=timezone.now() + dt.timedelta(hours=1))
    page = client.post("/atelier/", {"code": workshop.code})
    assert page.status_code == 400 and "pas encore commencé" in page.content.decode()


def test_leaving_and_ending(client, facilitator, workshop) -> None:
    client.post("/atelier/", {"code": workshop.code})
    assert client.post(f"/atelier/{workshop.code}/").url == "/atelier/"
    assert "Vous y êtes" not in client.get(f"/atelier/{workshop.code}/").content.decode()
    assert facilitator.post(f"/ateliers/{workshop.code}/").status_code == 302
    page = facilitator.get(f"/ateliers/{workshop.code}/").content.decode()
    assert "Cet atelier est fini" in page and "<svg" not in page
    assert facilitator.get("/ateliers/zzzzzz/").status_code == 404


def test_no_workshop_yet(facilitator) -> None:
    assert "Aucun atelier" in facilitator.get("/ateliers/").content.decode()
