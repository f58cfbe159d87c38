"""Which revisions changed what is shown of one département: of organisations there, there once, or of its places."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Substr

from terreau.commons.models import Party, Place, Revision, Site, Version

from . import visible_parties
from .documents import subject_of
from .secrecy import hidden_public_ids

_PARTY = subject_of("")


def departements() -> "QuerySet[Place]":
    """Those of the region, in the order of their names."""
    return Place.objects.filter(zoning="departement", communes_in_region__gt=0).order_by(
        "search_text", "code"
    )


def touching(revisions: "QuerySet[Revision]", departement: Place) -> "QuerySet[Revision]":
    """Those of ``revisions`` that began or ended a version told of ``departement``."""
    versions = versions_in(departement)
    numbers = (
        _present(departement).filter(revision__isnull=False).values("revision"),
        versions.filter(since__isnull=False).values("since"),
        versions.values("until"),
    )
    asked = Q()
    for some in numbers:
        asked |= Q(pk__in=some)
    return revisions.filter(asked)


def versions_in(departement: Place) -> "QuerySet[Version]":
    """Kept versions of organisations with a site there today, of those gone whose first site was there, of places."""
    code = departement.code
    there = _present(departement).values(subject=Concat(Value(_PARTY), F("public_id")))
    of_parties = Q(subject__in=there)
    first_site = Q(content__sites__0__departement__1=code) | Q(content__sites__0__commune__1__startswith=code)
    known = Party.objects.filter(public_id=OuterRef("public_id"))
    gone = (
        Version.objects.filter(subject__startswith=_PARTY)
        .annotate(public_id=Substr("subject", len(_PARTY) + 1))
        .filter(~Exists(known))
        .filter(first_site)
        .exclude(subject__in=[subject_of(one) for one in hidden_public_ids()])
    )
    of_places = Q(subject__startswith=f"place:commune:{code}") | Q(subject=f"place:departement:{code}")
    return Version.objects.filter(of_parties | Q(pk__in=gone.values("pk")) | of_places).order_by()


def touched_in(numbers: Iterable[int], departement: Place) -> dict[int, tuple[int, int]]:
    """Revision → how many sheets of ``departement`` it wrote, and how many versions it replaced."""
    wanted = list(numbers)
    present = set(
        _present(departement).filter(revision__in=wanted).values_list("revision", "public_id").distinct()
    )
    of_parties = versions_in(departement).filter(subject__startswith=_PARTY)
    written = set(of_parties.filter(since__in=wanted).values_list("since", "subject"))
    replaced = set(of_parties.filter(until__in=wanted).values_list("until", "subject"))

    def count(pairs: set[Any], number: int) -> int:
        return sum(one == number for one, _subject in pairs)

    return {one: (count(present, one) + count(written, one), count(replaced, one)) for one in wanted}


def _present(departement: Place) -> "QuerySet[Party]":
    in_it = Q(commune__zones=departement) | Q(departement=departement)
    sites = Site.objects.filter(in_it, party=OuterRef("pk"))
    return visible_parties().filter(Exists(sites)).order_by()
