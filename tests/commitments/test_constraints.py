"""What no code path may write, the database refuses."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError

from terreau.commitments.enums import State
from terreau.commitments.models import Commitment
from tests.factories.commitments import make_commitment, make_draft, make_keeper

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 1)

WRONG = {
    "due before start": {"starts_on": date(2031, 1, 1)},
    "a target without unit": {"target": Decimal(3), "baseline": Decimal(0)},
    "a target without baseline": {"target": Decimal(3), "unit": "logements"},
    "a unit alone": {"unit": "logements"},
    "nothing to do": {"target": Decimal(3), "baseline": Decimal(3), "unit": "logements"},
    "open without due date": {"due_on": None},
    "open without anything promised": {"deliverable": ""},
    "open and not for publication": {"licence": "not-for-publication"},
    "ended without a day": {"state": State.KEPT, "result": "Fait"},
    "kept without result": {"state": State.KEPT, "ended_on": DAY},
    "abandoned without reason": {"state": State.ABANDONED, "ended_on": DAY},
    "renegotiated into nothing": {"state": State.RENEGOTIATED, "ended_on": DAY, "reason": "Autre chose"},
    "its own successor": {
        "state": State.RENEGOTIATED,
        "ended_on": DAY,
        "reason": "Autre chose",
        "successor": F("pk"),
    },
    "an end while it is open": {"ended_on": DAY},
}


@pytest.mark.parametrize("name", WRONG)
def test_the_database_refuses(name: str) -> None:
    promise = make_commitment()
    with pytest.raises(IntegrityError), transaction.atomic():
        Commitment.objects.filter(pk=promise.pk).update(**WRONG[name])


def test_a_draft_may_be_unfinished() -> None:
    draft = make_draft(due_on=None, starts_on=None, deliverable="", owner_name="")
    assert draft.state == State.DRAFT


def test_a_public_commitment_is_not_deleted() -> None:
    promise = make_commitment(make_keeper())
    with pytest.raises(ProtectedError):
        promise.delete()
