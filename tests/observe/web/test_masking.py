"""Anyone may ask to be masked; stewards answer; then the party is nowhere."""

import pytest
from django.urls import reverse

from terreau.observe.models import MaskRequest
from tests.factories import make_party, make_record, make_site, make_user

pytestmark = pytest.mark.django_db


def ask(client, party, **values):
    return client.post(
        reverse("observe:mask_request", args=[party.public_id]), {"reason": "Fermée", **values}
    )


def test_a_visitor_asks_without_an_account(client) -> None:
    party = make_party()
    response = ask(client, party, contact="x@exemple.invalid")
    assert response.status_code == 200
    assert "Demande reçue" in response.content.decode()
    asked = MaskRequest.objects.get()
    assert (asked.party, asked.reason, asked.contact) == (party, "Fermée", "x@exemple.invalid")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"reason": ""}, "Dites en quelques mots pourquoi"),
        ({"contact": "pas une adresse"}, "n’est pas complète"),
        ({"reason": "a" * 1001}, "Mille caractères au plus"),
    ],
)
def test_mistakes_are_said_and_what_was_typed_stays(client, values, message) -> None:
    page = ask(client, make_party(), **values).content.decode().replace("\u00a0", " ")
    assert message in page
    assert values.get("contact", "") in page
    assert not MaskRequest.objects.exists()


def test_a_robot_is_thanked_and_nothing_is_kept(client) -> None:
    assert ask(client, make_party(), website="http://spam.invalid").status_code == 200
    assert not MaskRequest.objects.exists()


def test_too_many_requests_from_one_connection(client) -> None:
    party = make_party()
    for _ in range(5):
        assert ask(client, party).status_code == 200
    response = ask(client, party)
    assert response.status_code == 429
    assert "Trop de demandes" in response.content.decode()
    assert MaskRequest.objects.count() == 5


def test_a_party_that_is_not_shown_cannot_be_asked_about(client) -> None:
    assert ask(client, make_party(diffusion="masked")).status_code == 404


@pytest.mark.parametrize("roles", [None, (), ("facilitator",), ("administrator",)])
def test_only_stewards_read_the_requests(client, roles) -> None:
    if roles is not None:
        client.force_login(make_user("", *roles))
    response = client.get(reverse("observe:mask_requests"))
    assert response.status_code in {302, 403}
    response = client.post(reverse("observe:mask_requests"), {})
    assert response.status_code in {302, 403}


def test_after_granting_the_party_is_nowhere(client) -> None:
    party = make_party("Association évanouie", search_text="association evanouie")
    make_record(party)
    make_site(party)
    ask(client, party)
    client.force_login(make_user("", "steward"))
    page = client.get(reverse("observe:mask_requests")).content.decode()
    assert "Association évanouie" in page
    data = {
        "request": MaskRequest.objects.get().pk,
        "decision": "grant",
        "answer": "C’est elle qui le demande",
    }
    assert client.post(reverse("observe:mask_requests"), data).status_code == 302
    client.logout()
    assert client.get(reverse("observe:party", args=[party.public_id])).status_code == 404
    for address in ("/annuaire/", "/annuaire/?q=evanouie", "/annuaire/?source=essai", "/sources/"):
        page = client.get(address).content.decode()
        assert "évanouie" not in page, address
    assert "0 acteur" in client.get("/annuaire/?fermees=on").content.decode()


def test_a_decision_without_a_reason_changes_nothing(client) -> None:
    ask(client, make_party())
    client.force_login(make_user("", "steward"))
    asked = MaskRequest.objects.get()
    response = client.post(
        reverse("observe:mask_requests"), {"request": asked.pk, "decision": "grant", "answer": ""}
    )
    assert response.status_code == 400
    assert "sans raison" in response.content.decode()
    asked.refresh_from_db()
    assert asked.state == MaskRequest.State.OPEN


@pytest.mark.parametrize("number", [0, 1, 3, 300])
def test_any_number_of_requests(client, number: int) -> None:
    MaskRequest.objects.bulk_create(MaskRequest(party=make_party(), reason="<i>x</i>") for _ in range(number))
    client.force_login(make_user("", "steward"))
    page = client.get(reverse("observe:mask_requests")).content.decode()
    assert page.count("<article") == min(number, 25)
    assert ("Aucune demande" in page) == (number == 0)
    assert "<i>x" not in page
