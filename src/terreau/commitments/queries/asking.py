"""What the addresses of the list, of its feeds and of the API ask for: the same words, with the same sense."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from terreau.commitments.enums import Clock, State
from terreau.commitments.models import ProgrammeItem
from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Place

from .commitments import matching, visible_commitments

FILTERS = ("q", "etat", "acteur", "territoire", "programme", "point")
STATES = (*(state.value for state in State if state != State.DRAFT), *Clock.values, "orphan")
_LONGEST = 200


def asked_for(given: Mapping[str, str]) -> dict[str, str]:
    """The filters among ``given`` that are filled, in one order."""
    asked = {name: given[name].strip()[:_LONGEST] for name in FILTERS if given.get(name, "").strip()}
    slug, colon, code = asked.get("point", "").rpartition(":")
    return asked | {"programme": slug, "point": code} if colon else asked


def party_at(public_id: str) -> Party | None:
    return Party.objects.exclude(diffusion=Diffusion.MASKED).filter(public_id=public_id).first()


def place_at(words: str) -> Place | None:
    """``words``: ``<zoning>:<code>``."""
    zoning, _colon, code = words.partition(":")
    return Place.objects.filter(zoning=zoning, code=code).first()


def item_at(programme: str, code: str) -> ProgrammeItem | None:
    return ProgrammeItem.objects.filter(programme__slug=programme, code=code).first()


def commitments_asked(asked: Mapping[str, str], *, on: dt.date | None = None) -> "QuerySet[Any]":
    """Those that fit every filter of ``asked``, with their clock. What names nobody and nothing finds nothing."""
    party = party_at(asked["acteur"]) if asked.get("acteur") else None
    place = place_at(asked["territoire"]) if asked.get("territoire") else None
    state = asked.get("etat", "")
    is_lost = (asked.get("acteur") and party is None) or (asked.get("territoire") and place is None)
    if is_lost or (state and state not in STATES):
        return matching(visible_commitments().none(), on=on or timezone.localdate())
    found = matching(
        visible_commitments(),
        on=on or timezone.localdate(),
        words=asked.get("q", ""),
        state=state,
        party=party,
        place=place,
        programme=asked.get("programme", ""),
        item=asked.get("point", ""),
    )
    return found.select_related("owner", "beneficiary", "place", "successor")
