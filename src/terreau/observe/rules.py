"""May this person…? What the table of addresses cannot say, because it depends on the organisation asked for."""

from terreau.commons.enums import Role
from terreau.commons.models import Party, User
from terreau.observe.models import Claim
from terreau.observe.queries.corrections import accepted_of

ACCEPTED_TO_BE_KNOWN = 3
"""Corrections accepted by somebody else, after which a member's own are published first and read later."""


def may_review(by: User | None) -> bool:
    """Stewards answer corrections, undo them, and choose among values."""
    return by is not None and by.has_role(Role.STEWARD)


def publishes_first(by: User | None, party: Party | None) -> bool:
    """Strangers are reviewed first; stewards, the custodian of this party and known members are not."""
    if by is None or not by.is_active:
        return False
    if may_review(by):
        return True
    if party is not None and Claim.objects.filter(party=party, user=by, state=Claim.State.GRANTED).exists():
        return True
    return accepted_of(by) >= ACCEPTED_TO_BE_KNOWN
