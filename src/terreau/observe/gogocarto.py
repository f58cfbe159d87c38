"""Places of activity as ``elements.json``, which maps made with GoGoCarto, and our own harvest, can read.

Each element has the names of both generations of that format: ``name`` and ``title``, ``geo`` and ``location``,
``address.streetAddress`` and ``address.street``. So an old map and a new one read the same file.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from terreau.commons.enums import Nature
from terreau.commons.licences import LICENCES, combined_licence
from terreau.commons.models import Source

from .models import Scheme
from .queries.elements import Box, MapElement

MOST_BOXES = 10


class WrongBounds(ValueError):
    """The bounds asked for are not boxes."""


def read_bounds(text: str) -> tuple[Box, ...]:
    """``west,south,east,north`` in degrees; several boxes are separated by ``;``. Raises WrongBounds."""
    parts = text.split(";")
    if len(parts) > MOST_BOXES:
        raise WrongBounds(text)
    return tuple(_box(part) for part in parts)


def _box(text: str) -> Box:
    try:
        box = Box(*(float(number) for number in text.split(",")))
    except (TypeError, ValueError) as error:
        raise WrongBounds(text) from error
    # Written so that "not a number" is refused too.
    if not (-180 <= box.west <= box.east <= 180 and -90 <= box.south <= box.north <= 90):
        raise WrongBounds(text)
    return box


def labels() -> dict[str, str]:
    """Code of each category → its name in the language of now; read once for a whole list."""
    found = {f"nature:{nature.value}": str(nature.label) for nature in Nature}
    return found | {f"scheme:{scheme.value}": str(scheme.label) for scheme in Scheme}


@cache
def _licence(codes: frozenset[str]) -> str:
    return LICENCES[combined_licence(set(codes))].url


def element(row: MapElement, page: str, names: Mapping[str, str]) -> dict[str, Any]:
    """One element; ``page``: the address of the organisation's own page; ``names``: what ``labels`` says.

    Raises IncompatibleLicences when no licence lets its sources stand together.
    """
    party = row.party
    licence = _licence(frozenset(source.licence for source in row.sources))
    position = row.lon is not None and row.lat is not None
    found: dict[str, Any] = {
        "id": row.id,
        "name": party.name,
        "title": party.name,
        "url": page,
        "geo": {"latitude": row.lat, "longitude": row.lon} if position else None,
        "location": {"lat": row.lat, "lon": row.lon} if position else None,
        "address": _address(row),
        "categories": [{"id": code, "name": names[code]} for code in _categories(row)],
        "abstract": party.description,
        "website": party.web_address,
        "siren": party.siren,
        "rna": party.rna,
        "sourceKey": " ; ".join(source.title for source in row.sources),
        "licence": licence,
        "sources": [_source(source) for source in row.sources],
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def _address(row: MapElement) -> dict[str, str]:
    found = {
        "streetAddress": row.address,
        "street": row.address,
        "postalCode": row.post_code,
        "addressLocality": row.commune,
        "city": row.commune,
        "inseeCode": row.commune_code,
        "addressCountry": "FR",
    }
    return {name: value for name, value in found.items() if value}


def _categories(row: MapElement) -> list[str]:
    return [f"nature:{row.party.nature}", *(f"scheme:{scheme}" for scheme in row.schemes)]


def _source(source: Source) -> dict[str, str]:
    return {
        "title": source.title,
        "publisher": source.publisher,
        "licence": LICENCES[source.licence].url,
        "url": source.url,
    }
