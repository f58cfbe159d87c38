"""Asking, confirming by a mail, stopping in one gesture; a link that is only opened does nothing."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from terreau.commitments.models import Subscription
from terreau.commitments.queries.subscriptions import CONFIRM, STOP, secret_of
from terreau.commons.enums import Diffusion
from terreau.commons.models import JournalEntry, User
from tests.factories import make_party, make_place, make_user
from tests.factories.commitments import make_item

pytestmark = pytest.mark.django_db
ADDRESS = "/echeances/abonnement/"


@pytest.fixture
def ask(client, django_capture_on_commit_callbacks):
    def send(email: str = "a@exemple.invalid", query: str = "", **data):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(f"{ADDRESS}{query}", {"email": email, **data})

    return send


def stop_of(row: Subscription) -> str:
    return reverse("commitments:stop", args=[row.token, secret_of(STOP, row.token)])


def test_asked_confirmed_and_stopped(client, ask) -> None:
    party = make_party("Atelier fictif")
    assert "Atelier fictif" in client.get(f"{ADDRESS}?acteur={party.public_id}").content.decode()
    response = ask(query=f"?acteur={party.public_id}")
    assert response.status_code == 200 and "sept jours" in response.content.decode()
    row = Subscription.objects.get()
    assert (row.email, row.party, row.confirmed_at) == ("a@exemple.invalid", party, None)
    link = re.search(r"http://testserver(/\S+)", mail.outbox[-1].body).group(1)
    assert client.get(link).status_code == 200
    row.refresh_from_db()
    assert row.confirmed_at is None, "opening the link confirms nothing"
    client.post(link)
    row.refresh_from_db()
    assert row.confirmed_at is not None
    assert client.get(stop_of(row)).status_code == 200 and Subscription.objects.exists()
    assert "C’est arrêté" in client.post(stop_of(row)).content.decode()
    assert not Subscription.objects.exists()
    assert "C’est arrêté" in client.post(stop_of(row)).content.decode(), "pressed twice"


def test_one_click_from_a_mail_program_without_cookies() -> None:
    rows = [Subscription.objects.create(email="a@exemple.invalid") for _ in range(3)]
    other = Subscription.objects.create(email="b@exemple.invalid")
    strict = Client(enforce_csrf_checks=True)
    kind = "application/x-www-form-urlencoded"
    response = strict.post(stop_of(rows[0]), "List-Unsubscribe=One-Click", content_type=kind)
    assert response.status_code == 200
    assert list(Subscription.objects.all()) == [other]


def test_one_may_be_stopped_alone(client) -> None:
    first, second = (Subscription.objects.create(email="a@exemple.invalid") for _ in range(2))
    client.post(stop_of(first), {"seul": "1"})
    assert list(Subscription.objects.all()) == [second]


def test_each_secret_is_for_one_purpose_and_one_subscription(client) -> None:
    row, other = (Subscription.objects.create(email=f"{one}@exemple.invalid") for one in "ab")
    wrong = [
        reverse("commitments:stop", args=[row.token, secret_of(CONFIRM, row.token)]),
        reverse("commitments:stop", args=[row.token, secret_of(STOP, other.token)]),
        reverse("commitments:confirm", args=[row.token, secret_of(STOP, row.token)]),
    ]
    for address in wrong:
        assert client.get(address).status_code == client.post(address).status_code == 404
    assert Subscription.objects.filter(confirmed_at=None).count() == 2


def test_who_asks_does_not_learn_who_is_there(ask) -> None:
    Subscription.objects.create(email="a@exemple.invalid", confirmed_at="2026-01-01T00:00Z")
    known, unknown = ask(), ask("b@exemple.invalid")
    assert (known.status_code, known.templates[0].name) == (unknown.status_code, unknown.templates[0].name)
    assert "a@exemple.invalid" not in known.content.decode()
    assert [one.to for one in mail.outbox] == [["b@exemple.invalid"]]
    assert Subscription.objects.count() == 2


def test_errors_keep_what_was_typed_and_say_what_to_do(ask) -> None:
    response = ask("a@exemple")
    page = response.content.decode()
    assert response.status_code == 400 and 'value="a@exemple"' in page and "nom@exemple.fr" in page
    assert ask("").status_code == 400 and not Subscription.objects.exists()


def test_a_robot_is_told_what_a_person_is_told(ask) -> None:
    assert ask(fax="x").status_code == 200
    assert not Subscription.objects.exists() and mail.outbox == []


def test_nobody_floods_an_address(ask) -> None:
    queries = [f"?territoire=commune:{make_place(f'9900{number}').code}" for number in range(7)]
    assert [ask(query=query).status_code for query in queries] == [200] * 5 + [429] * 2
    assert len(mail.outbox) == 5


def test_scopes_and_masked_parties(client) -> None:
    place, item = make_place("99001", name="Fictive"), make_item("9", title="Écouter")
    secret = make_party("Zinzoline", diffusion=Diffusion.MASKED)
    for query, word in (
        ("?territoire=commune:99001", place.name),
        ("?programme=essai&point=9", item.title),
        (f"?acteur={secret.public_id}", "tous les engagements"),
        ("", "tous les engagements"),
    ):
        page = client.get(f"{ADDRESS}{query}").content.decode()
        assert word in page and "Zinzoline" not in page


def test_an_account_subscribes_by_a_button_and_sees_what_it_follows(client) -> None:
    user = make_user("c@exemple.invalid")
    client.force_login(user)
    for data in ({"pour": "moi"}, {}, {}):
        client.post(ADDRESS, data)
    assert Subscription.objects.filter(user=user, email="", confirmed_at__isnull=False).count() == 2
    page = client.get(ADDRESS).content.decode()
    assert "ce que portent vos organisations" in page and "Arrêter" in page
    held = client.get(reverse("account_export")).json()["subscriptions"]
    assert {one["scope"] for one in held} == {"ce que portent vos organisations", "tous les engagements"}
    assert mail.outbox == []


def test_who_leaves_is_forgotten(client) -> None:
    user = make_user("c@exemple.invalid")
    client.force_login(user)
    client.post(ADDRESS)
    Subscription.objects.create(email="C@exemple.invalid")
    client.post(reverse("account_erase"))
    assert not User.objects.filter(pk=user.pk).exists() and not Subscription.objects.exists()
    assert "exemple.invalid" not in str(list(JournalEntry.objects.values_list("subject", "details")))
