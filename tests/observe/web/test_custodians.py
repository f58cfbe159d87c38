"""Asking to speak for an organisation, page by page, and the stewards' letters."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, User
from terreau.observe.models import Claim
from terreau.observe.queries.custodians import has_custodian
from tests.factories import make_party, make_place, make_record, make_site, make_user
from tests.observe.test_practice_rules import speak_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def party() -> Party:
    party = make_party("Épicerie fictive")
    site = make_site(party, make_place(name="Fictive-sur-Loire"), address="1 rue A", post_code="99001")
    values = {"website": "https://www.epicerie.invalid/", "address": "1 rue A"}
    make_record(party, site=site, values=values)
    return party


def page_of(client: Client, party: Party, **data: str):
    address = reverse("observe:custodian", args=[party.public_id])
    return client.post(address, data) if data else client.get(address)


def text(response) -> str:
    return response.text.replace("\u00a0", " ")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_from_the_page_of_the_party_to_its_practices(
    party: Party, mailoutbox, django_capture_on_commit_callbacks
) -> None:
    client = signed_in(make_user())
    public = text(client.get(reverse("observe:party", args=[party.public_id])))
    assert "Personne ne parle encore pour cette organisation" in public
    assert reverse("observe:custodian", args=[party.public_id]) in public
    with django_capture_on_commit_callbacks(execute=True):
        asked = page_of(client, party, do="mail", address="bonjour@epicerie.invalid")
    assert asked.status_code == 302
    assert "Un code est parti vers bonjour@epicerie.invalid" in text(page_of(client, party))
    code = re.search(r"\d{4}-\d{4}", mailoutbox[0].body)[0]
    assert f"/acteurs/{party.public_id}/referent/" in mailoutbox[0].body
    wrong = page_of(client, party, do="code", code="1")
    assert wrong.status_code == 400 and "Essais restants : 4" in text(wrong)
    assert page_of(client, party, do="code", code=code).status_code == 302
    assert "Vous êtes référente ou référent" in text(page_of(client, party))
    assert party.name in text(client.get(reverse("account")))
    public = text(client.get(reverse("observe:party", args=[party.public_id])))
    assert "Une personne a prouvé qu’elle parle" in public
    assert client.get(reverse("observe:practices", args=[party.public_id])).status_code == 200
    page_of(client, party, do="end")
    assert not has_custodian(party)


def test_wrong_addresses_are_said_and_kept(party: Party) -> None:
    client = signed_in(make_user())
    for address, why in (
        ("", "Écrivez l’adresse"),
        ("pas-une-adresse", "n’est pas complète"),
        ("moi@gmail.com", "chacun peut y prendre une adresse"),
        ("moi@autre.invalid", "n’est pas au domaine du site"),
    ):
        answer = page_of(client, party, do="mail", address=address)
        assert answer.status_code == 400 and why in text(answer), address
        assert f'value="{address}"' in answer.text or not address
    assert not Claim.objects.exists()


def test_too_many_codes(party: Party) -> None:
    client = signed_in(make_user())
    asked = [page_of(client, party, do="mail", address="a@epicerie.invalid").status_code for _ in range(4)]
    assert asked == [302, 302, 302, 429]
    other = signed_in(make_user())
    assert page_of(other, party, do="mail", address="a@epicerie.invalid").status_code == 429, "one mailbox"
    assert page_of(other, party, do="mail", address="b@epicerie.invalid").status_code == 302


def test_without_proof_the_page_says_what_to_do() -> None:
    client = signed_in(make_user())
    page = text(page_of(client, make_party()))
    for words in ("ne donne de site web", "ne donne d’adresse", "Faites d’abord corriger la source"):
        assert words in page
    shared = make_party()
    make_record(shared, values={"website": "https://epicerie.wordpress.com"})
    page = text(page_of(client, shared))
    assert "Le site connu est chez epicerie.wordpress.com : chacun peut y ouvrir une page" in page
    for do in ("mail", "letter", "code"):
        answer = page_of(client, make_party(), do=do, address="x@exemple.invalid", site="1", code="1")
        assert answer.status_code == 400


def test_letter_by_post(party: Party) -> None:
    client, steward = signed_in(make_user("sacha@exemple.invalid")), signed_in(make_user("", "steward"))
    assert page_of(client, party, do="letter", site=str(party.sites.get().pk)).status_code == 302
    assert "Revenez ici quand elle est arrivée" in text(page_of(client, party))
    claim = Claim.objects.get()
    address = reverse("observe:claim_letter", args=[claim.pk])
    assert address in steward.get(reverse("observe:claims")).text
    before = text(steward.get(address))
    assert "1 rue A" in before and not re.search(r"\d{4}-\d{4}", before)
    assert steward.post(address, {"do": "sent"}).status_code == 400
    letter = steward.post(address, {"do": "write"})
    assert "no-store" in letter["Cache-Control"]
    (code,) = re.findall(r"\b\d{4}-\d{4}\b", letter.text)
    assert "sacha@exemple.invalid" in letter.text and "Fictive-sur-Loire" in letter.text
    assert code not in steward.get(address).text, "shown once"
    assert steward.post(address, {"do": "sent"}).status_code == 302
    assert "Envoyée le" in text(steward.get(reverse("observe:claims")))
    assert page_of(client, party, do="code", code=code).status_code == 302
    assert has_custodian(party)
    assert steward.get(address).status_code == 404


def test_a_steward_does_not_print_her_own(party: Party) -> None:
    steward = signed_in(make_user("", "steward"))
    page_of(steward, party, do="letter", site=str(party.sites.get().pk))
    address = reverse("observe:claim_letter", args=[Claim.objects.get().pk])
    for answer in (steward.get(address), steward.post(address, {"do": "write"})):
        assert "personne ne prouve pour soi-même" in text(answer)
        assert not re.search(r"\d{4}-\d{4}", answer.text) and "1 rue A" not in answer.text


def test_private_address_is_on_the_letter_alone(party: Party) -> None:
    Party.objects.filter(pk=party.pk).update(diffusion=Diffusion.PARTIAL)
    member = make_user()
    client = signed_in(member)
    assert "rue A" not in text(page_of(client, party)) and "Fictive-sur-Loire" in text(page_of(client, party))
    page_of(client, party, do="letter", site=str(party.sites.get().pk))
    steward = signed_in(make_user("", "steward"))
    for read_by, route in ((client, "account_export"), (client, "account"), (steward, "observe:claims")):
        assert "rue A" not in read_by.get(reverse(route)).text, route
    assert "rue A" not in text(page_of(client, party))
    address = reverse("observe:claim_letter", args=[Claim.objects.get().pk])
    assert "1 rue A" in steward.get(address).text


def test_a_steward_ends_with_a_reason(party: Party) -> None:
    claim = speak_for(party)
    steward = signed_in(make_user("", "steward"))
    address = reverse("observe:claims")
    refused = steward.post(address, {"claim": claim.pk, "reason": ""})
    assert refused.status_code == 400 and "sans raison" in text(refused)
    assert steward.post(address, {"claim": claim.pk, "reason": "Partie"}).status_code == 302
    assert not has_custodian(party)
    assert "Raison donnée : Partie" in text(page_of(signed_in(claim.user), party))
    assert steward.post(address, {"claim": claim.pk, "reason": "Partie"}).status_code == 400


def test_export_of_the_account_tells_it(party: Party) -> None:
    claim = speak_for(party)
    (told,) = signed_in(claim.user).get(reverse("account_export")).json()["claims"]
    assert (told["organisation"], told["state"], told["method"]) == (party.public_id, "granted", "email")
    assert "code_digest" not in told


def test_masked_as_if_it_never_was(party: Party) -> None:
    claim = speak_for(party, state="open")
    Claim.objects.update(method=Claim.Method.PAPER)
    Party.objects.update(diffusion=Diffusion.MASKED)
    member, steward = signed_in(claim.user), signed_in(make_user("", "steward"))
    for client, route, here, never in (
        (member, "observe:custodian", party.public_id, "zzzzzzzzzz"),
        (member, "observe:practices", party.public_id, "zzzzzzzzzz"),
        (steward, "observe:claim_letter", claim.pk, 999_999_999),
    ):
        answers = [
            client.get(reverse(route, args=[one])).text.replace(f"/{one}/", "…") for one in (here, never)
        ]
        assert answers[0] == answers[1]
        for data in ({}, {"do": "end"}, {"do": "write"}, {"do": "mail", "address": "x@epicerie.invalid"}):
            assert client.post(reverse(route, args=[here]), data).status_code == 404
    assert party.name not in steward.get(reverse("observe:claims")).text
    assert party.name not in member.get(reverse("account")).text
    assert party.public_id not in member.get(reverse("account_export")).text
    assert steward.post(reverse("observe:claims"), {"claim": claim.pk, "reason": "x"}).status_code == 404
    claim.refresh_from_db()
    assert claim.state == Claim.State.OPEN


@pytest.mark.parametrize("number", [0, 1, 3, 300])
def test_any_number_of_custodians(number: int) -> None:
    for _ in range(number):
        speak_for(make_party())
    page = text(signed_in(make_user("", "steward")).get(reverse("observe:claims")))
    assert page.count("<article") == min(number, 25)
    assert ("Personne ne parle encore" in page) == (number == 0)
