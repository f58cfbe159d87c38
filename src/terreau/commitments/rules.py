"""May this person…? Who speaks for a party, the observatory says: the portal registers how to ask."""

from collections.abc import Callable

from django.db.models import QuerySet

from terreau.commitments.models import Commitment
from terreau.commons.enums import Role
from terreau.commons.models import Party, User

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
    return user is not None and (user.has_role(Role.FACILITATOR) or user.has_role(Role.STEWARD))


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
