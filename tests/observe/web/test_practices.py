"""Practices on pages and in the API: each theme in words, never a number; words of a contradiction only once upheld."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party
from terreau.observe.actions.practices import (
    close_contradiction,
    confirm_practice,
    contradict_practice,
    declare_practice,
)
from terreau.observe.enums import PracticeTheme
from terreau.observe.models import Claim, Confirmation, Contradiction, Practice
from tests.factories import make_party, make_record, make_user
from tests.observe.test_practice_rules import speak_for

from .test_custodians import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def claim() -> Claim:
    party = make_party("Épicerie fictive")
    make_record(party)
    return speak_for(party)


@pytest.fixture
def practice(claim: Claim) -> Practice:
    return declare_practice(party=claim.party, theme="work", text="Deux jours de formation", by=claim.user)


def section(client: Client, party: Party, address: str = "") -> str:
    page = text(client.get(address or reverse("observe:party", args=[party.public_id])))
    return page.partition('id="practices"')[2].partition("</section>")[0]


def desk(client: Client, party: Party, **data: Any):
    address = reverse("observe:practices", args=[party.public_id])
    return client.post(address, data) if data else client.get(address)


def test_nothing_declared_is_said_for_each_theme(client: Client) -> None:
    shown = section(client, make_party())
    assert shown.count("Rien de déclaré.") == 8 == shown.count('<th scope="row">')
    for theme in PracticeTheme:
        assert str(theme.label)[1:] in shown
    assert not re.search(r"\d", re.sub(r"<[^>]*>", "", shown)), "never a number"


def test_status_and_practices_are_apart(client: Client, practice: Practice) -> None:
    page = client.get(reverse("observe:party", args=[practice.party.public_id])).text
    status = page.partition('id="status"')[2].partition("</section>")[0]
    assert "Deux jours" not in status and "practices" not in status
    assert "Deux jours" in section(client, practice.party)


def test_custodian_declares_gives_evidence_and_withdraws(client: Client, claim: Claim) -> None:
    hers = signed_in(claim.user)
    said = {
        "do": "declare",
        "theme": "users",
        "text": "Un conseil élu & paritaire",
        "evidence": "Statuts, article 4",
    }
    assert desk(hers, claim.party, **said).status_code == 302
    shown = section(client, claim.party)
    assert "Un conseil élu &amp; paritaire" in shown and "Statuts, article 4" in shown
    assert "Appuyée par une preuve" in shown
    key = Practice.objects.get().pk
    link = "https://exemple.invalid/statuts"
    assert desk(hers, claim.party, do="evidence", practice=key, evidence=link).status_code == 302
    assert f'<a href="{link}" rel="nofollow noopener external">' in section(client, claim.party)
    assert desk(hers, claim.party, do="withdraw", practice=key).status_code == 302
    assert section(client, claim.party).count("Rien de déclaré.") == 8
    assert desk(hers, claim.party, do="withdraw", practice=key).status_code == 400
    history = text(client.get(reverse("observe:party_history", args=[claim.party.public_id])))
    for words in ("pratique déclarée", "pratique retirée", "L’organisation", "(appuyée par une preuve)"):
        assert words in history
    assert claim.user.email not in history


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"theme": ""}, "Choisissez un thème"),
        ({"theme": "score"}, "score"),
        ({"text": ""}, "Dites ce que vous faites"),
        ({"text": "a" * 1001}, "trop long"),
        ({"evidence": "javascript://alert(1)"}, "adresse web n’est pas complète"),
        ({"evidence": "http://"}, "adresse web n’est pas complète"),
        ({"text": "Appelez le 02 38 00 00 00"}, "numéro de téléphone"),
        ({"text": "Un <b>conseil</b>"}, "balises HTML"),
        ({"evidence": "Demander à moi@exemple.invalid"}, "adresse e-mail"),
    ],
)
def test_mistakes_are_said_and_what_was_typed_stays(claim: Claim, wrong: dict[str, str], why: str) -> None:
    said = {"do": "declare", "theme": "users", "text": "Un conseil élu", "evidence": "Statuts"} | wrong
    answer = desk(signed_in(claim.user), claim.party, **said)
    assert answer.status_code == 400 and why in text(answer)
    for name in {"text", "evidence"} - set(wrong):
        assert said[name] in answer.text
    assert not Practice.objects.exists()


def test_who_does_not_speak_for_it_is_led_to_ask(claim: Claim, practice: Practice) -> None:
    ask = reverse("observe:custodian", args=[claim.party.public_id])
    for user in (make_user(), make_user("", "steward", "administrator"), speak_for(make_party()).user):
        for data in ({}, {"do": "withdraw", "practice": practice.pk}):
            assert desk(signed_in(user), claim.party, **data).url == ask
    assert Practice.objects.get().withdrawn_at is None


def test_the_practice_of_another_organisation_is_out_of_reach(practice: Practice) -> None:
    elsewhere = speak_for(make_party())
    contested = Contradiction.objects.create(practice=practice, reason="Non", evidence="Presse")
    hers = signed_in(elsewhere.user)
    for data in (
        {"do": "withdraw", "practice": practice.pk},
        {"do": "evidence", "practice": practice.pk, "evidence": "x"},
        {"do": "reply", "contradiction": contested.pk, "reply": "x"},
        {"do": "withdraw", "practice": "9" * 30},
        {"do": "nothing"},
    ):
        assert desk(hers, elsewhere.party, **data).status_code == 400
    practice.refresh_from_db()
    contested.refresh_from_db()
    assert (practice.withdrawn_at, practice.evidence, contested.reply) == (None, "", "")


def test_a_peer_confirms_and_takes_it_back(client: Client, practice: Practice) -> None:
    peer = speak_for(make_party("Pair fictif"))
    make_record(peer.party)
    hers, address = signed_in(peer.user), reverse("observe:practice_confirm", args=[practice.pk])
    assert "Pair fictif" in hers.get(address).text
    empty = hers.post(address, {"do": "confirm", "peer": peer.party.public_id, "words": ""})
    assert empty.status_code == 400 and "Dites ce que vous avez vu" in text(empty)
    said = {"do": "confirm", "peer": peer.party.public_id, "words": "Nous y étions."}
    assert hers.post(address, said).status_code == 302
    shown = section(client, practice.party)
    assert "Confirmée par un pair" in shown and "Pair fictif" in shown and "« Nous y étions. »" in shown
    assert hers.post(address, said).status_code == 400, "once"
    key = Confirmation.objects.get().pk
    assert hers.post(address, {"do": "withdraw", "confirmation": key}).status_code == 302
    assert not Confirmation.objects.exists()


def test_nobody_confirms_by_herself(claim: Claim, practice: Practice) -> None:
    address = reverse("observe:practice_confirm", args=[practice.pk])
    both = speak_for(make_party(), claim.user)
    for user in (claim.user, make_user(), make_user("", "steward")):
        hers = signed_in(user)
        assert hers.get(address).status_code == 403
        for peer in (claim.party, both.party):
            said = {"do": "confirm", "peer": peer.public_id, "words": "x"}
            assert hers.post(address, said).status_code == 403
    other = signed_in(speak_for(make_party()).user)
    said = {"do": "confirm", "peer": both.party.public_id, "words": "x"}
    assert other.post(address, said).status_code == 400, "not for an organisation that is not hers"
    assert not Confirmation.objects.exists()


WORDS, SOURCE = "Personne n’a été formé", "Rapport 2024, page 12"


def test_anyone_contests_and_a_steward_decides(client: Client, claim: Claim, practice: Practice) -> None:
    address = reverse("observe:practice_contradict", args=[practice.pk])
    assert WORDS not in client.get(address).text
    sent = client.post(address, {"reason": WORDS, "evidence": SOURCE, "contact": "x@exemple.invalid"})
    assert "Contestation reçue" in sent.text
    contested = Contradiction.objects.get()
    api = reverse("api:organisation", args=[practice.party.public_id])

    def told() -> str:
        return section(client, practice.party) + client.get(api).text

    assert "Contestée, en examen" in told() and WORDS not in told() and SOURCE not in told()
    hers = signed_in(claim.user)
    assert WORDS in text(desk(hers, claim.party))
    assert desk(hers, claim.party, do="reply", contradiction=contested.pk, reply="").status_code == 400
    reply = desk(hers, claim.party, do="reply", contradiction=contested.pk, reply="Les comptes le disent")
    assert reply.status_code == 302 and "Les comptes le disent" not in told()
    steward, page = signed_in(make_user("", "steward")), reverse("observe:contradictions")
    shown = text(steward.get(page))
    assert WORDS in shown and SOURCE in shown and "Les comptes le disent" in shown
    wrong = steward.post(page, {"contradiction": contested.pk, "decision": "uphold", "answer": ""})
    assert wrong.status_code == 400 and "sans raison" in text(wrong)
    right = {"contradiction": contested.pk, "decision": "uphold", "answer": "Le rapport le dit"}
    assert steward.post(page, right).status_code == 302
    for words in (
        "Contestée, contestation fondée",
        WORDS,
        SOURCE,
        "Les comptes le disent",
        "Le rapport le dit",
    ):
        assert words in told(), words
    assert steward.post(page, right).status_code == 400, "closed once"
    assert "x@exemple.invalid" not in told() and "x@exemple.invalid" not in steward.get(page).text


def test_rejected_its_words_stay_hidden(client: Client, practice: Practice) -> None:
    contested = contradict_practice(practice=practice, reason=WORDS, evidence=SOURCE, by=None)
    steward = make_user("", "steward")
    close_contradiction(contradiction=contested, is_upheld=False, answer="Rien ne le montre", by=steward)
    api = client.get(reverse("api:organisation", args=[practice.party.public_id])).text
    for shown in (section(client, practice.party), api):
        assert "Rien ne le montre" in shown and WORDS not in shown and SOURCE not in shown


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"reason": ""}, "Dites ce qui n’est pas exact"), ({"evidence": ""}, "Donnez votre source"),
     ({"contact": "pas une adresse"}, "n’est pas complète")],
)  # fmt: skip
def test_a_contradiction_that_lacks_something(
    client: Client, practice: Practice, wrong: dict[str, str], why: str
) -> None:
    said = {"reason": WORDS, "evidence": SOURCE, "contact": "x@exemple.invalid"} | wrong
    answer = client.post(reverse("observe:practice_contradict", args=[practice.pk]), said)
    assert answer.status_code == 400 and why in text(answer)
    for name in {"reason", "evidence", "contact"} - set(wrong):
        assert said[name] in answer.text
    assert not Contradiction.objects.exists()


def test_robots_and_floods(client: Client, practice: Practice) -> None:
    address = reverse("observe:practice_contradict", args=[practice.pk])
    said = {"reason": WORDS, "evidence": SOURCE}
    robot = client.post(address, {**said, "website": "http://spam.invalid"})
    assert robot.status_code == 200 and not Contradiction.objects.exists()
    assert [client.post(address, said).status_code for _ in range(6)] == [200] * 5 + [429]
    assert Contradiction.objects.count() == 5
    assert WORDS in client.post(address, said).text, "what was typed stays"


def test_api_tells_what_the_page_tells(client: Client, practice: Practice) -> None:
    peer = speak_for(make_party("Pair fictif"))
    make_record(peer.party)
    confirm_practice(practice=practice, peer=peer.party, words="Vu", by=peer.user)
    contradict_practice(practice=practice, reason=WORDS, evidence=SOURCE, by=None)
    address = reverse("api:organisation", args=[practice.party.public_id])
    (told,) = client.get(address).json()["practices"]
    assert (told["theme"], told["text"], told["evidence"]) == ("work", "Deux jours de formation", "")
    (confirmation,) = told["confirmations"]
    assert (confirmation["peer"], confirmation["words"]) == (peer.party.public_id, "Vu")
    (contested,) = told["contradictions"]
    assert (contested["state"], contested["reason"], contested["answer"]) == ("open", None, None)
    frozen = client.get(address, {"version": 2}).json()
    assert [one["text"] for one in frozen["practices"]] == ["Deux jours de formation"]
    assert frozen["practices"][0]["confirmations"] == []
    assert client.get(address, {"version": 1}).json()["practices"] == []
    Party.objects.filter(pk=peer.party.pk).update(diffusion=Diffusion.MASKED)
    for query in ({}, {"version": 3}):
        assert "Pair fictif" not in client.get(address, query).text
        assert peer.party.public_id not in client.get(address, query).text


def test_a_frozen_version_shows_what_was_said_then(client: Client, claim: Claim, practice: Practice) -> None:
    desk(signed_in(claim.user), claim.party, do="withdraw", practice=practice.pk)
    address = reverse("observe:party_version", args=[claim.party.public_id, 2])
    shown = section(client, claim.party, address)
    assert "Deux jours de formation" in shown and "/contester/" not in shown and "/referent/" not in shown
    assert "Deux jours" not in section(client, claim.party)


def test_masked_as_if_it_never_was(client: Client, practice: Practice) -> None:
    peer, steward = speak_for(make_party()), signed_in(make_user("", "steward"))
    contested = contradict_practice(practice=practice, reason=WORDS, evidence=SOURCE, by=None)
    Party.objects.filter(pk=practice.party.pk).update(diffusion=Diffusion.MASKED)
    for reader, route in (
        (client, "observe:practice_contradict"),
        (signed_in(peer.user), "observe:practice_confirm"),
    ):
        answers = []
        for key in (practice.pk, 999_999_999):
            address = reverse(route, args=[key])
            answers.append(reader.get(address).text.replace(f"/{key}/", "…"))
            said = {
                "reason": "x",
                "evidence": "x",
                "do": "confirm",
                "words": "x",
                "peer": peer.party.public_id,
            }
            assert reader.post(address, said).status_code == 404
        assert answers[0] == answers[1]
    page = reverse("observe:contradictions")
    assert WORDS not in steward.get(page).text
    closing = {"contradiction": contested.pk, "decision": "uphold", "answer": "x"}
    assert steward.post(page, closing).status_code == 404


@pytest.mark.parametrize("number", [0, 1, 3, 300])
def test_any_number_of_contradictions(practice: Practice, number: int) -> None:
    Contradiction.objects.bulk_create(
        Contradiction(practice=practice, reason="<i>x</i>", evidence="y") for _ in range(number)
    )
    page = text(signed_in(make_user("", "steward")).get(reverse("observe:contradictions")))
    assert page.count("<article") == min(number, 25)
    assert ("Aucune pratique contestée" in page) == (number == 0)
    assert "<i>x" not in page
