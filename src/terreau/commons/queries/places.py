"""Questions about places: which are in the region, and which commune a code or a name, even of the past, is."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from terreau.commons.models import CommuneChange, Place
from terreau.commons.search.fold import fold_for_search
from terreau.commons.succession import Change, successors

# Paris, Lyon and Marseille: registers give the code of the arrondissement, which is no commune.
_CITIES = {
    "75056": range(75101, 75121),
    "69123": range(69381, 69390),
    "13055": range(13201, 13217),
}


class FoundCommune(NamedTuple):
    """``former_name``: the name before a merge or a renaming, when it is why this commune was found."""

    commune: Place
    former_name: str = ""


def served_region() -> Place | None:
    """The region that this site serves; None before one is loaded."""
    return Place.objects.filter(zoning_id="region", communes_in_region__gt=0).first()


def site_name() -> str:
    """How the site is named where it is credited: "Terreau Centre-Val de Loire"."""
    region = served_region()
    return f"Terreau {region.name}" if region else "Terreau"


def places_in_region() -> QuerySet[Place]:
    """Communes of the region, and zones with at least one of them."""
    return Place.objects.filter(communes_in_region__gt=0)


def communes_in_region() -> QuerySet[Place]:
    return Place.objects.filter(zoning_id="commune", communes_in_region=1)


def current_codes(on: date | None = None) -> dict[str, list[str]]:
    """INSEE code of the past → codes of today that it became, several after a split.

    Only codes that are not the same commune today are in it: use ``.get(code, [code])``. ``on``: the day the
    codes are of; without it, each code no longer in use is followed from the last day it was. Arrondissements
    of Paris, Lyon and Marseille lead to their city.
    """
    rows = CommuneChange.objects.exclude(kind=CommuneChange.Kind.RENAME)
    changes = (Change._make(row) for row in rows.values_list("date", "kind", "code_before", "code_after"))
    known = set(Place.objects.filter(zoning_id="commune", code__in=_CITIES).values_list("code", flat=True))
    return {
        **successors(changes, on),
        **{str(part): [city] for city, parts in _CITIES.items() if city in known for part in parts},
    }


def find_communes(text: str, limit: int = 20) -> list[FoundCommune]:
    """Communes by name, INSEE code or (start of a) post code; by the name of a commune that has merged too.

    Whole names come first; then communes of the region before those across the border, names that start so
    before names that only hold the words, the most populated first.
    """
    compact = text.replace(" ", "")
    if compact.isdigit():
        return [FoundCommune(commune) for commune in _by_code(compact)[:limit]]
    asked = fold_for_search(text)
    if not asked:
        return []
    best: dict[int, tuple[tuple, FoundCommune]] = {}
    for folded, found in (*_by_name(asked), *_by_former_name(asked)):
        commune = found.commune
        rank = (
            folded != asked,
            commune.communes_in_region == 0,
            not folded.startswith(asked),
            bool(found.former_name),
            -(commune.population or 0),
            commune.code,
        )
        if commune.pk not in best or rank < best[commune.pk][0]:
            best[commune.pk] = (rank, found)
    return [found for _, found in sorted(best.values(), key=lambda ranked: ranked[0])[:limit]]


def _by_code(digits: str) -> list[Place]:
    if len(digits) > 5:
        return []
    asked = Q(code=digits) | Q(post_codes__code__startswith=digits)
    communes = Place.objects.filter(asked, zoning_id="commune").distinct()
    return list(communes.order_by("-communes_in_region", F("population").desc(nulls_last=True), "code"))


def _by_name(asked: str) -> Iterable[tuple[str, FoundCommune]]:
    communes = Place.objects.filter(_holds_all(asked), zoning_id="commune")
    return ((commune.search_text, FoundCommune(commune)) for commune in communes)


def _holds_all(asked: str) -> Q:
    """Each word starts a word of the name, the last one perhaps not fully typed."""
    condition = Q()
    for word in asked.split():
        condition &= Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")
    return condition


def _by_former_name(asked: str) -> list[tuple[str, FoundCommune]]:
    words = asked.split()
    hits = [
        (folded, name, codes)
        for folded, name, codes in _former_names()
        if all(f" {word}" in f" {folded}" for word in words)
    ]
    wanted = {code for _, _, codes in hits for code in codes}
    communes = Place.objects.filter(zoning_id="commune", code__in=wanted)
    by_code = {commune.code: commune for commune in communes}
    return [
        (folded, FoundCommune(by_code[code], name))
        for folded, name, codes in hits
        for code in codes
        if code in by_code and by_code[code].search_text != folded
    ]


def _former_names() -> list[tuple[str, str, list[str]]]:
    """(folded name, name, codes of today) of each name before a change."""
    today = current_codes()
    names = CommuneChange.objects.values_list("name_before", "code_before").distinct().order_by("name_before")
    return [(fold_for_search(name), name, today.get(code, [code])) for name, code in names]
