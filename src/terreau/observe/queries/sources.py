"""Where what we show comes from, whether the counts add up, and what we do not know."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from terreau.commons.enums import Diffusion, Perimeter, PerimeterBasis
from terreau.commons.models import Party, Place, Source, Zoning
from terreau.observe.models import Harvest, Reject, SourceRecord

from . import visible_parties
from .directory import DirectoryFilter
from .facets import look_up, reach


@dataclass(frozen=True)
class Account:
    """One source: the rows of its last complete harvest, and what became of them. See the page for the sums.

    ``kept`` rows are the records we hold; ``parties`` the distinct ones they speak of; ``masked`` those that
    are not shown; ``shared``: those shown that another source knows too.
    """

    source: Source
    harvest: Harvest | None
    kept: int
    parties: int
    masked: int
    shared: int

    @property
    def shown(self) -> int:
        return self.parties - self.masked

    @property
    def merged(self) -> int:
        """Rows about a party that an earlier row of the same source already named."""
        return self.kept - self.parties

    @property
    def gap(self) -> int:
        """Rows read that nothing explains: 0, or the page says it."""
        if self.harvest is None:
            return 0
        explained = self.harvest.rows_out_of_region + self.harvest.rows_rejected + self.harvest.rows_repeated
        return self.harvest.rows_read - explained - self.kept


@dataclass(frozen=True)
class Accounts:
    accounts: list[Account]
    shown: int
    closed: int  # among those shown

    @property
    def named(self) -> int:
        """A party that three sources name counts three times here and once in ``shown``."""
        return sum(account.shown for account in self.accounts)

    @property
    def repeated_between_sources(self) -> int:
        return self.named - self.shown


def reconcile() -> Accounts:
    """The counts of every source that was harvested. Four queries, whatever the number of sources."""
    is_masked = Q(party__diffusion=Diffusion.MASKED)
    elsewhere = SourceRecord.objects.filter(party=OuterRef("party")).exclude(source=OuterRef("source"))
    counted = SourceRecord.objects.order_by().values_list("source")
    counts: dict[str, tuple[int, ...]] = {
        source: tuple(numbers)
        for source, *numbers in counted.annotate(
            kept=Count("pk"),
            parties=Count("party", distinct=True),
            masked=Count("party", distinct=True, filter=is_masked),
            shared=Count("party", distinct=True, filter=Exists(elsewhere) & ~is_masked),
        )
    }
    last = last_harvests()
    accounts = [
        Account(source, last.get(source.code), *counts.get(source.code, (0, 0, 0, 0)))
        for source in Source.objects.filter(Q(code__in=counts) | Q(code__in=last))
    ]
    shown = visible_parties().filter(Exists(SourceRecord.objects.filter(party=OuterRef("pk"))))
    totals = shown.order_by().aggregate(all=Count("pk"), closed=Count("pk", filter=Q(is_active=False)))
    return Accounts(accounts, totals["all"], totals["closed"])


def last_harvests() -> dict[str, Harvest]:
    """Source code → its last complete harvest: one that failed left the data of the one before."""
    done = Harvest.objects.filter(status=Harvest.Status.DONE).order_by("started_at", "pk")
    return {harvest.source_id: harvest for harvest in done.defer("unmapped_columns")}


def reference_sources() -> "QuerySet[Source]":
    """Sources of places and populations: no organisation comes from them."""
    return Source.objects.filter(Exists(Zoning.objects.filter(source=OuterRef("pk"))))


def harvests_of(source: Source) -> "QuerySet[Harvest]":
    return source.harvests.order_by("-started_at", "-pk")


def rejects_of(harvest: Harvest) -> "QuerySet[Reject]":
    return harvest.rejects.order_by("line", "pk")


def reject_counts(harvest: Harvest) -> list[tuple[str, bool, int]]:
    """(reason, whether the whole row was left out, how many), the most frequent first."""
    counted = harvest.rejects.order_by().values_list("reason", "whole_row").annotate(times=Count("pk"))
    return sorted(counted, key=lambda row: (-row[2], row[0]))


@dataclass(frozen=True)
class Coverage:
    """What we know of a place (None: the whole region), from which sources, and what is missing."""

    place: Place | None
    parties: int
    perimeters: list[tuple[Perimeter, int]]
    sources: list[tuple[Source, int]]
    communes: int  # of the place, in the region
    communes_reached: int
    communes_outside: int
    only_departement: int
    nowhere: int

    @property
    def communes_without_anyone_known(self) -> int:
        return self.communes - self.communes_reached

    @property
    def oldest_vintage(self) -> dt.date | None:
        return min((source.vintage for source, _count in self.sources if source.vintage), default=None)

    @property
    def unknown_perimeter(self) -> int:
        return dict(self.perimeters).get(Perimeter.UNKNOWN, 0)


def coverage(place: Place | None) -> Coverage:
    """The same counts as the directory filtered by ``place``: parties that are shown and active."""
    answer = look_up(DirectoryFilter(place=place))
    reached = reach(place)
    if place is None:
        communes = Place.objects.filter(zoning="commune", communes_in_region__gt=0).count()
        outside = 0
    else:
        communes, outside = place.communes_in_region, place.communes_total - place.communes_in_region
    facets = answer.facets
    return Coverage(
        place=place,
        parties=answer.total,
        perimeters=[(perimeter, facets.perimeters[perimeter.value]) for perimeter in Perimeter],
        sources=[
            (source, facets.sources[source.code]) for source in Source.objects.filter(code__in=facets.sources)
        ],
        communes=communes,
        communes_reached=reached.communes,
        communes_outside=outside,
        only_departement=reached.only_departement,
        nowhere=reached.nowhere,
    )


def basis_counts() -> dict[PerimeterBasis, int]:
    """How many active parties stand where they stand for each reason."""
    parties: QuerySet[Party] = visible_parties().filter(is_active=True).order_by()
    counted = dict(parties.values_list("perimeter_basis").annotate(Count("pk")))
    return {basis: counted.get(basis.value, 0) for basis in PerimeterBasis}
