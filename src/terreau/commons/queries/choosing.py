"""Which organisation, which territory do these typed words mean?"""

import re

from django.db.models import Q

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Place
from terreau.commons.queries.places import find_communes, places_in_region
from terreau.commons.search.fold import fold_for_search
from terreau.commons.search.index import matching

MOST_CHOICES = 10
_PUBLIC_ID = re.compile(r"[a-z2-7]{10}")
_PLACE = re.compile(r"([a-z0-9_-]+):([0-9A-Za-z]+)")


def find_parties(typed: str) -> tuple[list[Party], bool]:
    """Those that the words may mean, and whether there is no doubt: a number, a public identifier, the very name.

    Never one that is masked.
    """
    shown = (
        Party.objects.exclude(diffusion=Diffusion.MASKED)
        .defer("search_text", "description")
        .prefetch_related("sites__commune")
    )
    text = " ".join(typed.split())
    if _PUBLIC_ID.fullmatch(text) and (party := shown.filter(public_id=text).first()):
        return [party], True
    if not fold_for_search(text):
        return [], False
    found = list(matching(shown, text, ranked=True)[: MOST_CHOICES + 1])
    if text.replace(" ", "").isdecimal():
        return found[:MOST_CHOICES], len(found) == 1
    named = [party for party in found if party.name.casefold() == text.casefold()]
    return (named, True) if len(named) == 1 else (found[:MOST_CHOICES], False)


def party_called(public_id: str) -> Party | None:
    return Party.objects.exclude(diffusion=Diffusion.MASKED).filter(public_id=public_id).first()


def find_places(typed: str) -> tuple[list[Place], bool]:
    """By ``<zoning>:<code>``, name, post code or INSEE code, of the region; and whether there is no doubt.

    Communes first, then other territories.
    """
    text = " ".join(typed.split())
    if place := place_called(text):
        return [place], True
    folded = fold_for_search(text)
    if not folded:
        return [], False
    communes = [one.commune for one in find_communes(text, MOST_CHOICES) if one.commune.communes_in_region]
    zones = places_in_region().exclude(zoning="commune").filter(_every_word(folded), zoning__is_current=True)
    others = zones.select_related("zoning").order_by("zoning__level", "search_text", "code")[:MOST_CHOICES]
    found = [*_with_zonings(communes), *others]
    named = [place for place in found if place.search_text == folded]
    if len(named) == 1 or (len(found) == 1 and folded.isdecimal()):
        return named or found, True
    return found[:MOST_CHOICES], False


def place_called(text: str) -> Place | None:
    """``<zoning>:<code>``: as the addresses of lists and of the API name a territory."""
    named = _PLACE.fullmatch(text)
    if named is None:
        return None
    return Place.objects.select_related("zoning").filter(zoning=named[1], code=named[2]).first()


def _with_zonings(communes: list[Place]) -> list[Place]:
    order = {commune.pk: rank for rank, commune in enumerate(communes)}
    rows = Place.objects.filter(pk__in=order).select_related("zoning")
    return sorted(rows, key=lambda commune: order[commune.pk])


def _every_word(folded: str) -> Q:
    condition = Q()
    for word in folded.split():
        condition &= Q(search_text__startswith=word) | Q(search_text__contains=f" {word}")
    return condition
