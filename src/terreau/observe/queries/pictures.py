"""Pictures that may be shown, those kept out of publication, and who may add one."""

from typing import Any

from django.db.models import Count, QuerySet

from terreau.commons.enums import Role
from terreau.commons.licences import NOT_FOR_PUBLICATION
from terreau.commons.models import Party
from terreau.commons.roles import roles_of
from terreau.observe.models import Picture

from . import visible_parties

_ADDING = frozenset({Role.STEWARD.value, Role.FACILITATOR.value})


def may_add_picture(user: Any, party: Party) -> bool:
    """Also a row of ``portal/permissions.py``, which knows of roles alone."""
    return bool(_ADDING & roles_of(user))


def may_change_pictures(user: Any) -> bool:
    return Role.STEWARD in roles_of(user)


def pictures() -> "QuerySet[Picture]":
    """Of parties that may be shown; those kept too. Every question on pictures starts here."""
    return Picture.objects.filter(party__in=visible_parties())


def pictures_shown() -> "QuerySet[Picture]":
    return pictures().exclude(licence=NOT_FOR_PUBLICATION)


def pictures_kept() -> "QuerySet[Picture]":
    """For stewards; the latest first, with how many people agreed."""
    kept = pictures().filter(licence=NOT_FOR_PUBLICATION).select_related("party")
    return kept.annotate(agreed=Count("releases")).order_by("-added_at", "-pk")


def digests_in_use() -> set[str]:
    """Of every picture, of masked parties too: a mask may be lifted."""
    return set(Picture.objects.order_by().values_list("sha256", flat=True).distinct())


def releases_of(picture: Picture) -> list[Any]:
    """As the rule on rights reads them."""
    return [one.release for one in picture.releases.all()]
