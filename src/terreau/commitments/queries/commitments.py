"""Commitments that may be shown, and how the parties of one are named."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet

from terreau.commitments.enums import Clock, State
from terreau.commitments.models import Change, Commitment, Fulfilment
from terreau.commitments.trajectories import Trajectory, trajectory
from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Place, User
from terreau.commons.search.fold import fold_for_search

from .clock import ORPHAN, SOON_DAYS, with_clock


def visible_commitments() -> "QuerySet[Commitment]":
    """Those that everybody may read: every one that was ever open."""
    return Commitment.objects.exclude(state=State.DRAFT)


def own_drafts(user: User) -> "QuerySet[Commitment]":
    return Commitment.objects.filter(state=State.DRAFT, created_by=user).order_by("-created_at")


def find_commitment(token: str) -> Commitment | None:
    """With its parties and place, drafts too: ``rules.may_see`` says who reads it."""
    return (
        Commitment.objects.select_related("owner", "beneficiary", "place", "successor")
        .filter(token=token)
        .first()
    )


def shown_party(party: Party | None) -> Party | None:
    """The party, if its name may be said."""
    return party if party is not None and party.diffusion != Diffusion.MASKED else None


def matching(
    commitments: "QuerySet[Commitment]",
    *,
    on: dt.date,
    words: str = "",
    state: str = "",
    party: Party | None = None,
    place: Place | None = None,
    programme: str = "",
    item: str = "",
) -> "QuerySet[Any]":
    """Filtered, with their clock. ``state``: a State, a Clock, or ``"orphan"``. ``place``: it and what lies in it."""
    found = with_clock(commitments, on=on)
    for word in fold_for_search(words).split():
        found = found.filter(search_text__contains=word)
    if state == "orphan":
        found = found.filter(ORPHAN)
    elif state in Clock.values:
        found = found.filter(clock=state)
    elif state:
        found = found.filter(state=state)
    if party is not None:
        found = found.filter(Q(owner=party) | Q(beneficiary=party))
    if place is not None:
        found = found.filter(place__in=Place.objects.filter(inside(place)))
    if item:
        found = found.filter(items__programme__slug=programme, items__code=item)
    elif programme:
        found = found.filter(
            pk__in=Commitment.objects.filter(items__programme__slug=programme).order_by().values("pk")
        )
    return found


def inside(place: Place) -> Q:
    """A place and its communes; those whose zone is all the region too."""
    return Q(pk=place.pk) | Q(zones=place)


def counts(commitments: "QuerySet[Commitment]", *, on: dt.date) -> dict[str, int]:
    """State, Clock and ``"orphan"`` → how many, in one query."""
    is_open = Q(state=State.OPEN)
    soon = on + dt.timedelta(days=SOON_DAYS)
    asked: dict[str, Any] = {
        state.value: Count("pk", filter=Q(state=state), distinct=True)
        for state in State
        if state != State.DRAFT
    }
    asked[Clock.LATE.value] = Count("pk", filter=is_open & Q(due_on__lt=on), distinct=True)
    asked[Clock.SOON.value] = Count("pk", filter=is_open & Q(due_on__gte=on, due_on__lte=soon), distinct=True)
    asked[Clock.AHEAD.value] = Count("pk", filter=is_open & Q(due_on__gt=soon), distinct=True)
    asked["orphan"] = Count("pk", filter=ORPHAN, distinct=True)
    return commitments.order_by().aggregate(**asked)


def standing_fulfilments(commitment: Commitment) -> "QuerySet[Fulfilment]":
    """Those that count."""
    return commitment.fulfilments.filter(withdrawn_on__isnull=True)


def trajectory_of(commitment: Commitment) -> Trajectory | None:
    """None without a measure, or without its two dates."""
    if None in (commitment.target, commitment.baseline, commitment.starts_on, commitment.due_on):
        return None
    steps = [
        (step.on, step.amount)
        for step in commitment.fulfilments.all()  # a list brings those of all its rows at once
        if step.withdrawn_on is None and step.amount is not None
    ]
    assert commitment.target is not None and commitment.baseline is not None
    assert commitment.starts_on is not None and commitment.due_on is not None
    return trajectory(
        baseline=Decimal(commitment.baseline),
        starts_on=commitment.starts_on,
        target=Decimal(commitment.target),
        due_on=commitment.due_on,
        steps=steps,
    )


def changes_of(commitment: Commitment) -> "QuerySet[Change]":
    """The latest first."""
    return commitment.changes.select_related("by").order_by("-number")


def chain_of(commitment: Commitment) -> list[Commitment]:
    """What it was renegotiated into, one after the other, to the one that stands now."""
    chain: list[Commitment] = []
    seen = {commitment.pk}
    following = commitment.successor
    while following is not None and following.pk not in seen:
        chain.append(following)
        seen.add(following.pk)
        following = following.successor
    return chain
