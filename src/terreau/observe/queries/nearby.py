"""Who works within so many kilometres of a point. Any database: a bounding box in SQL, then the true distance."""

from dataclasses import dataclass

import numpy as np
from django.db.models import Q, QuerySet

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Site

from . import visible_parties
from .directory import what_they_do

EARTH_RADIUS_KM = 6371.0088
KM_PER_DEGREE = 2 * np.pi * EARTH_RADIUS_KM / 360
#: Distances from three points would give away a position that may not be shown.
HAS_PUBLIC_POINT = Q(lon__isnull=False) & ~Q(party__diffusion=Diffusion.PARTIAL)


@dataclass(frozen=True)
class Neighbour:
    """A party and its nearest site. ``is_centre``: the site has no point that may be shown, the centre of its
    commune is used.
    """

    party: int
    site: int
    km: float
    is_centre: bool


@dataclass(frozen=True)
class NeighbourEntry:
    """A line of the list. ``does``: activity and schemes, as words."""

    party: Party
    does: str
    site: Site
    km: float
    is_centre: bool


def distance_km(lon: float, lat: float, lons: np.ndarray, lats: np.ndarray) -> np.ndarray:
    """Great-circle distance from a point to many, in km (haversine on a sphere: error below 0.5 %)."""
    x, y, xs, ys = (np.radians(angle) for angle in (lon, lat, lons, lats))
    chord = np.sin((ys - y) / 2) ** 2 + np.cos(y) * np.cos(ys) * np.sin((xs - x) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))


def neighbours(
    lon: float, lat: float, km: float, parties: "QuerySet[Party] | None" = None
) -> list[Neighbour]:
    """Those of ``parties`` with a site within ``km``, the nearest first; each once, by its nearest site.

    ``parties``: a choice among the visible ones, as ``DirectoryFilter.parties()`` makes; without it, all those
    that are active.
    """
    chosen = visible_parties().filter(is_active=True) if parties is None else parties
    sites = Site.objects.filter(party__in=chosen.order_by().values("pk"), is_active=True).order_by()
    rows = [
        *_rows(sites.filter(HAS_PUBLIC_POINT), lon, lat, km, ""),
        *_rows(sites.exclude(HAS_PUBLIC_POINT), lon, lat, km, "commune__"),
    ]
    if not rows:
        return []
    party, site, lons, lats, is_centre = (np.array(column) for column in zip(*rows, strict=True))
    distances = distance_km(lon, lat, lons.astype(float), lats.astype(float))
    order = np.lexsort((site, distances))
    order = order[distances[order] <= km]
    _, first = np.unique(party[order], return_index=True)
    nearest = order[np.sort(first)]
    return [Neighbour(int(party[i]), int(site[i]), float(distances[i]), bool(is_centre[i])) for i in nearest]


def _rows(
    sites: "QuerySet[Site]", lon: float, lat: float, km: float, prefix: str
) -> list[tuple[int, int, float, float, bool]]:
    rows = sites.filter(_box(lon, lat, km, prefix)).values_list(
        "party_id", "pk", f"{prefix}lon", f"{prefix}lat"
    )
    return [(*row, bool(prefix)) for row in rows]


def _box(lon: float, lat: float, km: float, prefix: str) -> Q:
    """The rectangle that holds the circle; near a pole or the antimeridian, the band of latitudes."""
    height = km / KM_PER_DEGREE
    low, high = lat - height, lat + height
    band = Q(**{f"{prefix}lat__gte": low, f"{prefix}lat__lte": high})
    narrowest = np.cos(np.radians(max(abs(low), abs(high))))
    if max(abs(low), abs(high)) >= 90 or abs(lon) + height / narrowest > 180:
        return band & Q(**{f"{prefix}lon__isnull": False})
    width = height / narrowest
    return band & Q(**{f"{prefix}lon__gte": lon - width, f"{prefix}lon__lte": lon + width})


def entries(page: list[Neighbour]) -> list[NeighbourEntry]:
    """Three queries for a page of neighbours, whatever their number."""
    parties = visible_parties().defer("search_text", "description").in_bulk([one.party for one in page])
    sites = Site.objects.select_related("commune").in_bulk([one.site for one in page])
    does = what_they_do(parties.values())
    return [
        NeighbourEntry(parties[one.party], does[one.party], sites[one.site], one.km, one.is_centre)
        for one in page
    ]
