"""Pages of custodians: asking, the code, the letter, and who may see what."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from terreau.commons.models import Party, User
from terreau.observe.actions.practices import confirm_practice, contradict_practice, declare_practice
from terreau.observe.models import Claim
from tests.factories import make_party, make_place, make_record, make_site, make_user
from tests.observe.test_rules import speak_for

pytestmark = pytest.mark.django_db
ADDRESS = "contact@asso-fictive.fr"


@pytest.fixture
def party() -> Party:
    party = make_party("Association fictive", website="https://www.asso-fictive.fr/")
    site = make_site(party, make_place("99001"), address="1 rue Inventée", post_code="99001")
    make_record(party, site=site, values={"name": party.name, "website": party.website})
    return party


@pytest.fixture
def person(client: Any) -> User:
    user = make_user()
    client.force_login(user)
    return user


def page_of(party: Party) -> str:
    return reverse("observe:custodian", args=[party.public_id])


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def send(client: Any, party: Party, do: str, **values: Any) -> Any:
    return client.post(page_of(party), {"do": do, **values})


def test_by_mail_from_the_page_to_the_end(
    client: Any, party: Party, person: User, django_capture_on_commit_callbacks: Any
) -> None:
    page = text_of(client.get(page_of(party)))
    assert "asso-fictive.fr" in page and "1 rue Inventée" in page
    with django_capture_on_commit_callbacks(execute=True):
        assert send(client, party, "mail", address=ADDRESS).status_code == 302
    found = re.search(r"\d{4}-\d{4}", str(mail.outbox[-1].body))
    assert found
    assert ADDRESS in text_of(client.get(page_of(party)))
    code = found.group()
    missed = send(client, party, "code", code=f"{(int(code[0]) + 1) % 10}{code[1:]}")
    assert missed.status_code == 400
    assert "Essais restants : 4" in text_of(missed)
    assert send(client, party, "code", code=code).status_code == 302
    page = text_of(client.get(page_of(party)))
    assert "Vous êtes référente ou référent" in page
    assert ADDRESS not in page
    assert client.get(reverse("observe:practices", args=[party.public_id])).status_code == 200
    assert send(client, party, "end").status_code == 302
    assert Claim.objects.get().state == Claim.State.ENDED
    assert client.get(reverse("observe:practices", args=[party.public_id])).status_code == 302
    assert send(client, party, "end").status_code == 200, "there is nothing to end"


@pytest.mark.parametrize(
    ("do", "values", "said"),
    [
        ("mail", {"address": "x@gmail.com"}, "chacun peut y prendre une adresse"),
        ("mail", {"address": "x@"}, "n’est pas complète"),
        ("mail", {"address": ""}, "Écrivez l’adresse où envoyer le code"),
        (
            "mail",
            {"address": "x@autre-fictive.fr"},
            "n’est pas au domaine du site",
        ),
        ("letter", {"site": "999999"}, "choisissez-en un autre"),
        ("letter", {}, "Choisissez où envoyer"),
        ("code", {"code": "1234-5678"}, ""),
        ("code", {"code": "é" * 1000}, ""),
    ],
)
def test_mistakes_are_said_and_what_was_typed_stays(
    client: Any, party: Party, person: User, do: str, values: dict[str, str], said: str
) -> None:
    answer = send(client, party, do, **values)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert values.get("address", "") in text_of(answer)
    assert not Claim.objects.exists()


def test_without_website_nor_address_the_page_says_what_to_do(client: Any, person: User) -> None:
    party = make_party()
    page = text_of(client.get(page_of(party)))
    assert "Aucune source ne donne de site web" in page
    assert "Aucune source ne donne d’adresse" in page
    assert "Faites d’abord corriger la source" in page
    assert "<input" not in page.split("<h1>")[1].split("</main>")[0].replace('<input type="hidden"', "")
    assert send(client, party, "mail", address=ADDRESS).status_code == 400
    assert send(client, party, "letter", site="1").status_code == 400


def test_codes_are_not_asked_without_end(client: Any, party: Party, person: User) -> None:
    for _ in range(3):
        assert send(client, party, "mail", address=ADDRESS).status_code == 302
    answer = send(client, party, "mail", address=ADDRESS.upper())
    assert answer.status_code == 429
    assert "Trop d’essais" in text_of(answer)
    assert ADDRESS.upper() in text_of(answer)


def test_codes_are_not_tried_without_end(client: Any, party: Party, person: User) -> None:
    statuses = [send(client, party, "code", code="0").status_code for _ in range(21)]
    assert statuses == [400] * 20 + [429]


def test_by_letter(client: Any, party: Party, person: User) -> None:
    site = party.sites.get()
    assert send(client, party, "letter", site=site.pk).status_code == 302
    assert "va l’imprimer et l’envoyer" in text_of(client.get(page_of(party)))
    claim = Claim.objects.get()
    letter = reverse("observe:claim_letter", args=[claim.pk])
    assert client.get(letter).status_code == 403

    steward = type(client)()
    steward.force_login(make_user("", "steward"))
    listed = text_of(steward.get(reverse("observe:claims")))
    assert "Association fictive" in listed and "Préparer la lettre" in listed
    assert not re.search(r"\d{4}-\d{4}", text_of(steward.get(letter)).split("<h1>")[1])
    printed = steward.post(letter)
    assert "no-store" in printed["Cache-Control"]
    page = text_of(printed)
    assert "1 rue Inventée" in page and "99001 Fictive-sur-Loire 99001" in page
    assert f"http://testserver{page_of(party)}" in page
    found = re.search(r"(\d{4}-\d{4})<", page)
    assert found
    assert "notée comme envoyée" in text_of(steward.post(letter, {"do": "sent"}, follow=True))
    assert "La lettre porte un code" in text_of(client.get(page_of(party)))
    assert send(client, party, "code", code=found.group(1)).status_code == 302
    assert Claim.objects.get().state == Claim.State.GRANTED
    assert steward.get(letter).status_code == 404
    assert person.email in text_of(steward.get(reverse("observe:claims")))


def test_a_steward_does_not_print_her_own_letter(client: Any, party: Party, person: User) -> None:
    person.role_grants.create(role="steward")
    send(client, party, "letter", site=party.sites.get().pk)
    letter = reverse("observe:claim_letter", args=[Claim.objects.get().pk])
    refused = client.post(letter)
    assert refused.status_code == 400
    assert "personne ne prouve pour soi-même" in text_of(refused)
    assert Claim.objects.get().code_digest == ""


def test_a_private_address_is_on_the_letter_alone(client: Any, party: Party, person: User) -> None:
    Party.objects.filter(pk=party.pk).update(diffusion="partial")
    site = party.sites.get()
    assert "rue Inventée" not in text_of(client.get(page_of(party)))
    send(client, party, "letter", site=site.pk)
    for address in (page_of(party), reverse("account_export"), reverse("account")):
        assert "rue Inventée" not in text_of(client.get(address))
    steward = type(client)()
    steward.force_login(make_user("", "steward"))
    letter = reverse("observe:claim_letter", args=[Claim.objects.get().pk])
    assert "rue Inventée" in text_of(steward.post(letter))


def test_a_steward_ends_a_role(client: Any, party: Party) -> None:
    held = Claim.objects.create(
        party=party, identity=party.identity, user=make_user(), method="email", state="granted",
        expires_at=timezone.now(), answered_at=timezone.now(),
    )  # fmt: skip
    client.force_login(make_user("", "steward"))
    sent = {"do": "end", "claim": held.pk, "reason": ""}
    refused = client.post(reverse("observe:claims"), sent)
    assert refused.status_code == 400 and "sans raison" in text_of(refused)
    sent["reason"] = "é" * 1001
    assert "é" * 1001 in text_of(client.post(reverse("observe:claims"), sent)), "what was typed stays"
    sent["reason"] = "Partie"
    assert client.post(reverse("observe:claims"), sent).status_code == 302
    assert Claim.objects.get().state == Claim.State.ENDED
    client.force_login(held.user)
    assert "Raison donnée : Partie" in text_of(client.get(page_of(party)))


def test_a_masked_party_is_nowhere(client: Any, party: Party, person: User) -> None:
    send(client, party, "letter", site=party.sites.get().pk)
    Claim.objects.create(
        party=party, identity=party.identity, user=make_user(), method="email", state="granted",
        expires_at=timezone.now(), answered_at=timezone.now(),
    )  # fmt: skip
    client.get(page_of(party))  # reads the message of what was sent
    Party.objects.filter(pk=party.pk).update(diffusion="masked")
    never = client.get(reverse("observe:custodian", args=["jamaisvue0"]))
    answer = client.get(page_of(party))
    assert (answer.status_code, text_of(answer).replace(party.public_id, "")) == (
        404,
        text_of(never).replace("jamaisvue0", ""),
    )
    assert send(client, party, "mail", address=ADDRESS).status_code == 404
    client.force_login(make_user("", "steward"))
    assert "Association fictive" not in text_of(client.get(reverse("observe:claims")))
    letter = Claim.objects.get(method="paper")
    assert client.get(reverse("observe:claim_letter", args=[letter.pk])).status_code == 404
    assert client.post(reverse("observe:claim_letter", args=[letter.pk])).status_code == 404


@pytest.mark.parametrize("number", [0, 1, 3, 30])
def test_any_number_of_letters(
    client: Any, party: Party, number: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(number):
        Claim.objects.create(
            party=party, identity=party.identity, user=make_user(), method="paper", address="x",
            expires_at=timezone.now() + timedelta(days=1),
        )  # fmt: skip
    client.force_login(make_user("", "steward"))
    with django_assert_max_num_queries(8):
        page = text_of(client.get(reverse("observe:claims")))
    assert page.count("<article") == number
    assert ("Aucune lettre à envoyer" in page) == (number == 0)


def test_her_account_leads_to_her_organisations_and_its_export_holds_her_words(
    client: Any, party: Party, person: User, django_capture_on_commit_callbacks: Any
) -> None:
    account, export, other = reverse("account"), reverse("account_export"), make_party()
    assert party.name not in text_of(client.get(account))
    with django_capture_on_commit_callbacks(execute=True):
        send(client, party, "mail", address=ADDRESS)
    (claim,) = client.get(export).json()["claims"]
    assert (claim["organisation"], claim["address"], claim["state"]) == (party.public_id, ADDRESS, "open")
    Claim.objects.update(state="granted", answered_at=timezone.now(), address="")
    assert party.name in text_of(client.get(account))
    sent = {"do": "declare", "theme": "users", "text": "Assemblée", "evidence": ""}
    client.post(reverse("observe:practices", args=[party.public_id]), sent)
    held = client.get(export).json()
    assert [one["text"] for one in held["practices"]] == ["Assemblée"]
    assert (held["confirmations"], held["contradictions"]) == ([], [])
    practice = declare_practice(party=other, theme="work", text="Formés", by=speak_for(other).user)
    confirm_practice(practice=practice, peer=party, words="Vu en mars", by=person)
    contradict_practice(practice=practice, reason="Pas tous", evidence="Bilan", by=person)
    held = client.get(export).json()
    assert [(one["organisation"], one["words"]) for one in held["confirmations"]] == [
        (other.public_id, "Vu en mars")
    ]
    assert [one["reason"] for one in held["contradictions"]] == ["Pas tous"]
