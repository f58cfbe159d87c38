"""Pictures that may be shown, those kept out of publication, and who may add, change and withdraw one."""

from typing import Any

from django.db.models import Count, QuerySet

from terreau.commons.enums import Diffusion, Role
from terreau.commons.licences import NOT_FOR_PUBLICATION
from terreau.commons.models import Party
from terreau.commons.roles import roles_of
from terreau.observe.models import Picture

from . import visible_parties
from .custodians import parties_of


def may_add_picture(user: Any, party: Party) -> bool:
    """Stewards and facilitators; the custodian of the organisation, that ``portal/permissions.py`` cannot know."""
    return Role.FACILITATOR in roles_of(user) or may_change_pictures_of(user, party)


def may_change_pictures(user: Any) -> bool:
    """Those of every organisation, with the agreements of the people in them."""
    return Role.STEWARD in roles_of(user)


def may_change_pictures_of(user: Any, party: Party | None) -> bool:
    """Whoever speaks for it withdraws its pictures and corrects the licence of those shown: no more.

    None: a party that no source names now.
    """
    return may_change_pictures(user) or (party is not None and _speaks_for(user, party))


def _speaks_for(user: Any, party: Party) -> bool:
    return user.is_authenticated and parties_of(user).filter(pk=party.pk).exists()


def pictures() -> "QuerySet[Picture]":
    """Of parties that may be shown; those kept too. Every question on pictures starts here."""
    return Picture.objects.filter(party__in=visible_parties())


def pictures_shown() -> "QuerySet[Picture]":
    return pictures().exclude(licence=NOT_FOR_PUBLICATION)


def pictures_kept() -> "QuerySet[Picture]":
    """For stewards; the latest first, with how many people agreed."""
    kept = pictures().filter(licence=NOT_FOR_PUBLICATION).select_related("party")
    return kept.annotate(agreed=Count("releases")).order_by("-added_at", "-pk")


def pictures_hidden() -> "QuerySet[Picture]":
    """Of masked organisations, for stewards, who could not withdraw them elsewhere: neither seen nor named."""
    return Picture.objects.filter(party__diffusion=Diffusion.MASKED).order_by("-added_at", "-pk")


def digests_in_use() -> set[str]:
    """Of every picture, of masked parties too: a mask may be lifted."""
    return set(Picture.objects.order_by().values_list("sha256", flat=True).distinct())


def releases_of(picture: Picture) -> list[Any]:
    """As the rule on rights reads them."""
    return [one.release for one in picture.releases.all()]
