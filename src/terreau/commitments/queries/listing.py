"""The list of the register: what asks for attention first, and everything that a line says in a few queries."""

from typing import Any

from django.db.models import Case, DateField, F, IntegerField, Q, QuerySet, Value, When

from terreau.commitments.enums import Clock, State
from terreau.commitments.models import Commitment, ProgrammeItem
from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Place

from .commitments import inside, visible_commitments

_RANKS = {Clock.LATE: 0, Clock.SOON: 1, Clock.AHEAD: 2}


def by_attention(commitments: "QuerySet[Any]") -> "QuerySet[Any]":
    """Of rows with their clock: date passed, due soon, then by date; those that ended, the latest first."""
    rank = Case(
        *(When(clock=clock.value, then=Value(rank)) for clock, rank in _RANKS.items()),
        default=Value(len(_RANKS)),
        output_field=IntegerField(),
    )
    open_until = Case(When(state=State.OPEN, then=F("due_on")), output_field=DateField())
    return commitments.order_by(rank, open_until, F("ended_on").desc(nulls_last=True), "pk")


def with_what_a_line_says(commitments: "QuerySet[Any]") -> "QuerySet[Any]":
    """Parties, place and steps done come with the rows: ``trajectory_of`` then asks nothing."""
    return commitments.select_related("owner", "beneficiary", "place").prefetch_related("fulfilments")


def commitments_of(party: Party) -> "QuerySet[Commitment]":
    """Those that it made or receives; none when its name may not be said."""
    if party.diffusion == Diffusion.MASKED:
        return Commitment.objects.none()
    return visible_commitments().filter(Q(owner=party) | Q(beneficiary=party))


def commitments_in(place: Place) -> "QuerySet[Commitment]":
    return visible_commitments().filter(place__in=Place.objects.filter(inside(place)).order_by().values("pk"))


def commitments_near(commune: Place) -> "QuerySet[Commitment]":
    """Those of a commune, and of the zones that it belongs to."""
    return visible_commitments().filter(Q(place=commune) | Q(place__in=commune.zones.order_by().values("pk")))


def all_items() -> "QuerySet[ProgrammeItem]":
    """To choose among: those that are still in their programme."""
    return ProgrammeItem.objects.select_related("programme").filter(is_withdrawn=False)
