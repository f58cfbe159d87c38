"""The register of funded content, with the state of each line on a day."""

import datetime as dt
from typing import Any

from django.db.models import Case, CharField, Count, IntegerField, Q, QuerySet, Value, When

from terreau.commons.licences import NOT_FOR_PUBLICATION
from terreau.observe.models import FundedContent

State = FundedContent.State
_ORDER = (State.LATE, State.DUE, State.NOT_FREE, State.FREE)


def funded_contents(*, on: dt.date, state: str = "") -> "QuerySet[Any]":
    """Every line, or those in ``state``; what is late comes first, the oldest due date before. Each has ``state``."""
    is_published = Q(published_on__lte=on)
    computed = Case(
        When(is_published & Q(licence__in=["", NOT_FOR_PUBLICATION]), then=Value(State.NOT_FREE.value)),
        When(is_published, then=Value(State.FREE.value)),
        When(due_on__lt=on, then=Value(State.LATE.value)),
        default=Value(State.DUE.value),
        output_field=CharField(),
    )
    rank = Case(
        *(When(state=one.value, then=Value(place)) for place, one in enumerate(_ORDER)),
        output_field=IntegerField(),
    )
    lines: QuerySet[Any] = FundedContent.objects.annotate(state=computed).annotate(rank=rank)
    if state:
        lines = lines.filter(state=state)
    return lines.order_by("rank", "due_on", "pk")


def counts_by_state(*, on: dt.date) -> dict[str, int]:
    """Every state, those of no line too."""
    rows = funded_contents(on=on).order_by().values_list("state")
    found = dict(rows.annotate(Count("pk")))
    return {one.value: found.get(one.value, 0) for one in _ORDER}
