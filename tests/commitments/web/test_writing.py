"""Writing in the register through its forms, without a script: nothing typed is lost, nobody acts for another."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from terreau.commitments.enums import State
from terreau.commitments.models import Commitment
from terreau.commons.models import JournalEntry, LogEntry, User
from terreau.commons.search.fold import party_search_text
from terreau.observe.models import Claim
from tests.factories import make_party, make_place, make_user
from tests.factories.commitments import make_commitment, make_draft, make_item, make_keeper

pytestmark = pytest.mark.django_db
NEW = "/engagements/nouveau/"


def named_party(name: str, **values: Any):
    return make_party(name, search_text=party_search_text(name), **values)


def speaker_of(party) -> User:
    user = make_user()
    Claim.objects.create(
        party=party, identity=party.identity, user=user, state="granted", expires_at=timezone.now()
    )
    return user


def typed(**values: str) -> dict[str, str]:
    given = {"title": "Ouvrir une recyclerie", "deliverable": "Un local ouvert", "basis": "decision"}
    return {**given, "due_on": "2030-01-01", "owner": "Le groupe", "do": "save", **values}


def free(name: str, **values: str) -> dict[str, str]:
    return typed(owner=name, owner_asked=name, owner_choice="free", **values)


def draft_address(draft: Commitment) -> str:
    return reverse("commitments:draft", args=[draft.token])


def verb_address(commitment: Commitment, verb: str) -> str:
    return reverse("commitments:change", args=[commitment.token, verb])


def test_the_form_starts_with_the_group_and_shows_the_licence(client) -> None:
    client.force_login(make_user())
    page = client.get(NEW).text
    assert 'value="Le groupe"' in page and "Licence Ouverte 2.0" in page and "rochaine réunion" in page
    party = named_party("Épicerie fictive")
    client.force_login(speaker_of(party))
    assert 'value="Épicerie fictive"' in client.get(NEW).text


def test_a_member_saves_a_draft_that_waits_for_a_keeper(client) -> None:
    member = make_user()
    client.force_login(member)
    answer = client.post(NEW, free("Le groupe", next_meeting="2029-05-01", due_on=""))
    draft = Commitment.objects.get()
    assert answer["Location"] == reverse("commitments:commitment", args=[draft.token])
    assert (draft.state, draft.owner_name, draft.due_on) == (State.DRAFT, "Le groupe", date(2029, 5, 1))
    assert "Ouvrir une recyclerie" in client.get("/engagements/brouillons/").text
    assert client.get("/engagements/a-publier/").status_code == 403
    assert "Mes brouillons</a> (1)" in client.get(reverse("account")).text
    assert client.post(draft_address(draft), {"do": "open"}).status_code == 403
    assert not LogEntry.objects.filter(verb="refuse-commitment-change").exists()  # a draft is private
    client.force_login(make_keeper())
    assert "Ouvrir une recyclerie" in client.get("/engagements/a-publier/").text
    assert "(1 en attente)" in client.get(reverse("account")).text.replace("\u00a0", " ")
    client.post(draft_address(draft), {"do": "open"})
    draft.refresh_from_db()
    assert draft.state == State.OPEN
    assert "Ouvrir une recyclerie" not in client.get("/engagements/a-publier/").text


def test_drafts_that_their_author_may_publish_wait_for_nobody(client, django_assert_max_num_queries) -> None:
    party = named_party("Épicerie fictive")
    make_draft(speaker_of(party), owner=party, owner_name="", title="Le sien")
    make_draft(make_keeper(), title="D’une animatrice")
    make_draft(make_user(), due_on=None, title="Incomplet")
    for number in range(4):
        make_draft(make_user(), owner=party, owner_name="", title=f"Attend {number}")
    client.force_login(make_keeper())
    with django_assert_max_num_queries(8):
        page = client.get("/engagements/a-publier/").text
    assert page.count("<tr>") == 5
    for title in ("Le sien", "D’une animatrice", "Incomplet"):
        assert title not in page


def test_who_speaks_for_an_organisation_publishes_at_once(client) -> None:
    party = named_party("Épicerie fictive")
    client.force_login(speaker_of(party))
    client.post(NEW, typed(owner="Épicerie fictive", do="publish"))
    made = Commitment.objects.get()
    assert (made.state, made.owner) == (State.OPEN, party)
    other = named_party("Jardin fictif")
    refused = client.post(NEW, typed(owner=other.public_id, do="publish"))
    assert refused.status_code == 403
    assert Commitment.objects.count() == 1


def test_a_name_that_means_several_comes_back_as_choices_and_keeps_what_was_typed(client) -> None:
    first, second = named_party("Épicerie fictive du Nord"), named_party("Épicerie fictive du Sud")
    client.force_login(make_user())
    answer = client.post(NEW, typed(owner="épicerie fictive", details="Mes précisions"))
    assert answer.status_code == 400
    assert "choisissez dans la liste" in answer.text
    for kept in (
        first.public_id,
        second.public_id,
        'value="free"',
        "Mes précisions",
        "Ouvrir une recyclerie",
    ):
        assert kept in answer.text, kept
    client.post(
        NEW, typed(owner="épicerie fictive", owner_asked="épicerie fictive", owner_choice=second.public_id)
    )
    assert Commitment.objects.get().owner == second
    again = typed(owner="autre chose fictive", owner_asked="épicerie fictive", owner_choice=first.public_id)
    client.post(draft_address(Commitment.objects.get()), again)
    saved = Commitment.objects.get()
    assert (saved.owner, saved.owner_name) == (None, "autre chose fictive")  # the old choice no longer counts


def test_searching_saves_nothing_and_complains_of_nothing_else(client) -> None:
    named_party("Épicerie fictive")
    client.force_login(make_user())
    page = client.post(NEW, {"owner": "épicerie", "do": "search"})
    assert page.status_code == 200
    assert "Épicerie fictive" in page.text and "Dites ce qui est promis" not in page.text
    assert not Commitment.objects.exists()


def test_a_place_by_name_or_post_code(client) -> None:
    commune = make_place("99001", name="Fictive", search_text="fictif")
    commune.post_codes.create(code="99000")
    client.force_login(make_user())
    for text in ("Fictive", "99000", "commune:99001"):
        client.post(NEW, free("Le groupe", place=text))
        assert Commitment.objects.latest("pk").place == commune, text
    answer = client.post(NEW, free("Le groupe", place="Nulle-Part"))
    assert answer.status_code == 400 and "Aucun territoire" in answer.text


def test_errors_stand_at_their_fields(client) -> None:
    client.force_login(make_keeper())
    answer = client.post(NEW, free("Le groupe", due_on="2020-01-01", starts_on="2021-01-01", unit="heures"))
    assert answer.status_code == 400
    for field in ("due_on", "baseline", "target"):
        assert f'id="id_{field}_error"' in answer.text, field
    answer = client.post(NEW, free("Le groupe", deliverable="", due_on="", do="publish"))
    assert answer.status_code == 400 and not Commitment.objects.exists()
    for field in ("due_on", "deliverable"):
        assert f'id="id_{field}_error"' in answer.text, field
    answer = client.post(NEW, free("Le groupe", title="", basis_url="javascript:alert(1)", target="beaucoup"))
    for field in ("title", "basis_url", "target"):
        assert f'id="id_{field}_error"' in answer.text, field


def test_in_a_village_hall_the_next_one_keeps_the_meeting_the_place_and_the_owner(client) -> None:
    commune = make_place("99001", name="Fictive", search_text="fictif")
    client.force_login(make_keeper())
    sent = free(
        "Les voisins", due_on="", next_meeting="2029-05-01", basis_words="Réunion fictive", place="Fictive"
    )
    answer = client.post(NEW, {**sent, "do": "another"}, follow=True)
    for kept in ("Les voisins", "Réunion fictive", 'value="2029-05-01"', "commune:99001"):
        assert kept in answer.text, kept
    assert "Ouvrir une recyclerie" in answer.text  # the message
    assert 'value="Ouvrir une recyclerie"' not in answer.text
    assert Commitment.objects.get().place == commune


def test_an_incomplete_draft_is_published_once_its_form_is_filled(client) -> None:
    keeper = make_keeper()
    draft = make_draft(keeper, due_on=None, items=[make_item("9")], owner_name="Les voisins")
    client.force_login(keeper)
    answer = client.post(draft_address(draft), {"do": "open"})
    assert answer.status_code == 400 and 'id="id_due_on_error"' in answer.text
    assert draft.title in answer.text and "Les voisins" in answer.text
    client.post(draft_address(draft), {"do": "discard"})
    assert not Commitment.objects.exists()


def test_a_step_its_withdrawal_and_the_end(client) -> None:
    keeper = make_keeper()
    made = make_commitment(keeper, unit="logements", baseline=Decimal(10), target=Decimal(12))
    client.force_login(keeper)
    tomorrow = timezone.localdate() + timedelta(days=1)
    answer = client.post(verb_address(made, "realisation"), {"on": str(tomorrow), "words": "Un"})
    assert answer.status_code == 400 and 'id="id_on_error"' in answer.text
    client.post(verb_address(made, "realisation"), {"on": "2025-01-01", "words": "Un", "amount": "1,5"})
    step = made.fulfilments.get()
    assert step.amount == Decimal("1.5")
    assert "Un" in client.get(verb_address(made, "retirer"), {"realisation": step.token}).text
    answer = client.post(verb_address(made, "retirer"), {"step": step.token, "reason": ""})
    assert answer.status_code == 400 and "la raison est publique" in answer.text
    client.post(verb_address(made, "retirer"), {"step": step.token, "reason": "Erreur"})
    step.refresh_from_db()
    assert step.withdrawn_because == "Erreur"
    answer = client.post(verb_address(made, "tenu"), {"result": "Presque"})
    assert (
        answer.status_code == 400
        and "La cible n’est pas atteinte" in answer.text
        and "Presque" in answer.text
    )
    client.post(verb_address(made, "abandonner"), {"reason": "Terrain vendu"})
    made.refresh_from_db()
    assert (made.state, made.reason) == (State.ABANDONED, "Terrain vendu")
    assert client.get(verb_address(made, "realisation")).status_code == 403


def test_renegotiating_starts_from_the_old_terms_and_leads_to_the_new_page(client) -> None:
    keeper, party = make_keeper(), named_party("Épicerie fictive")
    made = make_commitment(
        keeper, owner=party, owner_name="", title="Ouvrir un jardin", items=[make_item("9")]
    )
    client.force_login(keeper)
    page = client.get(verb_address(made, "renegocier")).text
    assert 'value="Ouvrir un jardin"' in page and 'value="2030-01-01"' in page and "Épicerie fictive" in page
    sent = typed(
        title="Ouvrir deux jardins", owner="Épicerie fictive", due_on="2031-01-01", reason="Un an de plus"
    )
    answer = client.post(verb_address(made, "renegocier"), sent)
    made.refresh_from_db()
    following = made.successor
    assert following is not None and made.state == State.RENEGOTIATED
    assert answer["Location"] == reverse("commitments:commitment", args=[following.token])
    assert (following.title, following.owner, following.state) == ("Ouvrir deux jardins", party, State.OPEN)
    other = make_commitment(keeper)
    page_of_other = "https://exemple.invalid" + reverse("commitments:commitment", args=[other.token])
    client.post(verb_address(following, "renegocier"), {**sent, "into": page_of_other})
    following.refresh_from_db()
    assert following.successor == other


def test_precisions_and_another_owner(client) -> None:
    keeper = make_keeper()
    made = make_commitment(keeper, owner_name="")
    client.force_login(keeper)
    client.post(verb_address(made, "preciser"), {"details": "Avec une cour", "reason": "Demandé"})
    answer = client.post(verb_address(made, "reprendre"), {"owner": "", "reason": "Reprise"})
    assert answer.status_code == 400 and 'id="id_owner_error"' in answer.text
    sent = {"owner": "Les voisins", "owner_asked": "Les voisins", "owner_choice": "free", "reason": "Reprise"}
    client.post(verb_address(made, "reprendre"), sent)
    made.refresh_from_db()
    assert (made.details, made.owner_name) == ("Avec une cour", "Les voisins")
    assert list(made.changes.values_list("verb", flat=True))[1:] == [
        "change-commitment",
        "name-commitment-owner",
    ]


def test_an_official_who_may_not_is_refused_and_the_log_says_so_without_naming_her(client) -> None:
    official, made = make_user("elue@exemple.invalid"), make_commitment(title="Texte d’une habitante")
    client.force_login(official)
    assert client.get(verb_address(made, "preciser")).status_code == 403
    assert not LogEntry.objects.filter(verb="refuse-commitment-change").exists()
    answer = client.post(verb_address(made, "preciser"), {"details": "Autre texte", "reason": "Mieux dit"})
    assert answer.status_code == 403
    assert "Seuls celui qui s’engage et les animateurs du registre" in answer.text
    entry = LogEntry.objects.get(verb="refuse-commitment-change")
    assert entry.about == f"commitment:{made.token}" and "elue" not in entry.content
    assert JournalEntry.objects.get(verb="refuse-commitment-change").by == official
    made.refresh_from_db()
    assert made.details == ""
    client.logout()
    page = client.get(reverse("commitments:commitment", args=[made.token])).text
    assert reverse("public_act", args=[entry.index]) in page


def test_the_log_takes_some_refusals_in_an_hour_not_a_flood(client) -> None:
    made = make_commitment()
    client.force_login(make_user())
    for _number in range(12):
        assert client.post(verb_address(made, "abandonner"), {"reason": "Non"}).status_code == 403
    assert LogEntry.objects.filter(verb="refuse-commitment-change").count() == 10


def test_a_stranger_sees_neither_the_buttons_nor_the_forms(client) -> None:
    made = make_commitment()
    page = client.get(reverse("commitments:commitment", args=[made.token])).text
    assert verb_address(made, "realisation") not in page
    assert client.get(verb_address(made, "realisation")).status_code == 302
    client.force_login(make_keeper())
    assert client.get(verb_address(made, "inconnu")).status_code == 404
