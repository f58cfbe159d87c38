"""Whatever is asked of the register, in whatever order: nothing is lost, and the past of the log does not change."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from terreau.commitments import actions
from terreau.commitments.actions.writing import NotAllowed
from terreau.commitments.enums import State
from terreau.commitments.models import Change, Commitment, Fulfilment
from terreau.commitments.queries import visible_commitments
from terreau.commitments.queries.commitments import chain_of, trajectory_of
from terreau.commons.queries.log import entries_from
from tests.factories import make_user
from tests.factories.commitments import make_keeper

pytestmark = pytest.mark.django_db
REFUSALS = (ValidationError, NotAllowed)
FOLLOWING = {
    State.DRAFT: {State.DRAFT, State.OPEN},
    State.OPEN: {State.OPEN, State.KEPT, State.RENEGOTIATED, State.ABANDONED},
    State.KEPT: {State.KEPT},
    State.RENEGOTIATED: {State.RENEGOTIATED},
    State.ABANDONED: {State.ABANDONED},
}

_which = st.integers(0, 2)
_who = st.sampled_from(
    ["keeper", "keeper", "keeper", "author", "stranger"]
)  # mostly who may: refusals teach little
_words = st.sampled_from(["Parce que", "Parce que", " "])
_days = st.integers(-300, 60)
_amounts = st.none() | st.integers(-3, 15)
OPERATIONS = st.one_of(
    st.tuples(st.just("save_draft"), _who, _days, st.booleans()),
    st.tuples(st.just("discard"), _who, _which),
    st.tuples(st.just("open"), _who, _which),
    st.tuples(st.just("fulfil"), _who, _which, _days, _amounts),
    st.tuples(st.just("withdraw"), _who, _which, _words),
    st.tuples(st.just("keep"), _who, _which, _words),
    st.tuples(st.just("finish"), _who, _which, st.integers(8, 12)),
    st.tuples(st.just("abandon"), _who, _which, _words),
    st.tuples(st.just("renegotiate"), _who, _which, _words, _days),
    st.tuples(st.just("join"), _who, _which, _which, _words),
    st.tuples(st.just("change"), _who, _which, _words),
    st.tuples(st.just("take_over"), _who, _which, _words),
)


class Register:
    """The register and what must hold of it after each operation."""

    def __init__(self) -> None:
        self.people = {"keeper": make_keeper(), "author": make_user(), "stranger": make_user()}
        self.states: dict[int, str] = {}
        self.log: list[bytes] = []
        self.changes: dict[int, str] = {}
        self.steps: set[int] = set()

    def do(self, operation: tuple) -> None:
        verb, who, *values = operation
        try:
            with transaction.atomic():
                getattr(self, verb)(self.people[who], *values)
        except REFUSALS:
            pass
        self.check()

    def any_one(self, which: int) -> Commitment:
        rows = list(Commitment.objects.order_by("pk"))
        if not rows:
            raise NotAllowed("there is none yet")
        return rows[which % len(rows)]

    def save_draft(self, by, days, is_measured) -> None:
        due = timezone.localdate() + timedelta(days)
        measure = {"unit": "logements", "baseline": Decimal(0), "target": Decimal(10)} if is_measured else {}
        actions.save_draft(
            by=by, title="Promesse", deliverable="" if is_measured else "Un texte", due_on=due,
            starts_on=date(2025, 1, 1), **measure,
        )  # fmt: skip

    def discard(self, by, which) -> None:
        actions.discard_draft(draft=self.any_one(which), by=by)

    def open(self, by, which) -> None:
        actions.open_commitment(draft=self.any_one(which), by=by)

    def fulfil(self, by, which, days, amount) -> None:
        actions.record_fulfilment(
            commitment=self.any_one(which), on=timezone.localdate() + timedelta(days), words="Une étape",
            amount=None if amount is None else Decimal(amount), by=by,
        )  # fmt: skip

    def withdraw(self, by, which, reason) -> None:
        step = self.any_one(which).fulfilments.first()
        if step is not None:
            actions.withdraw_fulfilment(fulfilment=step, reason=reason, by=by)

    def keep(self, by, which, result) -> None:
        actions.keep(commitment=self.any_one(which), result=result, by=by)

    def finish(self, by, which, amount) -> None:
        """The usual end: the last step, then kept."""
        self.fulfil(by, which, 0, amount if self.any_one(which).has_measure else None)
        self.keep(by, which, "C’est fait")

    def abandon(self, by, which, reason) -> None:
        actions.abandon(commitment=self.any_one(which), reason=reason, by=by)

    def renegotiate(self, by, which, reason, days) -> None:
        due = timezone.localdate() + timedelta(days)
        actions.renegotiate(commitment=self.any_one(which), reason=reason, due_on=due, by=by)

    def join(self, by, which, other, reason) -> None:
        actions.renegotiate(commitment=self.any_one(which), into=self.any_one(other), reason=reason, by=by)

    def change(self, by, which, reason) -> None:
        actions.change_context(
            commitment=self.any_one(which), details=f"Plus : {reason}", reason=reason, by=by
        )

    def take_over(self, by, which, reason) -> None:
        actions.name_owner(
            commitment=self.any_one(which), owner=None, owner_name="Un autre groupe", reason=reason, by=by
        )

    def check(self) -> None:
        rows = {row.pk: row for row in Commitment.objects.all()}
        for key, state in self.states.items():
            if key not in rows:
                assert state == State.DRAFT, "only a draft goes"
            else:
                assert rows[key].state in FOLLOWING[State(state)]
        self.states = {key: row.state for key, row in rows.items()}
        entries = entries_from(0)
        assert entries[: len(self.log)] == self.log, "the past of the log does not change"
        assert set(self.changes.items()) <= {(one.pk, one.verb) for one in Change.objects.all()}
        self.changes = {one.pk: one.verb for one in Change.objects.all()}
        assert len(entries) == len(self.changes), "each public change is one act of the log"
        self.log = entries
        steps = set(Fulfilment.objects.values_list("pk", flat=True))
        assert self.steps <= steps
        self.steps = steps
        self.check_ends()

    def check_ends(self) -> None:
        public = list(visible_commitments())
        assert {row.pk for row in public} == {
            key for key, state in self.states.items() if state != State.DRAFT
        }
        for row in public:
            chain = chain_of(row)
            assert row not in chain, "no circle"
            if row.state == State.RENEGOTIATED:
                assert chain and chain[-1].state != State.RENEGOTIATED, (
                    "it leads to one that stands or has ended"
                )
            if row.state == State.KEPT:
                way = trajectory_of(row)
                assert row.result and (way is None or way.is_reached_on(timezone.localdate()))
            if row.state == State.ABANDONED:
                assert row.reason.strip()


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(operations=st.lists(OPERATIONS, min_size=15, max_size=30))
def test_no_sequence_of_operations_loses_a_commitment(operations: list[tuple]) -> None:
    with transaction.atomic():
        register = Register()
        for is_measured in (False, True):
            register.do(("save_draft", "keeper", 10, is_measured))
        register.do(("open", "keeper", 0))
        register.do(("open", "keeper", 1))
        for operation in operations:
            register.do(operation)
        for state in set(register.states.values()):
            event(f"there is one {state}")
        event(f"steps: {len(register.steps)}")
        transaction.set_rollback(True)
