"""Pages of practices: what is shown of each state, never a score; who writes what; what stays hidden."""

from typing import Any

import pytest
from django.urls import reverse

from terreau.commons.models import Party, User
from terreau.observe.actions.practices import (
    close_contradiction,
    confirm_practice,
    contradict_practice,
    declare_practice,
)
from terreau.observe.enums import PracticeTheme
from terreau.observe.models import Confirmation, Contradiction, Practice
from tests.factories import make_party, make_user
from tests.observe.test_rules import speak_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def party() -> Party:
    return make_party("Association fictive")


@pytest.fixture
def custodian(party: Party) -> User:
    return speak_for(party).user


@pytest.fixture
def practice(party: Party, custodian: User) -> Practice:
    return declare_practice(
        party=party, theme="work", text="Même salaire & prime", evidence="https://exemple.invalid/bilan", by=custodian
    )  # fmt: skip


def text_of(response: Any) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def section(client: Any, party: Party) -> str:
    page = text_of(client.get(reverse("observe:party", args=[party.public_id])))
    return page.split('id="practices"')[1].split("</section>")[0]


def api(client: Any, party: Party) -> list[dict[str, Any]]:
    return client.get(f"/api/v1/organisations/{party.public_id}").json()["practices"]


def own_page(party: Party) -> str:
    return reverse("observe:practices", args=[party.public_id])


def contradict_page(practice: Practice) -> str:
    return reverse("observe:practice_contradict", args=[practice.pk])


def confirm_page(practice: Practice) -> str:
    return reverse("observe:practice_confirm", args=[practice.pk])


def test_nothing_declared_is_said_theme_by_theme(client: Any, party: Party) -> None:
    shown = section(client, party)
    for theme in PracticeTheme:
        assert str(theme.label).capitalize() in shown
    assert "n’a rien déclaré sous aucun d’eux" in shown
    assert "Personne ne parle encore pour cette organisation" in shown
    assert api(client, party) == []


def test_each_state_in_words(client: Any, party: Party, practice: Practice) -> None:
    peer = make_party("Coopérative fictive")
    confirm_practice(practice=practice, peer=peer, words="Vu en mars", by=speak_for(peer).user)
    opened = contradict_practice(practice=practice, reason="Mots ouverts", evidence="Preuve ouverte", by=None)
    rejected = contradict_practice(
        practice=practice, reason="Mots rejetés", evidence="Preuve rejetée", by=None
    )
    upheld = contradict_practice(practice=practice, reason="Mots fondés", evidence="Bulletins", by=None)
    steward = make_user("", "steward")
    close_contradiction(contradiction=rejected, is_upheld=False, answer="Fiches de paie lues", by=steward)
    close_contradiction(contradiction=upheld, is_upheld=True, answer="Deux grilles", by=steward)
    shown = section(client, party)
    for words in (
        "Même salaire &amp; prime",
        "Déclarée le",
        "Preuve :",
        'href="https://exemple.invalid/bilan" rel="nofollow noopener external"',
        "Confirmée par",
        "Coopérative fictive",
        "Vu en mars",
        ", en examen",
        "jugée fondée",
        "Mots fondés",
        "Deux grilles",
        "jugée non fondée",
        "Fiches de paie lues",
        "Une personne a prouvé",
    ):
        assert words in shown, words
    assert shown.count("Rien de déclaré") == 7
    (told,) = api(client, party)
    assert [one["peer_name"] for one in told["confirmations"]] == ["Coopérative fictive"]
    assert [(one["state"], one["reason"]) for one in told["contradictions"]] == [
        ("open", None),
        ("rejected", None),
        ("upheld", "Mots fondés"),
    ]
    for answer in (shown, str(told)):
        assert opened.reason not in answer and "Preuve ouverte" not in answer
        assert rejected.reason not in answer


def test_evidence_in_words_is_no_link(client: Any, party: Party, custodian: User) -> None:
    for evidence in ("Rapport moral 2025, page 12", "javascript:alert(1)", "https://exemple.invalid/ et x"):
        Practice.objects.create(
            party=party, identity=party.identity, theme="work", text="x", evidence=evidence
        )
        assert evidence in section(client, party)
    assert 'href="https://exemple' not in section(client, party) and 'href="javascript' not in section(
        client, party
    )


def test_a_custodian_declares_and_withdraws(client: Any, party: Party, custodian: User) -> None:
    client.force_login(custodian)
    sent = {"do": "declare", "theme": "users", "text": " Assemblée d’usagers ", "evidence": ""}
    assert client.post(own_page(party), sent).status_code == 302
    practice = Practice.objects.get()
    assert (practice.text, practice.theme, practice.declared_by) == (
        "Assemblée d’usagers",
        "users",
        custodian,
    )
    assert "Assemblée d’usagers" in section(client, party)
    assert client.post(own_page(party), {"do": "withdraw", "practice": practice.pk}).status_code == 302
    assert "Assemblée d’usagers" not in section(client, party)
    again = client.post(own_page(party), {"do": "withdraw", "practice": practice.pk})
    assert again.status_code == 400 and "n’est plus ici" in text_of(again)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"text": ""}, "Dites ce que vous faites"),
        ({"text": "é" * 1001}, "1000 signes au plus"),
        ({"theme": "score"}, "n’en fait pas partie"),
        ({"evidence": "ftp://exemple.invalid/x"}, "Cette adresse web n’est pas complète"),
        ({"evidence": "https://"}, "Cette adresse web n’est pas complète"),
        ({"evidence": "é" * 501}, "500 caractères"),
        ({"do": "withdraw", "practice": "x"}, "n’est plus ici"),
        ({"do": "reply", "contradiction": "x", "reply": ""}, ""),
        ({"do": "?"}, "n’est plus ici"),
    ],
)
def test_mistakes_are_said_and_what_was_typed_stays(
    client: Any, party: Party, custodian: User, change: dict[str, str], said: str
) -> None:
    client.force_login(custodian)
    sent = {"do": "declare", "theme": "users", "text": "Assemblée", "evidence": "", **change}
    answer = client.post(own_page(party), sent)
    assert answer.status_code == 400
    assert said in text_of(answer)
    if sent["do"] == "declare":
        assert sent["text"] in text_of(answer) and sent["evidence"] in text_of(answer)
    assert not Practice.objects.exists()


@pytest.mark.parametrize("state", [None, "open", "expired", "ended"])
def test_others_are_led_to_prove_it(client: Any, party: Party, state: str | None) -> None:
    person = (
        speak_for(party, state=state).user if state else make_user("", "steward", "facilitator", "moderator")
    )
    client.force_login(person)
    asked = client.get(own_page(party), follow=True)
    assert asked.redirect_chain == [(reverse("observe:custodian", args=[party.public_id]), 302)]
    assert "prouvez d’abord" in text_of(asked)
    sent = {"do": "declare", "theme": "users", "text": "x", "evidence": ""}
    assert client.post(own_page(party), sent).status_code == 302
    assert not Practice.objects.exists()


def test_one_does_not_withdraw_the_practice_of_another(client: Any, practice: Practice) -> None:
    other = make_party()
    client.force_login(speak_for(other).user)
    assert client.post(own_page(other), {"do": "withdraw", "practice": practice.pk}).status_code == 400
    assert Practice.objects.get().withdrawn_at is None


def test_a_peer_confirms_from_the_page(client: Any, party: Party, practice: Practice) -> None:
    peer, third = make_party("Coopérative fictive"), make_party()
    person = speak_for(peer).user
    client.force_login(person)
    assert "Coopérative fictive" in text_of(client.get(confirm_page(practice)))
    for change, said in (
        ({"words": ""}, "Dites ce que vous avez vu"),
        ({"peer": third.public_id}, "Vous ne parlez pas pour cette organisation"),
        ({"peer": party.public_id}, "Vous ne parlez pas pour cette organisation"),
    ):
        answer = client.post(
            confirm_page(practice), {"do": "confirm", "peer": peer.public_id, "words": "Vu en mars", **change}
        )
        assert answer.status_code == 400 and said in text_of(answer)
    sent = {"do": "confirm", "peer": peer.public_id, "words": "Vu en mars"}
    assert client.post(confirm_page(practice), sent).status_code == 302
    answer = client.post(confirm_page(practice), sent)
    assert answer.status_code == 400 and "déjà confirmé" in text_of(answer)
    confirmation = Confirmation.objects.get()
    taken = {"do": "withdraw", "confirmation": confirmation.pk}
    client.force_login(make_user())
    assert client.post(confirm_page(practice), taken).status_code in {400, 403}
    client.force_login(person)
    assert client.post(confirm_page(practice), {**taken, "confirmation": "x"}).status_code == 400
    assert client.post(confirm_page(practice), taken).status_code == 302
    assert not Confirmation.objects.exists()


@pytest.mark.parametrize("roles", [(), ("steward",), ("administrator", "moderator", "facilitator")])
def test_who_speaks_for_nobody_confirms_nothing(
    client: Any, practice: Practice, roles: tuple[str, ...]
) -> None:
    client.force_login(make_user("", *roles))
    asked = client.get(confirm_page(practice))
    assert asked.status_code == 200 and "jamais par soi-même" in text_of(asked)
    sent = {"do": "confirm", "peer": "x", "words": "x"}
    assert client.post(confirm_page(practice), sent).status_code == 403
    assert not Confirmation.objects.exists()


def test_a_visitor_contradicts_without_an_account(client: Any, party: Party, practice: Practice) -> None:
    sent = {"reason": "Deux grilles", "evidence": "Bulletins", "contact": "temoin@exemple.invalid"}
    answer = client.post(contradict_page(practice), sent)
    assert answer.status_code == 200 and "Contestation reçue" in text_of(answer)
    one = Contradiction.objects.get()
    assert (one.reason, one.contact, one.author) == ("Deux grilles", "temoin@exemple.invalid", None)
    shown = section(client, party)
    assert ", en examen" in shown and "grilles" not in shown and "Bulletins" not in shown


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": ""}, "Dites ce qui n’est pas exact"),
        ({"reason": "é" * 1001}, "1000 signes au plus"),
        ({"contact": "x"}, "n’est pas complète"),
        ({"evidence": "ftp://x.invalid"}, "Cette adresse web n’est pas complète"),
    ],
)
def test_mistakes_of_a_contradiction(
    client: Any, practice: Practice, change: dict[str, str], said: str
) -> None:
    answer = client.post(
        contradict_page(practice), {"reason": "Deux salaires", "evidence": "Bulletins", **change}
    )
    assert answer.status_code == 400 and said in text_of(answer)
    assert change.get("contact") or "Deux salaires" in text_of(answer) or change.get("reason") is not None
    assert not Contradiction.objects.exists()


def test_a_robot_is_thanked_and_nothing_is_kept(client: Any, practice: Practice) -> None:
    answer = client.post(
        contradict_page(practice), {"reason": "x", "evidence": "x", "website": "http://spam.invalid"}
    )
    assert answer.status_code == 200
    assert not Contradiction.objects.exists()


def test_too_many_from_one_connection(client: Any, practice: Practice) -> None:
    sent = [
        client.post(contradict_page(practice), {"reason": f"Motif {n}", "evidence": "x"}) for n in range(6)
    ]
    assert [answer.status_code for answer in sent] == [200] * 5 + [429]
    assert "Motif 5" in text_of(sent[-1])
    assert Contradiction.objects.count() == 5


def test_the_organisation_replies_and_a_steward_closes(
    client: Any, party: Party, practice: Practice, custodian: User
) -> None:
    one = contradict_practice(practice=practice, reason="Deux salaires", evidence="Bulletins", by=None)
    client.force_login(custodian)
    assert "Deux salaires" in text_of(client.get(own_page(party)))
    sent = {"do": "reply", "contradiction": one.pk, "reply": "Un seul depuis mai"}
    assert client.post(own_page(party), sent).status_code == 302
    client.force_login(make_user("", "steward"))
    closing = reverse("observe:contradictions")
    page = text_of(client.get(closing))
    assert "Deux salaires" in page and "Un seul depuis mai" in page
    for sent, status, said in (
        ({"contradiction": one.pk, "decision": "uphold", "answer": ""}, 400, "sans raison"),
        ({"contradiction": one.pk, "answer": "Tapé ici"}, 400, "Tapé ici"),
        ({"contradiction": 999999, "decision": "uphold", "answer": "x"}, 404, ""),
    ):
        answer = client.post(closing, sent)
        assert (answer.status_code, said in text_of(answer)) == (status, True)
    sent = {"contradiction": one.pk, "decision": "uphold", "answer": "Deux grilles"}
    assert client.post(closing, sent).status_code == 302
    assert "Un seul depuis mai" in section(client, party)
    answer = client.post(closing, sent)
    assert answer.status_code == 400 and "déjà close" in text_of(answer)
    assert "Deux grilles" in text_of(client.get(closing))


def test_a_steward_who_is_a_side_is_refused(client: Any, practice: Practice, custodian: User) -> None:
    one = contradict_practice(practice=practice, reason="x", evidence="x", by=None)
    custodian.role_grants.create(role="steward")
    client.force_login(custodian)
    sent = {"contradiction": one.pk, "decision": "reject", "answer": "Non"}
    answer = client.post(reverse("observe:contradictions"), sent)
    assert answer.status_code == 400 and "Un gardien étranger" in text_of(answer)


def test_a_masked_party_is_nowhere(client: Any, party: Party, practice: Practice, custodian: User) -> None:
    contradict_practice(practice=practice, reason="Deux salaires", evidence="Bulletins", by=None)
    Party.objects.filter(pk=party.pk).update(diffusion="masked")
    custodian.role_grants.create(role="steward")
    client.force_login(custodian)
    for address in (own_page(party), confirm_page(practice), contradict_page(practice)):
        for answer in (client.get(address), client.post(address, {"reason": "x", "do": "declare"})):
            assert answer.status_code == 404
            assert party.name not in text_of(answer) and "salaire" not in text_of(answer)
    never = client.get(reverse("observe:practice_contradict", args=[999999]))
    here = client.get(contradict_page(practice))
    assert text_of(here).replace(f"/{practice.pk}/", "") == text_of(never).replace("/999999/", "")
    assert "salaire" not in text_of(client.get(reverse("observe:contradictions")))
    sent = {"contradiction": Contradiction.objects.get().pk, "decision": "uphold", "answer": "x"}
    assert client.post(reverse("observe:contradictions"), sent).status_code == 404


@pytest.mark.parametrize("number", [0, 1, 3, 30])
def test_any_number_of_contradictions(
    client: Any, practice: Practice, number: int, django_assert_max_num_queries: Any
) -> None:
    Contradiction.objects.bulk_create(
        Contradiction(practice=practice, reason="<i>x</i>") for _ in range(number)
    )
    client.force_login(make_user("", "steward"))
    with django_assert_max_num_queries(8):
        page = text_of(client.get(reverse("observe:contradictions")))
    assert page.count("<article") == min(number, 25)
    assert ("Aucune pratique contestée" in page) == (number == 0)
    assert "<i>x" not in page


def test_who_confirmed_then_speaks_for_it_counts_no_longer_nor_judges(
    client: Any, party: Party, practice: Practice
) -> None:
    peer = make_party("Coopérative fictive")
    person = speak_for(peer, make_user("", "steward")).user
    confirm_practice(practice=practice, peer=peer, words="Vu en mars", by=person)
    one = contradict_practice(practice=practice, reason="x", evidence="x", by=None)
    client.force_login(person)
    sent = {"contradiction": one.pk, "decision": "reject", "answer": "Non"}
    answer = client.post(reverse("observe:contradictions"), sent)
    assert answer.status_code == 400 and "Un gardien étranger" in text_of(answer)
    assert "Coopérative fictive" in section(client, party)
    speak_for(party, person)
    assert "Coopérative fictive" not in section(client, party)
    assert [one["confirmations"] for one in api(client, party)] == [[]]
