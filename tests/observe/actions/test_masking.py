"""Asking, answering, undoing: each with one journal entry that holds no one's words."""

import pytest

from terreau.commons.enums import Diffusion
from terreau.commons.models import JournalEntry
from terreau.observe.actions.masking import MaskingRefused, answer_masking, ask_masking
from terreau.observe.models import MaskRequest
from terreau.observe.queries import visible_parties
from tests.factories import make_party, make_record, make_user

pytestmark = pytest.mark.django_db


def test_asking_masks_nothing_yet() -> None:
    party = make_party()
    asked = ask_masking(party=party, reason="Fermée", contact="x@exemple.invalid", by=None)
    assert asked.state == MaskRequest.State.OPEN
    assert visible_parties().get() == party
    entry = JournalEntry.objects.get()
    assert (entry.verb, entry.subject) == ("ask-masking", f"party:{party.public_id}")
    assert "Fermée" not in str(entry.details)
    assert "exemple" not in str(entry.details)


@pytest.mark.parametrize("reason", ["", "   "])
def test_asking_without_a_reason_is_refused(reason: str) -> None:
    with pytest.raises(MaskingRefused):
        ask_masking(party=make_party(), reason=reason, by=None)
    assert not MaskRequest.objects.exists()
    assert not JournalEntry.objects.exists()


def test_granted_then_shown_again() -> None:
    party, steward = make_party(), make_user("", "steward")
    asked = ask_masking(party=party, reason="Fermée", by=None)
    answer_masking(request=asked, granted=True, answer="C’est elle qui demande", by=steward)
    assert not visible_parties().exists()
    answer_masking(request=asked, granted=False, answer="Elle a changé d’avis", by=steward)
    assert visible_parties().get() == party
    assert JournalEntry.objects.filter(verb="answer-masking", by=steward).count() == 2


def test_lifting_a_mask_does_not_lift_that_of_the_register() -> None:
    party, steward = make_party(diffusion=Diffusion.PARTIAL), make_user()
    make_record(party, values={"diffusion": "partial"})
    asked = ask_masking(party=party, reason="Fermée", by=None)
    answer_masking(request=asked, granted=True, answer="Oui", by=steward)
    answer_masking(request=asked, granted=False, answer="Non", by=steward)
    party.refresh_from_db()
    assert party.diffusion == Diffusion.PARTIAL


def test_two_requests_granted_need_two_refusals() -> None:
    party, steward = make_party(), make_user()
    first, second = (ask_masking(party=party, reason="Fermée", by=None) for _ in range(2))
    for asked in (first, second):
        answer_masking(request=asked, granted=True, answer="Oui", by=steward)
    answer_masking(request=first, granted=False, answer="Non", by=steward)
    assert not visible_parties().exists()
    answer_masking(request=second, granted=False, answer="Non", by=steward)
    assert visible_parties().exists()


def test_an_answer_without_a_reason_is_refused() -> None:
    party = make_party()
    asked = ask_masking(party=party, reason="Fermée", by=None)
    with pytest.raises(MaskingRefused):
        answer_masking(request=asked, granted=True, answer=" ", by=make_user())
    assert visible_parties().exists()
