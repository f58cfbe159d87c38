"""One organisation: every value with its source, its sites, schemes and fundings, and what is missing."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from terreau.commons.models import Membership, Party, Place, Site, Source
from terreau.observe.models import Choice, Funding, SchemeMember, SourceRecord

from . import visible_parties
from .corrections import choices_of

#: What the section on identity tells, in this order. Any other field comes after, but not those of a place
#: (told with each site), of a scheme or of a payment (told in their own tables).
IDENTITY_FIELDS = (
    "name",
    "brand",
    "acronym",
    "siren",
    "rna",
    "nature",
    "legal_category",
    "naf",
    "ess_flag",
    "ess_list",
    "active",
    "created_on",
    "dissolved_on",
    "website",
    "description",
)
SITE_FIELDS = (
    "siret",
    "site_name",
    "address",
    "post_code",
    "commune",
    "commune_name",
    "departement",
    "lon",
    "lat",
    "site_active",
    "opening_hours",
)
OTHER_FIELDS = ("observed_on", "scheme_detail", "year", "amount_cents", "posts", "purpose", "diffusion")
#: Without one of these the page says that it is missing.
EXPECTED = ("siren", "rna", "legal_category", "naf", "website", "description")


@dataclass(frozen=True)
class Evidence:
    """Who says it, and of when: the date of the row, else that of the whole source."""

    source: Source
    on: dt.date | None


@dataclass
class Value:
    """One value of a field, with every source that gives it, each once and at its newest date.

    The first value of a field is the one shown.
    """

    said: Any  # as JSON holds it: text, number, true or false
    kept_because: str = ""  # why a steward shows it first
    evidence: list[Evidence] = field(default_factory=list)


@dataclass(frozen=True)
class SiteSheet:
    site: Site
    values: dict[str, list[Value]]
    zones: list[Place]


@dataclass(frozen=True)
class PartySheet:
    party: Party
    values: dict[str, list[Value]]
    sites: list[SiteSheet]
    schemes: list[SchemeMember]
    fundings: list[Funding]
    sources: list[Source]
    missing: list[str]

    @property
    def funding_years(self) -> dict[int, list[Funding]]:
        years: dict[int, list[Funding]] = {}
        for funding in self.fundings:
            years.setdefault(funding.year, []).append(funding)
        return years


def find_party(public_id: str) -> Party | None:
    """The party if it may be shown. A masked one is as one that never was."""
    return visible_parties().filter(public_id=public_id).first()


def read_sheet(party: Party) -> PartySheet:
    """Everything known of one party, in eight queries whatever its size."""
    return sheet_of(
        party,
        records=list(party.records.select_related("source").defer("source__covers")),
        sites=list(party.sites.select_related("commune__zoning", "departement__zoning")),
        schemes=list(party.schemes.select_related("source")),
        fundings=list(
            party.fundings.select_related("record__source", "commune__zoning", "departement__zoning")
        ),
        choices=choices_of(party),
    )


def sheet_of(
    party: Party,
    *,
    records: list[SourceRecord],
    sites: list[Site],
    schemes: list[SchemeMember],
    fundings: list[Funding],
    choices: dict[str, Choice],
) -> PartySheet:
    """From rows of the database, or from those that a frozen version makes again (``frozen.py``)."""
    values = _kept_first(values_of(records), choices)
    return PartySheet(
        party=party,
        values={name: values[name] for name in _identity_order(values)},
        sites=_site_sheets(sites, records),
        schemes=schemes,
        fundings=fundings,
        sources=_sources(records),
        missing=[name for name in EXPECTED if name not in values],
    )


def values_of(records: Iterable[SourceRecord]) -> dict[str, list[Value]]:
    """field → its values: those of the source of least ``precedence`` first, then those of the newest row."""
    ordered = sorted(
        records,
        key=lambda one: (one.source.precedence, -(one.observed_on or dt.date.min).toordinal(), one.pk),
    )
    found: dict[str, dict[str, Value]] = {}
    for record in ordered:
        for name, said in record.values.items():
            value = found.setdefault(name, {}).setdefault(str(said), Value(said))
            if all(one.source != record.source for one in value.evidence):  # its newest row is read first
                on = record.observed_on or record.source.vintage
                value.evidence.append(Evidence(record.source, on))
    return {name: list(by_text.values()) for name, by_text in found.items()}


def _kept_first(values: dict[str, list[Value]], choices: dict[str, Choice]) -> dict[str, list[Value]]:
    """``values`` with what stewards keep before the others, even when no source says it any more."""
    for name, choice in choices.items():
        kept = Value(choice.value, choice.reason)
        others = values.setdefault(name, [])
        for value in [value for value in others if value.said == choice.value]:
            kept.evidence = value.evidence
            others.remove(value)
        others.insert(0, kept)
    return values


def _identity_order(values: Iterable[str]) -> list[str]:
    told_here = [name for name in values if name not in SITE_FIELDS and name not in OTHER_FIELDS]
    rank = {name: position for position, name in enumerate(IDENTITY_FIELDS)}
    return sorted(told_here, key=lambda name: (rank.get(name, len(rank)), name))


def _site_sheets(sites: list[Site], records: list[SourceRecord]) -> list[SiteSheet]:
    records_of: dict[int | None, list[SourceRecord]] = {}
    for record in records:
        records_of.setdefault(record.site_id, []).append(record)
    sheets = []
    for site, zones in _with_zones(sites):
        values = values_of(records_of.get(site.pk, []))
        told = {name: values[name] for name in SITE_FIELDS if name in values}
        sheets.append(SiteSheet(site, told, zones))
    return sheets


def _with_zones(sites: list[Site]) -> list[tuple[Site, list[Place]]]:
    """Each site with the zones in use of its commune, below the region, smallest first; or its département."""
    communes = {site.commune_id for site in sites if site.commune_id}
    zones_of: dict[int | None, list[Place]] = {}
    zones_in_use = Membership.objects.filter(place__zoning__is_current=True).exclude(place__zoning="region")
    memberships = zones_in_use.filter(commune__in=communes).select_related("place__zoning")
    for membership in memberships.order_by("place__zoning__level", "-place__zoning__version"):
        zones_of.setdefault(membership.commune_id, []).append(membership.place)
    return [
        (site, zones_of.get(site.commune_id) or ([site.departement] if site.departement else []))
        for site in sites
    ]


def _sources(records: Iterable[SourceRecord]) -> list[Source]:
    found = {record.source_id: record.source for record in records}
    return sorted(found.values(), key=lambda source: (source.precedence, source.code))
