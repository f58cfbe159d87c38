"""The places of activity that may be put on another map: as plain rows, in the order of their keys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Site, Source, public_id
from terreau.observe.models import SchemeMember, SourceRecord

from . import visible_parties

_CHUNK = 2_000


@dataclass(frozen=True)
class Box:
    """A part of the map, in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class MapElement:
    """One place of activity. Of a party of partial diffusion: its commune, no address and no position.

    ``schemes``: codes of Scheme. ``sources``: all that speak of the party, the most trusted first.
    """

    id: str
    party: Party
    address: str
    post_code: str
    commune: str
    commune_code: str
    lon: float | None
    lat: float | None
    schemes: tuple[str, ...]
    sources: tuple[Source, ...]


def map_elements(*, boxes: Sequence[Box] = (), limit: int | None = None) -> Iterator[MapElement]:
    """Active sites of visible, active parties, whose commune or position is known.

    With ``boxes``, only those that are seen there. Read little by little: three queries for each 2,000 sites.
    """
    last, left = 0, limit
    sites = _sites(boxes)
    sources = {source.pk: source for source in Source.objects.all()}
    while left is None or left > 0:
        size = _CHUNK if left is None else min(_CHUNK, left)
        page = list(sites.filter(pk__gt=last)[:size])
        yield from _elements(page, sources)
        if len(page) < size:
            return
        last = page[-1].pk
        left = None if left is None else left - size


def _sites(boxes: Sequence[Box]) -> "QuerySet[Site]":
    parties = visible_parties().filter(is_active=True).order_by()
    if boxes:  # of a partial diffusion the position is not told, not even by an answer to "who is there?"
        parties = parties.exclude(diffusion=Diffusion.PARTIAL)
    placed = Q(commune__isnull=False) | Q(lon__isnull=False)  # a département alone is no place on a map
    sites = Site.objects.filter(placed, is_active=True, party__in=parties.values("pk"))
    seen = Q()
    for box in boxes:
        seen |= Q(lon__gte=box.west, lon__lte=box.east, lat__gte=box.south, lat__lte=box.north)
    return (
        sites.filter(seen)
        .select_related("party", "commune")
        .only(
            "identity",
            "address",
            "post_code",
            "lon",
            "lat",
            "commune__name",
            "commune__code",
            "party__public_id",
            "party__name",
            "party__nature",
            "party__description",
            "party__website",
            "party__siren",
            "party__rna",
            "party__diffusion",
        )
        .order_by("pk")
    )


def _elements(page: list[Site], sources: dict[str, Source]) -> Iterator[MapElement]:
    keys = {site.party_id for site in page}
    schemes: dict[int, list[str]] = {key: [] for key in keys}
    members = SchemeMember.objects.filter(party__in=keys).order_by("scheme")
    for key, scheme in members.values_list("party_id", "scheme").distinct():
        schemes[key].append(scheme)
    known: dict[int, list[Source]] = {key: [] for key in keys}
    records = SourceRecord.objects.filter(party__in=keys).order_by("source__precedence", "source_id")
    for key, code in records.values_list("party_id", "source_id").distinct():
        known[key].append(sources[code])
    for site in page:
        yield _element(site, tuple(schemes[site.party_id]), tuple(known[site.party_id]))


def _element(site: Site, schemes: tuple[str, ...], sources: tuple[Source, ...]) -> MapElement:
    party = site.party
    is_private = party.diffusion == Diffusion.PARTIAL
    return MapElement(
        # The identity of a site may hold its address: of a private one not even a digest is given.
        id=f"{party.public_id}-{site.pk}" if is_private else public_id(site.identity),
        party=party,
        address="" if is_private else site.address,
        post_code=site.post_code,
        commune=site.commune.name if site.commune else "",
        commune_code=site.commune.code if site.commune else "",
        lon=None if is_private else site.lon,
        lat=None if is_private else site.lat,
        schemes=schemes,
        sources=sources,
    )
