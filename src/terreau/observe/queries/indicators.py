"""What indicators are computed from, and the figures that were published."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from terreau.commons.enums import Perimeter
from terreau.commons.models import Membership, Party, Place, PopulationCount, Site, Source
from terreau.observe.models import Funding, IndicatorValue, Scheme, SchemeMember, SourceRecord

from . import visible_parties


def counted_parties() -> "QuerySet[Party]":
    """Organisations that an indicator may count: visible, active, known by their SIREN."""
    return visible_parties().filter(is_active=True, siren__isnull=False).order_by()


def commune_coverage() -> "QuerySet[Place, tuple[int, int]]":
    """(commune, 1 if it is in the region, else 0)"""
    return Place.objects.filter(zoning_id="commune").order_by().values_list("pk", "communes_in_region")


def memberships() -> "QuerySet[Membership, tuple[int, int]]":
    """(commune, zone)"""
    return Membership.objects.values_list("commune_id", "place_id")


def departements() -> "QuerySet[Place, int]":
    """The zones that a source may give when it does not give the commune."""
    return Place.objects.filter(zoning_id="departement", communes_in_region__gt=0).values_list(
        "pk", flat=True
    )


def located_organisations() -> Iterator[tuple[str, int | None]]:
    """(SIREN, commune or else département) of each active site of a counted organisation."""
    return _placed(Site.objects.filter(is_active=True, party__in=counted_parties()), "party__siren", "")


def located_ess_organisations() -> Iterator[tuple[str, int | None]]:
    parties = counted_parties().filter(perimeter=Perimeter.IN)
    return _placed(Site.objects.filter(is_active=True, party__in=parties), "party__siren", "")


def located_scheme_members(scheme: Scheme) -> Iterator[tuple[str, int | None]]:
    """As above, for the sites that the sources of the scheme name: a party’s other sites do not count."""
    members = SchemeMember.objects.filter(scheme=scheme)
    records = SourceRecord.objects.filter(
        source__in=members.order_by().values("source"),
        party__in=counted_parties().filter(schemes__scheme=scheme),
        site__is_active=True,
    )
    return _placed(records, "party__siren", "site__")


def placed_fundings() -> "QuerySet[Funding, tuple[int, int | None, int | None, int, int]]":
    """(year, commune, département, cents, posts) of each payment to a visible party."""
    fundings = Funding.objects.filter(party__in=visible_parties().order_by()).order_by()
    return fundings.values_list("year", "commune_id", "departement_id", "amount_cents", "posts")


def population_counts() -> "QuerySet[PopulationCount, tuple[int, int, int]]":
    """(commune, year, inhabitants), in the region."""
    counts = PopulationCount.objects.filter(commune__communes_in_region__gt=0).order_by()
    return counts.values_list("commune_id", "year", "population")


def _placed(rows: "QuerySet", unit: str, prefix: str) -> Iterator[tuple[str, int | None]]:
    places = rows.order_by().values_list(unit, f"{prefix}commune_id", f"{prefix}departement_id").distinct()
    return (
        (siren, commune or departement) for siren, commune, departement in places.iterator(chunk_size=20_000)
    )


def values_at(places: Iterable[Place]) -> "QuerySet[IndicatorValue]":
    """Every published figure of these places, oldest period first."""
    return IndicatorValue.objects.filter(place__in=places).order_by("indicator", "period")


def read_sources() -> "QuerySet[Source]":
    """The sources that gave at least one record of a party."""
    return Source.objects.filter(pk__in=SourceRecord.objects.order_by().values("source").distinct())


def sources_of_scheme(scheme: Scheme) -> "QuerySet[Source]":
    return Source.objects.filter(
        pk__in=SchemeMember.objects.filter(scheme=scheme).order_by().values("source")
    )


def yearly_sources(codes: Iterable[str]) -> dict[int, list[str]]:
    """Year → titles of those of the sources ``codes`` that tell of public money in it."""
    rows = Funding.objects.filter(record__source__in=codes).order_by("year", "record__source__precedence")
    by_year: dict[int, list[str]] = {}
    for year, title in rows.values_list("year", "record__source__title").distinct():
        by_year.setdefault(year, []).append(title)
    return by_year
