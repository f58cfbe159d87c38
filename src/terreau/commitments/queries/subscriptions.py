"""Who follows what falls due; the secrets of the links that act on a subscription, each for one purpose."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from terreau.commitments.models import LastDigest, Subscription
from terreau.commons.enums import Diffusion
from terreau.commons.models import JournalEntry, User

from .topics import topic_label

CONFIRM, STOP, ANSWER, TAKE_PART = "confirm", "stop", "answer", "take-part"


def secret_of(purpose: str, token: str) -> str:
    """Made again from the key of the site: nothing is kept."""
    return salted_hmac(f"terreau.subscription.{purpose}", token, algorithm="sha256").hexdigest()[:32]


def is_secret_of(purpose: str, token: str, secret: str) -> bool:
    return constant_time_compare(secret_of(purpose, token), secret)


def address_key(address: str) -> str:
    return salted_hmac("terreau.digest", address.lower(), algorithm="sha256").hexdigest()


def find_subscription(token: str) -> Subscription | None:
    return Subscription.objects.select_related("user", "party", "place", "item").filter(token=token).first()


def reader_of(subscription: Subscription) -> User | None:
    """The account that reads that address, whether it subscribed itself or not: what is locked for it stays so."""
    return User.objects.filter(email__iexact=subscription.address, is_active=True).first()


def confirmed_subscriptions() -> "QuerySet[Subscription]":
    """Those to write to; what is masked is followed by nobody, until it is shown again."""
    return (
        Subscription.objects.filter(confirmed_at__isnull=False)
        .filter(Q(user__isnull=True) | Q(user__is_active=True))
        .exclude(party__diffusion=Diffusion.MASKED)
        .select_related("user", "party", "place", "item__programme")
    )


def subscriptions_to(address: str) -> "QuerySet[Subscription]":
    """Every one that writes there, confirmed or not."""
    rows = Subscription.objects.select_related("user", "party", "place", "item__programme")
    return rows.filter(Q(email__iexact=address) | Q(user__email__iexact=address))


def subscriptions_by_address() -> dict[str, list[Subscription]]:
    found: dict[str, list[Subscription]] = {}
    for one in confirmed_subscriptions():
        found.setdefault(one.address.lower(), []).append(one)
    return found


def asked_by(subscription: Subscription) -> dict[str, str]:
    """Its scope, in the words of the list's filters."""
    if subscription.party:
        return {"acteur": subscription.party.public_id}
    if subscription.place:
        return {"territoire": f"{subscription.place.zoning_id}:{subscription.place.code}"}
    if subscription.item:
        return {"programme": subscription.item.programme.slug, "point": subscription.item.code}
    return {}


def scope_label(subscription: Subscription) -> str:
    if subscription.topic:
        return topic_label(subscription) or _("une démarche qui n’est plus affichée")
    if subscription.party:
        is_shown = subscription.party.diffusion != Diffusion.MASKED
        return subscription.party.name if is_shown else _("une organisation qui n’est plus affichée")
    if subscription.place:
        return subscription.place.name
    if subscription.item:
        return str(subscription.item.said("title"))
    return _("ce que portent vos organisations") if subscription.is_own else _("tous les engagements")


def subscriptions_held_on(user: User) -> list[dict[str, Any]]:
    return [
        {
            "scope": scope_label(one),
            "created_at": one.created_at.isoformat(),
            "confirmed_at": one.confirmed_at.isoformat() if one.confirmed_at else None,
        }
        for one in subscriptions_to(user.email)
    ]


def last_digest(address: str) -> LastDigest | None:
    return LastDigest.objects.filter(address_key=address_key(address)).first()


def last_run() -> JournalEntry | None:
    """The last time that `terreau digest` ran."""
    return JournalEntry.objects.filter(verb="send-digests").order_by("-pk").first()
