"""Somebody takes part in a process, with or without an account."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from terreau.commons.models import Place, User
from terreau.deliberate.enums import Channel, Eligibility
from terreau.deliberate.models import Participant, Process

from .writing import NotAllowed


def new_secret() -> str:
    """What her browser or her private link holds; only a digest of it is kept, another one in each process."""
    return get_random_string(32)


def digest_of(process: Process, secret: str) -> str:
    return digest_of_slug(process.slug, secret)


def digest_of_slug(slug: str, secret: str) -> str:
    return hashlib.sha256(f"{slug}:{secret}".encode()).hexdigest()


@transaction.atomic
def take_part(
    *,
    process: Process,
    by: User | None,
    secret: str = "",
    college: str = "",
    place: Place | None = None,
    channel: str = Channel.WEB,
) -> Participant:
    """The participant that this account or this secret is, written at the first act. Raises NotAllowed.

    A college or a place that is given replaces the former one: she may correct herself.
    """
    known: dict[str, Any]
    if by is not None:
        known = {"user": by}
    elif secret:
        known = {"secret_digest": digest_of(process, secret)}
    else:
        raise ValueError("an account or a secret")
    row = Participant.objects.filter(process=process, **known).first()
    if row is None:
        _check_may_join(process, by)
        row, _new = Participant.objects.get_or_create(
            process=process, **known, defaults={"channel": channel, "joined_on": timezone.localdate()}
        )
    if (college and college != row.college) or (place and place != row.place):
        row.college, row.place = college or row.college, place or row.place
        row.save(update_fields=["college", "place"])
    return row


def _check_may_join(process: Process, by: User | None) -> None:
    if process.eligibility == Eligibility.MEMBERS and by is None:
        raise NotAllowed(_("Cette démarche demande un compte : connectez-vous, puis recommencez."))
    if process.eligibility == Eligibility.INVITED and not (
        by is not None and process.roles.filter(user=by, ended_at__isnull=True).exists()
    ):
        raise NotAllowed(
            _("Cette démarche est ouverte aux personnes invitées : écrivez à ses animateurs pour en être.")
        )
