"""Which parties a filter selects, sorted, and how many each other choice would give: counted in arrays.

Six grouped queries over 300,000 parties cost 2 s; the same counts over columns in memory cost a few
milliseconds. The columns are read again when the journal has a new entry: every act that changes the data
writes one. Under CACHED_FROM parties they are read for each page, which costs less than a wrong count.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Substr

from terreau.commons.enums import Nature, Perimeter
from terreau.commons.models import JournalEntry, Membership, Place, Site
from terreau.commons.search.index import matching
from terreau.observe.models import SchemeMember, SourceRecord
from terreau.observe.nomenclatures import naf_sections, section_of_division

from . import visible_parties
from .directory import BY_COMMUNE, RELEVANCE, DirectoryFilter

CACHED_FROM = 500

Flags = np.ndarray[Any, np.dtype[np.bool_]]
Numbers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass
class Facets:
    """Each count: the parties there would be with that value alone in its facet, other filters unchanged."""

    natures: Counter[str] = field(default_factory=Counter)
    perimeters: Counter[str] = field(default_factory=Counter)
    sections: Counter[str] = field(default_factory=Counter)
    schemes: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    departements: Counter[str] = field(default_factory=Counter)  # by official code


@dataclass(frozen=True)
class Answer:
    """``keys``: primary keys of all the parties selected, in the order asked."""

    keys: Numbers
    facets: Facets

    @property
    def total(self) -> int:
        return len(self.keys)


@dataclass(frozen=True)
class _Order:
    """``keys``: the visible parties in the order of names; ``by_key``: positions in the order of keys."""

    keys: Numbers
    by_key: Numbers

    def _nearest(self, keys: Numbers) -> Numbers:
        if not len(self.keys):
            return np.zeros(len(keys), np.int64)
        found = np.searchsorted(self.keys, keys, sorter=self.by_key)
        return self.by_key[np.minimum(found, len(self.keys) - 1)]

    def knows(self, keys: Numbers) -> Flags:
        return np.isin(keys, self.keys)

    def positions(self, keys: Numbers) -> Numbers:
        """Positions of those of ``keys`` that are visible, in the order of ``keys``."""
        return self._nearest(keys[self.knows(keys)])

    def flags(self, positions: Numbers) -> Flags:
        flags = np.zeros(len(self.keys), np.bool_)
        flags[positions] = True
        return flags


@dataclass(frozen=True)
class _Columns:
    """One position per visible party. ``values[facet][value]``: who has that value."""

    order: _Order
    active: Flags
    values: dict[str, dict[str, Flags]]
    site_party: Numbers  # position of the party of each active site
    site_commune: Numbers  # key of its commune, 0 when unknown
    site_departement: Numbers
    by_commune: Numbers  # positions in the order of the first commune of each party

    def located_in(self, place: Place) -> Flags:
        """Parties with an active site there. Same rule as ``directory.sites_in``."""
        if place.zoning_id == "commune":
            return self.order.flags(self.site_party[self.site_commune == place.pk])
        communes = np.array(
            Membership.objects.filter(place=place).values_list("commune", flat=True), np.int64
        )
        inside = np.isin(self.site_commune, communes)
        if place.zoning_id == "departement":
            inside |= self.site_departement == place.pk
        if place.zoning_id == "region":
            inside |= self.site_departement > 0
        return self.order.flags(self.site_party[inside])


_latest: tuple[object, _Columns] | None = None


def _columns() -> _Columns:
    global _latest
    # Several entries, not the last alone: PostgreSQL may show an entry after one that has a higher number.
    version = tuple(JournalEntry.objects.order_by("-pk").values_list("pk", "at")[:20])
    if _latest and _latest[0] == version:
        return _latest[1]
    columns = _read_columns()
    _latest = (version, columns) if len(columns.order.keys) >= CACHED_FROM else None
    return columns


def _table(rows: "QuerySet[Any, Any]", dtype: list[tuple[str, str]]) -> Any:
    """The rows of a ``values_list`` as a structured array, without holding them twice."""
    return np.fromiter(rows.iterator(20_000), np.dtype(dtype))


def _read_columns() -> _Columns:
    parties = _table(
        visible_parties()
        .order_by("search_text", "name", "pk")  # folded: É sorts with E
        .values_list("pk", "is_active", "nature", "perimeter", Substr("naf", 1, 2)),
        [("key", "i8"), ("active", "?"), ("nature", "U20"), ("perimeter", "U10"), ("division", "U2")],
    )
    sites = _table(
        Site.objects.filter(is_active=True)
        .order_by("pk")
        .values_list("party", Coalesce(F("commune_id"), 0), Coalesce(F("departement_id"), 0)),
        [("party", "i8"), ("commune", "i8"), ("departement", "i8")],
    )
    order = _Order(parties["key"].copy(), np.argsort(parties["key"]))
    sites = sites[order.knows(sites["party"])]
    site_party = order.positions(sites["party"])
    departement_of = dict(
        Membership.objects.filter(place__zoning="departement").values_list("commune", "place")
    )
    site_departement = np.where(
        sites["departement"] > 0, sites["departement"], _translate(sites["commune"], departement_of, 0)
    )
    communes = Place.objects.filter(zoning="commune").order_by("search_text", "pk")
    rank = {key: position for position, key in enumerate(communes.values_list("pk", flat=True))}
    first_commune = np.full(len(parties), len(rank))  # without a commune: last
    np.minimum.at(first_commune, site_party, _translate(sites["commune"], rank, len(rank)))
    sections = section_of_division()
    section = np.array([sections.get(division, "") for division in parties["division"].tolist()], "U1")
    departements = Place.objects.filter(zoning="departement").values_list("pk", "code")
    return _Columns(
        order,
        parties["active"].copy(),
        {
            "natures": {value: parties["nature"] == value for value in Nature.values},
            "perimeters": {value: parties["perimeter"] == value for value in Perimeter.values},
            "sections": {letter: section == letter for letter in naf_sections()},
            "schemes": _related(order, SchemeMember.objects.values_list("scheme", "party")),
            "sources": _related(order, SourceRecord.objects.values_list("source", "party")),
            "departements": {
                code: order.flags(site_party[site_departement == key]) for key, code in departements
            },
        },
        site_party,
        sites["commune"].copy(),
        site_departement,
        np.argsort(first_commune, kind="stable"),
    )


def _translate(keys: Numbers, table: dict[int, int], missing: int) -> Numbers:
    return np.fromiter((table.get(key, missing) for key in keys.tolist()), np.int64, len(keys))


def _related(order: _Order, pairs: "QuerySet[Any, Any]") -> dict[str, Flags]:
    numbers: dict[str, int] = {}
    rows = ((numbers.setdefault(value, len(numbers)), party) for value, party in pairs.order_by().iterator())
    found = np.fromiter(rows, np.dtype([("value", "i4"), ("party", "i8")]))
    return {
        value: order.flags(order.positions(found["party"][found["value"] == number]))
        for value, number in numbers.items()
    }


def look_up(asked: DirectoryFilter) -> Answer:
    """The parties that ``asked.parties()`` selects, sorted, with the counts of every facet."""
    columns = _columns()
    keys = columns.order.keys
    nobody = np.zeros(len(keys), np.bool_)
    chosen = {
        name: np.logical_or.reduce([columns.values[name].get(value, nobody) for value in values])
        for name in ("natures", "perimeters", "sections", "schemes", "sources")
        if (values := getattr(asked, name))
    }
    if asked.place:
        chosen["departements"] = columns.located_in(asked.place)
    common = ~nobody if asked.with_closed else columns.active
    positions = columns.by_commune if asked.effective_sort == BY_COMMUNE else np.arange(len(keys))
    if asked.text:
        ranked = asked.effective_sort == RELEVANCE
        found = matching(visible_parties(), asked.text, ranked=ranked).values_list("pk", flat=True)
        matched = columns.order.positions(np.fromiter(found.iterator(), np.int64))
        common = common & columns.order.flags(matched)
        positions = matched if ranked else positions
    selected = common
    for flags in chosen.values():
        selected = selected & flags
    facets = Facets()
    for name, flags_of in columns.values.items():
        others = selected
        if name in chosen:
            others = common
            for flags in (flags for other, flags in chosen.items() if other != name):
                others = others & flags
        counted = {value: int(np.count_nonzero(flags & others)) for value, flags in flags_of.items()}
        getattr(facets, name).update({value: count for value, count in counted.items() if count})
    return Answer(keys[positions[selected[positions]]], facets)


@dataclass(frozen=True)
class Reach:
    """Where the active parties that we show are known to work, in a place or (None) anywhere.

    ``only_departement``: placed no finer than a département; ``nowhere``: without any place, whole site only.
    """

    communes: int
    only_departement: int
    nowhere: int


def reach(place: Place | None) -> Reach:
    columns = _columns()
    active_site = columns.active[columns.site_party]
    in_commune = columns.order.flags(columns.site_party[active_site & (columns.site_commune > 0)])
    in_departement = columns.order.flags(columns.site_party[active_site & (columns.site_departement > 0)])
    only_departement = in_departement & ~in_commune
    reached = np.unique(columns.site_commune[active_site & (columns.site_commune > 0)])
    if place is None:
        nowhere = columns.active & ~in_departement & ~in_commune
        return Reach(len(reached), int(only_departement.sum()), int(nowhere.sum()))
    if place.zoning_id == "commune":
        return Reach(int(place.pk in reached), 0, 0)
    communes = Membership.objects.filter(place=place).values_list("commune", flat=True)
    here = columns.located_in(place) & only_departement
    return Reach(int(np.isin(reached, np.array(communes, np.int64)).sum()), int(here.sum()), 0)
