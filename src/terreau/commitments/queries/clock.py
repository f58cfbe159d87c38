"""What is late, soon due, or without an owner: computed on a day, never stored."""

import datetime as dt
from typing import Any

from django.db.models import BooleanField, Case, CharField, ExpressionWrapper, Q, QuerySet, Value, When

from terreau.commitments.enums import Clock, State
from terreau.commitments.models import Commitment
from terreau.commons.enums import Diffusion

SOON_DAYS = 30

#: Never named, gone from the directory, or no longer shown. A group outside the directory is a name.
ORPHAN = Q(state__in=(State.DRAFT, State.OPEN)) & (
    Q(owner__isnull=True, owner_name="") | Q(owner__isnull=False, owner__diffusion=Diffusion.MASKED)
)


def with_clock(commitments: "QuerySet[Commitment]", *, on: dt.date) -> "QuerySet[Any]":
    """``clock``: a Clock, or nothing when the commitment is not open; ``is_orphan``."""
    is_open = Q(state=State.OPEN)
    computed = Case(
        When(is_open & Q(due_on__lt=on), then=Value(Clock.LATE.value)),
        When(is_open & Q(due_on__lte=on + dt.timedelta(days=SOON_DAYS)), then=Value(Clock.SOON.value)),
        When(is_open, then=Value(Clock.AHEAD.value)),
        default=Value(""),
        output_field=CharField(),
    )
    return commitments.annotate(
        clock=computed, is_orphan=ExpressionWrapper(ORPHAN, output_field=BooleanField())
    )


def clock_of(commitment: Commitment, *, on: dt.date) -> str:
    """The same of one commitment; a test holds the two together."""
    if commitment.state != State.OPEN or commitment.due_on is None:
        return ""
    if commitment.due_on < on:
        return Clock.LATE
    return Clock.SOON if commitment.due_on <= on + dt.timedelta(days=SOON_DAYS) else Clock.AHEAD
