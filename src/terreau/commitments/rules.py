"""May this person…? Who speaks for a party, the observatory says: the portal registers how to ask."""

from collections.abc import Callable
from typing import Any, cast

from django.db.models import Exists, OuterRef, Q, QuerySet

from terreau.commitments.enums import State
from terreau.commitments.models import Commitment
from terreau.commons.enums import Role
from terreau.commons.models import Party, RoleGrant, User

KEEPERS = (Role.FACILITATOR, Role.STEWARD)

_parties_of: "list[Callable[[User], QuerySet[Party]]]" = []


def register_speaker(parties_of: "Callable[[User], QuerySet[Party]]") -> None:
    """``parties_of(user)``: those that she speaks for. One question for the whole site, given when it starts."""
    _parties_of[:] = [parties_of]


def spoken_for(user: User | None) -> "QuerySet[Party]":
    """The parties for which she speaks."""
    return _parties_of[0](user) if user is not None and _parties_of else Party.objects.none()


def speaks_for(user: User | None, party: Party | None) -> bool:
    return user is not None and party is not None and spoken_for(user).filter(pk=party.pk).exists()


def is_keeper(user: User | None) -> bool:
    """Facilitators and stewards keep the register: they write what a meeting promised."""
    return user is not None and any(user.has_role(role) for role in KEEPERS)


def may_see(user: User | None, commitment: Commitment) -> bool:
    """Everybody reads what was ever open; a draft, whoever may write it."""
    return not commitment.is_draft or may_write(user, commitment)


def may_write(user: User | None, commitment: Commitment) -> bool:
    """Whoever keeps the register, speaks for its owner, or wrote the draft."""
    if user is None or not user.is_active:
        return False
    if is_keeper(user) or speaks_for(user, commitment.owner):
        return True
    return commitment.is_draft and commitment.created_by_id == user.pk


def may_open(user: User | None, commitment: Commitment) -> bool:
    """A member may write a draft about anybody; a promise is published by who keeps the register, or by its owner."""
    return is_keeper(user) or speaks_for(user, commitment.owner)


def may_erase(user: User | None) -> bool:
    """Words of a person leave the register by whoever answers for personal data."""
    return user is not None and (user.has_role(Role.STEWARD) or user.has_role(Role.ADMINISTRATOR))


def drafts_waiting() -> "QuerySet[Commitment]":
    """Whole drafts that their author may not publish: they wait for who keeps the register, the oldest first."""
    author = cast(Any, OuterRef(OuterRef("created_by")))  # one question for all their authors at once
    keeps = Exists(RoleGrant.objects.filter(user=OuterRef("created_by"), role__in=KEEPERS))
    speaks = Exists(spoken_for(author).filter(pk=OuterRef("owner")))
    whole = Q(due_on__isnull=False) & (Q(target__isnull=False) | ~Q(deliverable=""))
    drafts = Commitment.objects.filter(whole, state=State.DRAFT, created_by__isnull=False)
    return drafts.exclude(keeps).exclude(speaks).order_by("created_at")
