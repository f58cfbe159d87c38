"""Appeals against a refusal: who judges, from which state, and what is public of it. Roles × states."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from terreau.commons.models import JournalEntry, OutgoingMail, Party, User
from terreau.observe.actions.appeals import appeal_refusal, grant_appeal, reject_appeal
from terreau.observe.actions.correction_answers import BaseChanged
from terreau.observe.actions.correction_values import CorrectionRefused
from terreau.observe.actions.corrections import (
    accept_correction,
    propose_correction,
    redo_correction,
    refuse_correction,
    undo_correction,
    withdraw_correction,
)
from terreau.observe.actions.erasing import ERASED, erase_correction
from terreau.observe.models import Appeal, Correction
from terreau.observe.queries.corrections import refusals, what_we_hold_of
from terreau.observe.queries.waiting import waiting
from terreau.observe.rules import has_second_steward, may_judge_appeal
from tests.factories import make_party, make_record, make_user
from tests.observe.test_rules import speak_for

pytestmark = pytest.mark.django_db
State = Correction.State


@pytest.fixture
def party() -> Party:
    party = make_party("Épicerie fictive", website="https://ancien.invalid/")
    make_record(party, values={"name": party.name, "website": party.website})
    return party


@pytest.fixture
def first() -> User:
    return make_user("", "steward")


def refused(party: Party, first: User, by: User | None = None) -> Correction:
    values = {"website": "https://nouveau.invalid/"}
    correction, _secret = propose_correction(party=party, values=values, evidence="leur affiche", by=by)
    return refuse_correction(correction=correction, reason="Cette adresse ne répond pas", by=first)


def appealed(party: Party, first: User) -> Correction:
    correction = refused(party, first)
    appeal_refusal(correction=correction, words="Elle répond depuis mardi", by=None)
    return correction


def test_a_second_steward_grants_it(party, first) -> None:
    correction = appealed(party, first)
    assert waiting()["observe:corrections"] == 1
    grant_appeal(correction=correction, reason="Elle répond", by=make_user("", "steward"))
    party.refresh_from_db()
    assert party.website == "https://nouveau.invalid/"
    correction.refresh_from_db()
    assert (correction.state, correction.answer) == (State.ACCEPTED, "Elle répond")
    appeal = Appeal.objects.get()
    assert (appeal.is_granted, appeal.refusal) == (True, "Cette adresse ne répond pas")
    assert [one.token for one in refusals()] == [correction.token], "the refusal stays told"
    assert waiting()["observe:corrections"] == 0


def test_or_rejects_it_and_that_is_the_last_word(party, first) -> None:
    correction, second = appealed(party, first), make_user("", "steward")
    reject_appeal(correction=correction, reason="Toujours muette", by=second)
    correction.refresh_from_db()
    assert (correction.state, correction.answer) == (State.REFUSED, "Cette adresse ne répond pas")
    with pytest.raises(CorrectionRefused, match="une seule fois"):
        appeal_refusal(correction=correction, words="Encore", by=None)
    with pytest.raises(CorrectionRefused, match="Aucun recours"):
        grant_appeal(correction=correction, reason="Si", by=make_user("", "steward"))


def test_each_person_may_judge_or_not(party, first) -> None:
    """Never who refused, who wrote, who speaks or spoke for the organisation, or who is no steward."""
    author = make_user("")
    correction = refused(party, first, by=author)
    author.role_grants.create(role="steward")
    author.forget_roles()
    people: dict[str, User] = {
        name: make_user("", "steward") for name in ("second", "custodian", "once", "closed")
    }
    people |= {"first": first, "author": author, "member": make_user("")}
    people["others"] = make_user("", "administrator", "facilitator", "moderator")
    speak_for(party, people["custodian"])
    speak_for(party, people["once"], "ended")
    people["closed"].is_active = False
    people["closed"].save()
    assert {name for name, one in people.items() if may_judge_appeal(one, correction)} == {"second"}
    assert not may_judge_appeal(None, correction)
    appeal_refusal(correction=correction, words="Elle répond", by=author)
    for name, one in people.items():
        if name != "second":
            for judge in (grant_appeal, reject_appeal):
                with pytest.raises(CorrectionRefused, match="un autre gardien"):
                    judge(correction=correction, reason="Je juge", by=one)
    assert has_second_steward(correction)
    people["second"].role_grants.all().delete()
    assert not has_second_steward(correction)


def _proposed(party: Party, first: User) -> Correction:
    values = {"website": "https://nouveau.invalid/"}
    return propose_correction(party=party, values=values, evidence="vu", by=None)[0]


def _accepted(party: Party, first: User) -> Correction:
    return accept_correction(correction=_proposed(party, first), by=first)


def _undone(party: Party, first: User) -> Correction:
    return undo_correction(correction=_accepted(party, first), reason="Erreur", by=first)


def _withdrawn(party: Party, first: User) -> Correction:
    return withdraw_correction(correction=_proposed(party, first), by=None)


def _erased(party: Party, first: User) -> Correction:
    correction = refused(party, first)
    erase_correction(correction=correction, by=None)
    return correction


@pytest.mark.parametrize("made", [_proposed, _accepted, _undone, _withdrawn, _erased])
def test_only_a_refusal_is_appealed_or_told(party, first, made: Callable[..., Correction]) -> None:
    correction = made(party, first)
    with pytest.raises(CorrectionRefused, match="Seul un refus"):
        appeal_refusal(correction=correction, words="Si", by=None)
    for judge in (grant_appeal, reject_appeal):
        with pytest.raises(CorrectionRefused, match="Aucun recours"):
            judge(correction=correction, reason="Si", by=make_user("", "steward"))
    assert not refusals().exists()


def test_words_and_reasons_are_required(party, first) -> None:
    correction = refused(party, first)
    with pytest.raises(CorrectionRefused, match="quelques mots"):
        appeal_refusal(correction=correction, words=" ", by=None)
    appeal_refusal(correction=correction, words="Elle répond", by=None)
    for judge in (grant_appeal, reject_appeal):
        with pytest.raises(CorrectionRefused, match="sans raison"):
            judge(correction=correction, reason=" ", by=make_user("", "steward"))


def test_whoever_refused_does_not_undo_what_the_second_decided(party, first) -> None:
    correction, second = appealed(party, first), make_user("", "steward")
    grant_appeal(correction=correction, reason="Elle répond", by=second)
    with pytest.raises(CorrectionRefused, match="Vous aviez refusé"):
        undo_correction(correction=correction, reason="Non", by=first)
    undo_correction(correction=correction, reason="Elle ne répond plus", by=second)
    redo_correction(correction=correction, reason="Elle répond", by=second)


def test_a_value_that_changed_meanwhile_is_confirmed(party, first) -> None:
    correction, second = appealed(party, first), make_user("", "steward")
    other, _secret = propose_correction(
        party=party, values={"website": "https://autre.invalid/"}, evidence="vu", by=None
    )
    accept_correction(correction=other, by=first)
    with pytest.raises(BaseChanged):
        grant_appeal(correction=correction, reason="Elle répond", by=second)
    assert Appeal.objects.get().is_granted is None
    grant_appeal(correction=correction, reason="Elle répond", is_confirmed=True, by=second)
    party.refresh_from_db()
    assert party.website == "https://nouveau.invalid/"


def test_the_database_holds_it_too(party, first) -> None:
    """Judged by another, with a reason."""
    appealed(party, first)
    judged: dict[str, Any] = {"is_granted": True, "judged_at": timezone.now(), "reason": "Vu"}
    for wrong in ({**judged, "judged_by": first}, {**judged, "reason": ""}, {**judged, "judged_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Appeal.objects.update(**wrong)
    Appeal.objects.update(**judged, judged_by=make_user("", "steward"))


def test_the_author_is_told_then_her_address_is_forgotten(party, first) -> None:
    correction = refused(party, first)
    appeal_refusal(correction=correction, words="Elle répond", contact="a@exemple.invalid", by=None)
    reject_appeal(correction=correction, reason="Toujours muette", by=make_user("", "steward"))
    mail = OutgoingMail.objects.get()
    assert "Toujours muette" in mail.body
    assert "lien privé" not in mail.body
    correction.refresh_from_db()
    assert correction.contact == ""


def test_the_journal_has_no_words_and_who_wrote_has_hers(party, first) -> None:
    author = make_user("")
    correction = refused(party, first, by=author)
    appeal_refusal(correction=correction, words="Elle répond", by=author)
    reject_appeal(correction=correction, reason="Toujours muette", by=make_user("", "steward"))
    acts = list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert acts == ["propose-correction", "refuse-correction", "appeal-refusal", "reject-appeal"]
    told = str(list(JournalEntry.objects.values()))
    assert not any(words in told for words in ("répond", "muette", "affiche"))
    held = what_we_hold_of(author)[0]
    assert (held["appealed"], held["appeal_answer"]) == ("Elle répond", "Toujours muette")


def test_erasing_takes_the_words_of_the_appeal_and_what_quotes_them(party, first) -> None:
    correction = appealed(party, first)
    reason = "On nous dit : Elle répond depuis mardi. Non."
    reject_appeal(correction=correction, reason=reason, by=make_user("", "steward"))
    erase_correction(correction=correction, by=None)
    appeal = Appeal.objects.get()
    assert (appeal.words, appeal.reason) == ("", f"On nous dit : {ERASED}. Non.")
    assert not refusals().exists()


def test_neither_a_masked_party_nor_what_is_private_of_one_is_told(party, first) -> None:
    refused(party, first)
    values = {"name": "Autre nom"}
    other, _secret = propose_correction(party=party, values=values, evidence="vu", by=None)
    refuse_correction(correction=other, reason="Non", by=first)
    Correction.objects.filter(pk=other.pk).update(values={"address": "1 rue Vieille"})
    for diffusion, told in (("open", 2), ("partial", 1), ("masked", 0)):
        Party.objects.update(diffusion=diffusion)
        assert refusals().count() == told, diffusion
