"""A promise from its draft to its end."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from terreau.commitments.actions import abandon, keep, name_owner, record_fulfilment, renegotiate
from terreau.commitments.enums import State
from tests.factories.commitments import make_commitment, make_keeper

pytestmark = pytest.mark.django_db


def test_a_measured_promise_is_kept_once_its_target_is_reached() -> None:
    keeper = make_keeper()
    promise = make_commitment(keeper, unit="logements", baseline=Decimal(10), target=Decimal(12))
    record_fulfilment(
        commitment=promise, on=date(2026, 1, 1), words="Un logement", amount=Decimal(1), by=keeper
    )
    with pytest.raises(ValidationError, match="cible"):
        keep(commitment=promise, result="Presque", by=keeper)
    record_fulfilment(commitment=promise, on=date(2026, 2, 1), words="Un autre", amount=Decimal(1), by=keeper)
    assert keep(commitment=promise, result="Deux logements", by=keeper).state == State.KEPT


def test_a_renegotiated_promise_names_the_one_that_replaces_it() -> None:
    keeper = make_keeper()
    promise = make_commitment(keeper)
    following = renegotiate(
        commitment=promise, reason="Il faut un an de plus", due_on=date(2031, 1, 1), by=keeper
    )
    promise.refresh_from_db()
    assert promise.state == State.RENEGOTIATED
    assert promise.successor == following
    assert (following.state, following.title, following.due_on) == (
        State.OPEN,
        promise.title,
        date(2031, 1, 1),
    )


def test_two_promises_do_not_replace_each_other() -> None:
    keeper = make_keeper()
    one, two = make_commitment(keeper), make_commitment(keeper)
    renegotiate(commitment=one, reason="La même chose", into=two, by=keeper)
    with pytest.raises(PermissionError):
        renegotiate(commitment=two, reason="Retour", into=one, by=keeper)
    with pytest.raises(ValidationError, match="lui-même"):
        renegotiate(commitment=two, reason="Boucle", into=two, by=keeper)


def test_no_end_without_a_reason() -> None:
    keeper = make_keeper()
    promise = make_commitment(keeper)
    with pytest.raises(ValidationError, match="pourquoi"):
        abandon(commitment=promise, reason=" ", by=keeper)
    abandon(commitment=promise, reason="Le terrain est vendu", by=keeper)
    with pytest.raises(PermissionError):
        name_owner(commitment=promise, owner=None, owner_name="Un autre groupe", reason="Reprise", by=keeper)
