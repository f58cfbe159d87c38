"""Corrections from people who mean harm: scripts, floods, odd bytes, pages that must not be."""

import pytest
from django.test import Client

from terreau.commons.models import Party
from terreau.observe.models import Correction
from tests.factories import make_user

from .nasty import SCRIPT

pytestmark = pytest.mark.usefixtures("shared_world")
TEN_MEGABYTES = "a" * 10_000_000


def send(client: Client, party: Party, **typed: str):
    """As a browser does, with the token of the form."""
    address = f"/acteurs/{party.public_id}/corriger/"
    client.get(address + "?champ=name")
    token = client.cookies["csrftoken"].value
    typed = {"champ": "name", "value": "Nom fictif", "evidence": "vu", "csrfmiddlewaretoken": token, **typed}
    return client.post(address, typed)


@pytest.mark.parametrize(
    "value", [SCRIPT, "<script>alert(1)</script>", "Épicerie <img src=x onerror=alert(1)>"]
)
def test_script_in_a_name_is_refused_and_shown_as_text(visitor, shared_world, value) -> None:
    answer = send(visitor, shared_world.parties[0], value=value)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "Pas de balises HTML" in page
    assert not Correction.objects.exists()


@pytest.mark.parametrize("field", ["evidence", "credit"])
def test_markup_in_other_words_is_never_markup(visitor, shared_world, field) -> None:
    party = shared_world.parties[0]
    send(visitor, party, **{field: SCRIPT})
    page = visitor.get(f"/acteurs/{party.public_id}/").content.decode()
    assert "<script>alert" not in page


def test_ten_megabytes_are_refused_before_they_are_read(visitor, shared_world) -> None:
    answer = send(visitor, shared_world.parties[0], champ="description", value=TEN_MEGABYTES)
    assert answer.status_code in {400, 413}
    assert "trop long" in answer.content.decode()
    assert not Correction.objects.exists()
    long = send(visitor, shared_world.parties[0], champ="description", value="a " * 5000)
    assert long.status_code == 400
    assert "5000 caractères au plus" in long.content.decode()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"champ": "website", "value": "javascript:alert(1)"}, "http ou https"),
        ({"champ": "website", "value": "data:text/html,x"}, "http ou https"),
        ({"evidence": "javascript:alert(1)"}, "http:// ou https://"),
        ({"evidence": " JaVaScRiPt : alert(1)"}, "http:// ou https://"),
        ({"evidence": "file:///etc/passwd"}, "http:// ou https://"),
        ({"value": "a\x00b"}, ""),
        ({"evidence": "a\x00b"}, ""),
        ({"credit": "a\x00b"}, ""),
        ({"champ": "perimeter"}, "ne peut pas être corrigé"),
        ({"champ": "diffusion"}, "ne peut pas être corrigé"),
        ({"champ": "__class__"}, "ne peut pas être corrigé"),
        ({"champ": "address"}, "ne peut pas être corrigé"),  # of no site
    ],
)
def test_bad_input_is_told_and_nothing_is_written(visitor, shared_world, typed, message) -> None:
    answer = send(visitor, shared_world.parties[0], **typed)
    assert answer.status_code == 400
    assert message in answer.content.decode()
    assert not Correction.objects.exists()


@pytest.mark.parametrize("key", ["0", "-1", "9" * 30, "x", "٣", "1 OR 1=1"])
def test_the_site_of_another_or_no_site_at_all(visitor, shared_world, key) -> None:
    assert send(visitor, shared_world.parties[0], lieu=key).status_code == 404
    other = shared_world.parties[1].sites.get()
    assert send(visitor, shared_world.parties[0], lieu=str(other.pk), champ="address").status_code == 404
    assert not Correction.objects.exists()


def test_a_form_without_its_token_is_refused(visitor, shared_world) -> None:
    party = shared_world.parties[0]
    typed = {"champ": "name", "value": "Nom fictif", "evidence": "vu"}
    assert visitor.post(f"/acteurs/{party.public_id}/corriger/", typed).status_code == 403
    assert not Correction.objects.exists()


def test_a_masked_party_answers_as_one_that_never_was(visitor, shared_world) -> None:
    masked = Party.objects.get(diffusion="masked")
    there = visitor.get(f"/acteurs/{masked.public_id}/corriger/?champ=name")
    never = visitor.get("/acteurs/aaaaaaaaaa/corriger/?champ=name")
    assert (there.status_code, never.status_code) == (404, 404)
    assert masked.name not in there.content.decode()


def test_members_without_the_role_answer_nothing(visitor, shared_world) -> None:
    member = Client()
    member.force_login(make_user())
    party = shared_world.parties[0]
    assert member.get("/corrections/").status_code == 403
    assert member.post("/corrections/", {"correction": "x", "decision": "accept"}).status_code == 403
    assert member.post(f"/acteurs/{party.public_id}/choisir/", {}).status_code == 403
