"""To be told what falls due: asked for, confirmed by a mail, stopped in one gesture. A stopped one leaves nothing."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from terreau.commitments.models import LastDigest, Subscription
from terreau.commitments.queries.subscriptions import (
    CONFIRM,
    address_key,
    scope_label,
    secret_of,
    subscriptions_to,
)
from terreau.commons.actions import write_journal
from terreau.commons.actions.mail import forget_mail, queue_mail
from terreau.commons.models import User
from terreau.lake.turn import take_turn

KEPT_UNCONFIRMED = dt.timedelta(days=7)
MOST_FOR_ONE = 20
SCOPES = ("party", "place", "item")


def _about(subscription: Subscription) -> str:
    return f"subscription:{subscription.token}"


@transaction.atomic
def subscribe(
    *,
    address: str = "",
    is_own: bool = False,
    link_to: Callable[[str, str], str],
    by: User | None,
    **scope: Any,
) -> None:
    """``by``: an account, whose address is known; else ``address`` gets a mail with a link that confirms.

    ``scope``: one of SCOPES, ``topic``, or nothing: every commitment. ``link_to(token, secret)``: that link. Tells
    nothing: who asks does not learn whether an address was there already.
    """
    take_turn("subscriptions")  # else asked twice at once, it would be there twice
    email = address.strip().lower() if by is None else ""
    wanted = {name: scope.get(name) for name in SCOPES} | {"is_own": is_own, "topic": scope.get("topic", "")}
    there = subscriptions_to(by.email if by else email)
    same = next((one for one in there if all(getattr(one, k) == v for k, v in wanted.items())), None)
    if same is None and len(there) >= MOST_FOR_ONE:
        return
    if same is not None and same.confirmed_at is not None:
        return
    row = same or Subscription(email=email, user=by, language=get_language() or "fr", **wanted)
    if by is not None:
        row.confirmed_at = timezone.now()
    row.save()
    write_journal(verb="subscribe", subject=_about(row), by=by)
    if by is None:
        queue_mail(
            to=email,
            subject=_("Confirmez votre abonnement"),
            body=_confirmation(row, link_to(row.token, secret_of(CONFIRM, row.token))),
            about=_about(row),
            by=None,
        )


def _confirmation(row: Subscription, link: str) -> str:
    return _(
        "Bonjour,\n\nQuelqu’un, vous sans doute, demande à suivre à cette adresse (un message par semaine au plus) : "
        "%(scope)s.\n\nPour l’accepter, ouvrez cette page et confirmez :\n%(link)s\n\n"
        "Sinon, ne faites rien : l’adresse est oubliée dans sept jours.\n"
    ) % {"scope": scope_label(row), "link": link}


@transaction.atomic
def confirm_subscription(*, subscription: Subscription, by: User | None) -> None:
    changed = Subscription.objects.filter(pk=subscription.pk, confirmed_at__isnull=True)
    if changed.update(confirmed_at=timezone.now()):
        write_journal(verb="confirm-subscription", subject=_about(subscription), by=by)


@transaction.atomic
def stop_subscription(*, subscription: Subscription, everything: bool, by: User | None) -> None:
    """Delete it; with ``everything``, every other one to the same address too."""
    rows = list(subscriptions_to(subscription.address)) if everything else [subscription]
    for row in rows:
        forget_mail(about=_about(row), by=None)
        Subscription.objects.filter(pk=row.pk).delete()
    write_journal(verb="stop-subscription", subject=_about(subscription), by=by, count=len(rows))


@transaction.atomic
def forget_unconfirmed(*, by: User | None) -> int:
    """Addresses that nobody confirmed in a week."""
    old = Subscription.objects.filter(
        confirmed_at__isnull=True, created_at__lt=timezone.now() - KEPT_UNCONFIRMED
    )
    rows = list(old)
    return _forget(rows, by)


@transaction.atomic
def forget_address(*, address: str, by: User | None) -> int:
    """All that is known of an address here: for whoever leaves."""
    LastDigest.objects.filter(address_key=address_key(address)).delete()
    return _forget(list(subscriptions_to(address)), by)


def _forget(rows: list[Subscription], by: User | None) -> int:
    for row in rows:
        forget_mail(about=_about(row), by=None)
    Subscription.objects.filter(pk__in=[row.pk for row in rows]).delete()
    if rows:
        write_journal(verb="forget-subscriptions", by=by, count=len(rows))
    return len(rows)
