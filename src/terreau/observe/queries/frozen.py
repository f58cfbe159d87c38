"""A document made into the sheet of a party again: rows that are in no table, for the same page to show."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db.models import Q

from terreau.commons.models import Party, Place, Site, Source
from terreau.observe.models import Choice, Funding, SchemeMember, SourceRecord

from .documents import (
    FUNDING_FIELDS,
    PARTY_FIELDS,
    RECORD_FIELDS,
    SITE_FIELDS,
    SOURCE_FIELDS,
    Document,
)
from .parties import PartySheet, sheet_of

_Places = dict[tuple[str, str], Place]


def sheet_of_document(document: Document) -> PartySheet:
    """In two queries: the places that are still there, and the zones they are in now."""
    party = party_of(document)
    sources = {code: _source(code, facts) for code, facts in document["sources"].items()}
    places = _places(_named_places(document))
    sites = {one["identity"]: _site(key, one, party, places) for key, one in enumerate(document["sites"], 1)}
    records = [_record(one, party, sites, sources) for one in document["records"]]
    by_key = {(record.source_id, record.key): record for record in records}
    schemes = [
        SchemeMember(party=party, scheme=one["scheme"], detail=one["detail"], source=sources[one["source"]])
        for one in document["schemes"]
    ]
    fundings = [
        Funding(
            party=party,
            record=by_key[one["source"], one["key"]],
            commune=_place(one["commune"], places),
            departement=_place(one["departement"], places),
            **{name: one[name] for name in FUNDING_FIELDS},
        )
        for one in document["fundings"]
    ]
    return sheet_of(
        party,
        records=records,
        sites=list(sites.values()),
        schemes=schemes,
        fundings=fundings,
        choices={one["field"]: Choice(**one) for one in document["choices"]},
    )


def party_of(document: Document) -> Party:
    return Party(**{name: document["party"][name] for name in PARTY_FIELDS})


def _source(code: str, facts: Document) -> Source:
    known = {name: facts[name] for name in SOURCE_FIELDS}
    return Source(code=code, **known | {"vintage": _date(facts["vintage"])})


def _site(key: int, one: Document, party: Party, places: _Places) -> Site:
    """With a key that no row has: its records name it by that."""
    columns = {name: one[name] for name in SITE_FIELDS if name in one}  # private ones may have been taken out
    commune, departement = _place(one["commune"], places), _place(one["departement"], places)
    return Site(pk=-key, party=party, commune=commune, departement=departement, **columns)


def _record(one: Document, party: Party, sites: dict[str, Site], sources: dict[str, Source]) -> SourceRecord:
    columns = {name: one[name] for name in RECORD_FIELDS} | {"observed_on": _date(one["observed_on"])}
    site = sites.get(one["site"]) if one["site"] else None
    return SourceRecord(source=sources[one["source"]], party=party, site=site, line=0, **columns)


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _named_places(document: Document) -> Iterator[list[str]]:
    for one in (*document["sites"], *document["fundings"]):
        yield from (place for place in (one["commune"], one["departement"]) if place)


def _places(named: Iterable[list[str]]) -> _Places:
    wanted: dict[str, set[str]] = {}
    for zoning, code, _name in named:
        wanted.setdefault(zoning, set()).add(code)
    if not wanted:
        return {}
    condition = Q()
    for zoning, codes in wanted.items():
        condition |= Q(zoning=zoning, code__in=codes)
    found = Place.objects.filter(condition).select_related("zoning").order_by()
    return {(place.zoning_id, place.code): place for place in found}


def _place(named: list[str] | None, places: _Places) -> Place | None:
    """The place of this code; one that is no more has the name it had, and no page (no primary key)."""
    if not named:
        return None
    zoning, code, name = named
    return places.get((zoning, code)) or Place(zoning_id=zoning, code=code, name=name)
