"""Mail to those who took part with an account. Who declared an interest in a file is not written to about it."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from terreau.commons.actions.mail import queue_mail
from terreau.commons.models import User
from terreau.deliberate.models import Text

from .writing import subject_of


def tell_of_text(*, text: Text, users: Iterable[User], words: str, address: str, by: User | None) -> int:
    """Returns how many were written to. ``address``: of the page to read, absolute."""
    locked = set(
        text.process.interests.filter(
            Q(text=text) | Q(text__isnull=True, proposal__isnull=True), ended_at__isnull=True
        ).values_list("user_id", flat=True)
    )
    told = 0
    for user in {user.pk: user for user in users}.values():
        if not user.is_active or user.pk in locked or (by is not None and user.pk == by.pk):
            continue
        queue_mail(
            to=user.email,
            subject=_("Démarche « %s »") % text.process.title,
            body="\n\n".join(filter(None, [words, address])),
            about=f"person:{user.pk} {subject_of(text.process)} text:{text.token}",
            by=by,
        )
        told += 1
    return told
