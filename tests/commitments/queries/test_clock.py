"""Late, soon, ahead, orphan: computed on a day, the same in SQL and in Python."""

from datetime import date, timedelta

import pytest

from terreau.commitments.actions import abandon
from terreau.commitments.enums import Clock, State
from terreau.commitments.models import Commitment
from terreau.commitments.queries import visible_commitments, with_clock
from terreau.commitments.queries.clock import SOON_DAYS, clock_of
from terreau.commitments.queries.commitments import counts, matching
from terreau.commons.enums import Diffusion
from tests.factories import make_party
from tests.factories.commitments import make_commitment, make_draft, make_keeper

pytestmark = pytest.mark.django_db
DUE = date(2027, 3, 28)  # the clocks change that night


@pytest.mark.parametrize(
    ("days", "clock"),
    [
        (-SOON_DAYS - 1, Clock.AHEAD),
        (-SOON_DAYS, Clock.SOON),
        (0, Clock.SOON),
        (1, Clock.LATE),
        (900, Clock.LATE),
    ],
)
def test_the_clock_turns_the_day_after_the_due_date(days: int, clock: Clock) -> None:
    promise = make_commitment(due_on=DUE)
    on = DUE + timedelta(days)
    assert with_clock(visible_commitments(), on=on).get().clock == clock
    assert clock_of(promise, on=on) == clock


def test_what_has_ended_has_no_clock() -> None:
    keeper = make_keeper()
    promise = make_commitment(keeper, due_on=DUE)
    ended = abandon(commitment=promise, reason="Le terrain est vendu", by=keeper)
    row = with_clock(visible_commitments(), on=DUE + timedelta(5)).get()
    assert (row.clock, row.is_orphan, clock_of(ended, on=DUE)) == ("", False, "")


def test_an_owner_never_named_gone_or_masked_makes_an_orphan() -> None:
    here, gone, masked = make_party(), make_party(), make_party()
    owners = {"here": here, "gone": gone, "masked": masked}
    for title, owner in owners.items():
        make_commitment(title=title, owner=owner, owner_name="")
    make_commitment(title="group")
    make_commitment(title="nobody", owner_name="")
    gone.delete()
    masked.diffusion = Diffusion.MASKED
    masked.save()
    rows = with_clock(visible_commitments(), on=DUE)
    assert {row.title for row in rows if row.is_orphan} == {"gone", "masked", "nobody"}
    found = matching(visible_commitments(), on=DUE, state="orphan")
    assert {row.title for row in found} == {"gone", "masked", "nobody"}
    assert Commitment.objects.get(title="gone").owner_identity == gone.identity, "it may come back"


def test_counts_are_those_of_the_lists(django_assert_num_queries) -> None:
    for days in (-40, -3, 0, 12, 300):
        make_commitment(due_on=DUE + timedelta(days), owner_name="" if days == 12 else "Groupe fictif")
    make_draft()
    with django_assert_num_queries(1):
        found = counts(visible_commitments(), on=DUE)
    asked = [*(one.value for one in State if one != State.DRAFT), *Clock.values, "orphan"]
    lists = {name: matching(visible_commitments(), on=DUE, state=name).count() for name in asked}
    assert found == lists
    assert found["late"] == 2
    assert found["orphan"] == 1
