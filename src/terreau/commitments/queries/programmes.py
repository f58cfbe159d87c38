"""Programmes and their items, with where the commitments that serve each one stand: one query a list."""

import datetime as dt
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from terreau.commitments.enums import Clock, State
from terreau.commitments.models import Programme, ProgrammeItem

from .clock import SOON_DAYS

_OPEN = Q(commitments__state=State.OPEN)


def programmes() -> "QuerySet[Any]":
    """With ``size``: how many items they have."""
    ordered = Programme.objects.order_by("-is_main", "slug")  # a count would lose the order of the model
    return ordered.annotate(size=Count("items", filter=Q(items__is_withdrawn=False)))


def with_standing(items: "QuerySet[ProgrammeItem]", *, on: dt.date) -> "QuerySet[Any]":
    """``promised`` (all that was ever open), then how many are in each State and late, soon due; ``next_due``."""
    soon = on + dt.timedelta(days=SOON_DAYS)
    states = {
        state.value: Count("commitments", filter=Q(commitments__state=state))
        for state in State
        if state != State.DRAFT
    }
    return items.annotate(
        promised=Count("commitments", filter=~Q(commitments__state=State.DRAFT)),
        **states,
        **{
            Clock.LATE.value: Count("commitments", filter=_OPEN & Q(commitments__due_on__lt=on)),
            Clock.SOON.value: Count(
                "commitments", filter=_OPEN & Q(commitments__due_on__gte=on, commitments__due_on__lte=soon)
            ),
        },
        next_due=Min("commitments__due_on", filter=_OPEN & Q(commitments__due_on__gte=on)),
    )


def items_of(programme: Programme, *, on: dt.date) -> list[Any]:
    """Those that are still in it, and those that are not but that were promised something."""
    rows = with_standing(programme.items.select_related("programme"), on=on).order_by("rank")
    return [item for item in rows if not item.is_withdrawn or item.promised]


def main_items(*, on: dt.date) -> list[Any]:
    """Those of the programmes that the home page shows, with their programme, in order."""
    items = ProgrammeItem.objects.filter(programme__is_main=True, is_withdrawn=False)
    rows = with_standing(items.select_related("programme"), on=on)
    return list(rows.order_by("programme__slug", "rank"))


def find_item(slug: str, code: str) -> ProgrammeItem | None:
    return ProgrammeItem.objects.select_related("programme").filter(programme__slug=slug, code=code).first()
