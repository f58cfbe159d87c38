"""A promise from its draft to its end."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from terreau.commitments.actions import abandon, keep, name_owner, record_fulfilment, renegotiate
from terreau.commitments.enums import State
from terreau.commons.models import LogEntry
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


def test_what_is_counted_in_another_unit_is_refused() -> None:
    keeper = make_keeper()
    promise = make_commitment(keeper, unit="logements", baseline=Decimal(0), target=Decimal(12))
    step = {
        "commitment": promise,
        "on": date(2026, 1, 1),
        "words": "Fait",
        "amount": Decimal(1),
        "by": keeper,
    }
    with pytest.raises(ValidationError, match="se compte en") as refused:
        record_fulfilment(unit="hectares", **step)
    assert set(refused.value.message_dict) == {"unit"}
    assert not promise.fulfilments.exists(), "nothing is half-written"
    assert record_fulfilment(unit=" Logements ", **step).amount == 1


def test_a_clock_that_goes_back_moves_no_change_before_another(monkeypatch) -> None:
    keeper = make_keeper()
    promise = make_commitment(keeper)
    before = promise.changes.get().at
    monkeypatch.setattr(timezone, "now", lambda: before - timedelta(days=400))
    ended = abandon(commitment=promise, reason="Le terrain est vendu", by=keeper)
    last, first = promise.changes.order_by("-number")
    assert (first.at, last.at) == (before, before)
    assert ended.ended_on == promise.opened_on, "it does not end before it was published"


def test_an_end_before_its_date_needs_a_reason_and_is_in_the_public_log() -> None:
    keeper = make_keeper()
    promise = make_commitment(keeper, due_on=timezone.localdate() + timedelta(days=300))
    abandon(commitment=promise, reason="Le terrain est vendu", by=keeper)
    acts = LogEntry.objects.filter(about=f"commitment:{promise.token}").order_by("index")
    assert list(acts.values_list("verb", flat=True)) == ["open-commitment", "abandon-commitment"]
