"""What falls due, for calendars and feeds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.models import Programme

from .asking import commitments_asked, item_at, party_at, place_at
from .reserve import without_promotion

MOST = 2000


@dataclass(frozen=True)
class Due:
    """``changes``: how many since it is public, which tells a calendar that this is a newer word on it."""

    commitment: Any
    changes: int


def commitments_due(asked: Mapping[str, str]) -> list[Due]:
    """By due date; of more than MOST, the latest."""
    found = _put_forward(asked).annotate(changed=Max("changes__number"))
    rows = list(found.order_by("-due_on", "token")[:MOST])
    return [Due(one, one.changed or 0) for one in reversed(rows)]


def latest_changed(asked: Mapping[str, str], most: int) -> list[Any]:
    return list(_put_forward(asked).order_by("-changed_at", "token")[:most])


def _put_forward(asked: Mapping[str, str]) -> "QuerySet[Any]":
    """What a feed may tell today: less during an electoral reserve."""
    return without_promotion(commitments_asked(asked), timezone.localdate())


def title_of(asked: Mapping[str, str]) -> str:
    """« Échéances », and of whom or what."""
    names = scope_names(asked)
    return _("Échéances : %s") % ", ".join(names) if names else _("Échéances")


def scope_names(asked: Mapping[str, str]) -> list[str]:
    """What the filters choose, as a person calls it."""
    party = party_at(asked["acteur"]) if asked.get("acteur") else None
    place = place_at(asked["territoire"]) if asked.get("territoire") else None
    slug = asked.get("programme", "")
    item = item_at(slug, asked["point"]) if asked.get("point") else None
    programme = Programme.objects.filter(slug=slug).first() if slug and item is None else None
    found: list[Any] = [party and party.name, place and place.name, item and str(item.said("title"))]
    found += [programme and str(programme.said("title")), asked.get("q")]
    return [str(one) for one in found if one]
