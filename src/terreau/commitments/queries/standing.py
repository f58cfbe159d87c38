"""Where do we stand? What the home page puts forward, in a number of queries that does not depend on how many."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, prefetch_related_objects

from terreau.commitments.enums import Clock, State
from terreau.commitments.models import Commitment

from .clock import ORPHAN, SOON_DAYS
from .commitments import visible_commitments
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
    rows = put_forward(on).select_related("owner", "beneficiary")
    is_open = rows.filter(state=State.OPEN)
    soon = on + dt.timedelta(days=SOON_DAYS)
    lately = on - dt.timedelta(days=KEPT_LATELY_DAYS)

    def first(chosen: "QuerySet[Commitment]", order: str) -> list[Commitment]:
        return list(chosen.order_by(order, "pk")[:most])

    standing = Standing(
        numbers=_numbers(on),
        late=first(is_open.filter(due_on__lt=on), "due_on"),
        soon=first(is_open.filter(due_on__gte=on, due_on__lte=soon), "due_on"),
        kept=first(rows.filter(state=State.KEPT, ended_on__gte=lately), "-ended_on"),
        orphans=first(is_open.filter(ORPHAN), "due_on"),
        ahead=first(is_open.filter(due_on__gt=soon), "due_on"),
    )
    listed = [standing.late, standing.soon, standing.kept, standing.orphans, standing.ahead]
    prefetch_related_objects(
        [one for rows in listed for one in rows], "fulfilments"
    )  # for lines of all lists
    return standing


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
