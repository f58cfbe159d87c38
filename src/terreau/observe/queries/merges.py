"""Pairs of organisations to examine, one after the other, and the merges that were made."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from terreau.commons.models import Party, Site
from terreau.observe.models import Candidate, Merge

from . import visible_parties
from .identities import roots
from .parties import PartySheet, read_sheet

#: What the linkage compares, in this order.
COMPARED = ("id", "name", "acronym", "siren", "rna", "commune", "departement", "post_code", "lon", "lat")


@dataclass(frozen=True)
class Pair:
    candidate: Candidate
    sheets: tuple[PartySheet, PartySheet]


def organisations_to_compare() -> list[tuple[Any, ...]]:
    """A row for each party that may be shown and each commune where it works: COMPARED, ``id`` being the identity."""
    sites: dict[int, Site] = {}
    for site in Site.objects.filter(is_active=True).select_related("commune", "departement").order_by("-pk"):
        if site.commune or site.party_id not in sites:
            sites[site.party_id] = site
    rows = []
    for party in visible_parties().order_by("identity"):
        at = sites.get(party.pk)
        rows.append(
            (
                party.identity,
                party.name,
                party.acronym or None,
                party.siren,
                party.rna,
                at.commune.code if at and at.commune else None,
                at.departement.code if at and at.departement else None,
                (at.post_code or None) if at else None,
                at.lon if at else None,
                at.lat if at else None,
            )
        )
    return rows


def party_of_identity(identity: str) -> Party | None:
    """The party that may be shown of an identity, through merges."""
    return visible_parties().filter(identity=roots().get(identity, identity)).first()


def next_pair(after: int | None = None) -> Pair | None:
    """The likeliest pair still to examine, or the next one after the candidate of key ``after``."""
    for candidate in _waiting(after).iterator():
        first, second = party_of_identity(candidate.first), party_of_identity(candidate.second)
        if first and second and first != second:
            return Pair(candidate, (read_sheet(first), read_sheet(second)))
    return None


def _waiting(after: int | None) -> "QuerySet[Candidate]":
    waiting = Candidate.objects.filter(state=Candidate.State.OPEN).order_by("-probability", "pk")
    last = Candidate.objects.filter(pk=after).first() if after else None
    if last is None:
        return waiting
    return waiting.filter(
        Q(probability__lt=last.probability) | Q(probability=last.probability, pk__gt=last.pk)
    )


def pairs_waiting() -> int:
    return Candidate.objects.filter(state=Candidate.State.OPEN).count()


def merges() -> "QuerySet[Merge]":
    """Those that joined parties still shown, the newest first."""
    hidden = Party.objects.exclude(pk__in=visible_parties()).values_list("identity", flat=True)
    secret = {gone for gone, root in roots().items() if root in set(hidden)} | set(hidden)
    return (
        Merge.objects.exclude(Q(kept_identity__in=secret) | Q(gone_identity__in=secret))
        .select_related("merged_by")
        .order_by("-merged_at", "-pk")
    )
