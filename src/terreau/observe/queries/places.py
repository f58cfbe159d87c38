"""Questions of the territory pages: which zonings, who is there, from which sources, what became of a commune."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from terreau.commons.enums import Perimeter
from terreau.commons.models import CommuneChange, Membership, Party, Place, Source, Zoning
from terreau.commons.queries.places import FoundCommune, current_codes, find_communes, places_in_region
from terreau.commons.search.fold import fold_for_search
from terreau.observe.models import IndicatorValue, SourceRecord

from . import visible_parties
from .directory import sites_in
from .nearby import distance_km

COMPARED_KINDS = ("epci", "bassin_de_vie", "departement", "region")


def zonings() -> "QuerySet[Zoning]":
    """Each zoning with ``territories``: how many of its places have a part in the region."""
    return (
        Zoning.objects.annotate(territories=Count("places", filter=Q(places__communes_in_region__gt=0)))
        .filter(territories__gt=0)
        .order_by("level", "-version")
    )


def places_of(zoning: Zoning) -> "QuerySet[Place]":
    """The places of a zoning with a part in the region, by name."""
    return places_in_region().filter(zoning=zoning).order_by("search_text", "code")


def parties_at(place: Place) -> "QuerySet[Party]":
    """The visible, active parties that a source places in ``place``, by name."""
    keys = sites_in(place).order_by().values("party")
    return visible_parties().filter(is_active=True, pk__in=keys).order_by("search_text", "name", "pk")


def with_their_sites(parties: "QuerySet[Party]", place: Place) -> "QuerySet[Party]":
    """Each party with ``sites_here``: where in ``place`` it works."""
    sites = sites_in(place).select_related("commune", "departement").order_by("pk")
    return parties.defer("search_text", "description").prefetch_related(
        Prefetch("sites", queryset=sites, to_attr="sites_here")
    )


def zones_of(commune: Place) -> "QuerySet[Place]":
    """The zones that a commune belongs to, the smallest first."""
    return commune.zones.select_related("zoning").order_by("zoning__level", "-zoning__version")


def communes_of(zone: Place) -> "QuerySet[Place]":
    """The communes of a zone, by name, those across the border included."""
    return zone.communes.order_by("search_text", "code")


def levels_above(place: Place) -> list[Place]:
    """What a place is compared with: the larger zones in use that hold its whole part in the region."""
    if not place.communes_in_region:
        return []
    if place.zoning_id == "commune":
        zones = zones_of(place).filter(zoning__is_current=True, zoning__kind__in=COMPARED_KINDS)
        return list(zones.filter(communes_in_region__gt=0))
    own = Membership.objects.filter(place=place, commune__communes_in_region__gt=0)
    holders = Place.objects.filter(
        zoning__kind__in=("departement", "region"),
        zoning__is_current=True,
        zoning__level__gt=place.zoning.level,
    ).annotate(shared=Count("members", filter=Q(members__commune__in=own.values("commune"))))
    return list(
        holders.filter(shared=place.communes_in_region, shared__gt=0)
        .select_related("zoning")
        .order_by("zoning__level")
    )


@dataclass(frozen=True)
class Beside:
    """A territory near another one. ``km``: between their centres. Figures: indicator → value, as published."""

    place: Place
    km: float
    figures: dict[str, float | None]


def places_beside(place: Place, indicators: Iterable[str], most: int = 5) -> list[Beside]:
    """The territories of the same zoning whose centres are nearest, with their latest figures. Three queries."""
    if place.lon is None or place.lat is None:
        return []
    others = places_in_region().filter(zoning=place.zoning_id, lon__isnull=False).exclude(pk=place.pk)
    found = list(others.order_by("pk").values_list("pk", "lon", "lat"))
    if not found:
        return []
    keys, lons, lats = (np.array(column) for column in zip(*found, strict=True))
    distances = distance_km(place.lon, place.lat, lons, lats)
    nearest = {int(keys[i]): float(distances[i]) for i in np.argsort(distances, kind="stable")[:most]}
    places = Place.objects.select_related("zoning").in_bulk(list(nearest))
    figures = latest_figures(nearest, indicators)
    return [Beside(places[key], km, figures[key]) for key, km in nearest.items()]


def latest_figures(places: Iterable[int], indicators: Iterable[str]) -> dict[int, dict[str, float | None]]:
    """Key of each place → indicator → its value in the newest period. One query."""
    figures: dict[int, dict[str, float | None]] = {key: {} for key in places}
    values = IndicatorValue.objects.filter(place__in=list(figures), indicator__in=list(indicators))
    for key, indicator, value in values.order_by("period").values_list("place", "indicator", "value"):
        figures[key][indicator] = value
    return figures


@dataclass(frozen=True)
class Knowledge:
    """What the figures of a place stand on, and what they miss. Counts of visible, active parties."""

    sources: list[Source]  # that name a party here, each with ``parties``: how many
    silent_sources: list[Source]  # that were read and name nobody here
    parties: int
    in_perimeter: int
    without_siren: int
    unknown_perimeter: int


def knowledge_of(place: Place) -> Knowledge:
    here = parties_at(place).order_by()
    counts = here.aggregate(
        parties=Count("pk"),
        in_perimeter=Count("pk", filter=Q(perimeter=Perimeter.IN)),
        without_siren=Count("pk", filter=Q(siren__isnull=True)),
        unknown_perimeter=Count("pk", filter=Q(perimeter=Perimeter.UNKNOWN)),
    )
    records = SourceRecord.objects.filter(party__in=here.values("pk")).order_by()
    found = dict(records.values_list("source").annotate(parties=Count("party", distinct=True)))
    read = Source.objects.filter(Exists(SourceRecord.objects.filter(source=OuterRef("pk"))))
    sources: list[Source] = []
    silent: list[Source] = []
    for source in read:
        source.parties = found.get(source.pk, 0)  # type: ignore[attr-defined]
        (sources if source.pk in found else silent).append(source)
    sources.sort(key=lambda source: -found[source.pk])
    return Knowledge(sources, silent, **counts)


@dataclass(frozen=True)
class Event:
    """One change in the life of a commune, as a sentence."""

    on: date
    sentence: str


def history_of(commune: Place) -> list[Event]:
    """Merges, splits, renamings and changes of code that led to a commune, the newest first.

    The changes of communes that later merged into it are there too, two generations back.
    """
    codes = {commune.code}
    changes: dict[int, CommuneChange] = {}
    for _generation in range(2):
        found = CommuneChange.objects.filter(Q(code_after__in=codes) | Q(code_before__in=codes))
        changes |= {change.pk: change for change in found}
        codes |= {change.code_before for change in changes.values()}
    groups: dict[tuple[date, str, str], list[CommuneChange]] = {}
    for change in sorted(changes.values(), key=lambda change: (change.date, change.code_before)):
        pivot = change.code_before if change.kind == CommuneChange.Kind.SPLIT else change.code_after
        groups.setdefault((change.date, change.kind, pivot), []).append(change)
    events = [Event(on, _sentence(kind, group)) for (on, kind, _pivot), group in groups.items()]
    return sorted(events, key=lambda event: event.on, reverse=True)


def _sentence(kind: str, changes: list[CommuneChange]) -> str:
    first = changes[0]
    if kind == CommuneChange.Kind.MERGE:
        names = _list(sorted({change.name_before for change in changes}))
        return _("Fusion : %(communes)s → %(commune)s") % {"communes": names, "commune": first.name_after}
    if kind == CommuneChange.Kind.SPLIT:
        names = _list(sorted({change.name_after for change in changes}))
        return _("Séparation : %(commune)s → %(communes)s") % {
            "communes": names,
            "commune": first.name_before,
        }
    if kind == CommuneChange.Kind.RENAME:
        names_of = {"before": first.name_before, "after": first.name_after}
        return _("Changement de nom : %(before)s → %(after)s") % names_of
    codes = {"name": first.name_after, "before": first.code_before, "after": first.code_after}
    return _("Changement de code : %(name)s, %(before)s → %(after)s") % codes


def _list(names: list[str]) -> str:
    return ", ".join(names)


@dataclass(frozen=True)
class Found:
    """What a search gave: communes of the region, its other territories, communes across the border."""

    communes: list[FoundCommune]
    zones: list[Place]
    outside: list[FoundCommune]

    def __bool__(self) -> bool:
        return bool(self.communes or self.zones or self.outside)

    @property
    def only(self) -> Place | None:
        """The answer, when there is one and only one, under its name of today."""
        communes = [*self.communes, *self.outside]
        every = [*(found.commune for found in communes), *self.zones]
        return every[0] if len(every) == 1 and not any(found.former_name for found in communes) else None


_CODE = re.compile(r"\b[0-9][0-9ABab][0-9]{3}\b")


def search_places(text: str, limit: int = 50) -> Found:
    """Places by name, post code or INSEE code, of today or before a merge; ``45000 Orléans`` is one commune."""
    codes = [code.upper() for code in _CODE.findall(text)]
    words = fold_for_search(_CODE.sub(" ", text))
    communes = find_communes(words if codes and words else text, limit)
    if codes and words:
        with_code = _communes_of_codes(codes)
        kept = [found for found in communes if found.commune in with_code]
        communes = kept or communes
    elif codes:
        known = {found.commune for found in communes}
        communes += [FoundCommune(commune) for commune in _communes_of_codes(codes) if commune not in known]
    zones = places_in_region().exclude(zoning="commune").select_related("zoning")
    matches = (
        zones.filter(_every_word(words)).order_by("zoning__level", "search_text", "-zoning__version", "code")[
            :limit
        ]
        if words
        else []
    )
    return Found(
        [found for found in communes if found.commune.communes_in_region],
        list(matches),
        [found for found in communes if not found.commune.communes_in_region],
    )


def _communes_of_codes(codes: list[str]) -> list[Place]:
    today = current_codes()
    current = {new for code in codes for new in today.get(code, [code])}
    communes = Place.objects.filter(zoning="commune").filter(
        Q(code__in=current) | Q(post_codes__code__in=codes)
    )
    return list(communes.distinct())


def _every_word(folded: str) -> Q:
    condition = Q()
    for word in folded.split():
        condition &= Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")
    return condition
