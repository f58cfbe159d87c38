"""Where do we stand? What the home page puts forward, in a number of queries that does not depend on how many."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from terreau.commitments.enums import Clock, State
from terreau.commitments.models import Commitment

from .clock import ORPHAN, SOON_DAYS
from .commitments import visible_commitments
from .listing import with_what_a_line_says
from .reserve import without_promotion

MOST_OF_EACH = 3
KEPT_LATELY_DAYS = 180


@dataclass(frozen=True)
class Standing:
    """``numbers``: State, Clock or ``"orphan"`` → how many, all of them; the lists put some forward."""

    numbers: dict[str, int]
    late: list[Commitment]
    soon: list[Commitment]
    kept: list[Commitment]
    orphans: list[Commitment]
    ahead: list[Commitment]

    @property
    def total(self) -> int:
        return sum(self.numbers[state] for state in State if state != State.DRAFT)


def put_forward(on: dt.date) -> "QuerySet[Commitment]":
    """What a home page may put forward on that day: less during an electoral reserve."""
    return without_promotion(visible_commitments(), on)


def where_we_stand(*, on: dt.date, most: int = MOST_OF_EACH) -> Standing:
    numbers = _numbers(on)
    rows = with_what_a_line_says(put_forward(on))
    is_open = rows.filter(state=State.OPEN)
    soon = on + dt.timedelta(days=SOON_DAYS)
    lately = on - dt.timedelta(days=KEPT_LATELY_DAYS)

    def first(chosen: "QuerySet[Any]", *order: Any) -> list[Commitment]:
        return list(chosen.order_by(*order, "pk")[:most])

    return Standing(
        numbers=numbers,
        late=first(is_open.filter(due_on__lt=on), "due_on"),
        soon=first(is_open.filter(due_on__gte=on, due_on__lte=soon), "due_on"),
        kept=first(rows.filter(state=State.KEPT, ended_on__gte=lately), F("ended_on").desc()),
        orphans=first(is_open.filter(ORPHAN), "due_on"),
        ahead=first(is_open.filter(due_on__gt=soon), "due_on"),
    )


def _numbers(on: dt.date) -> dict[str, int]:
    """As ``commitments.counts`` says them; here no row is there twice, so none is compared with the others."""
    soon = on + dt.timedelta(days=SOON_DAYS)
    is_open = Q(state=State.OPEN)
    found: dict[str, int] = (
        visible_commitments()
        .order_by()
        .aggregate(
            **{state.value: Count("pk", filter=Q(state=state)) for state in State if state != State.DRAFT},
            **{
                Clock.LATE.value: Count("pk", filter=is_open & Q(due_on__lt=on)),
                Clock.SOON.value: Count("pk", filter=is_open & Q(due_on__gte=on, due_on__lte=soon)),
                Clock.AHEAD.value: Count("pk", filter=is_open & Q(due_on__gt=soon)),
                "orphan": Count("pk", filter=ORPHAN),
            },
        )
    )
    return found
