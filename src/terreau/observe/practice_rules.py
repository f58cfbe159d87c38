"""Who may do what about the word of an organisation and its practices: one table, read by pages and by actions.

Never by oneself: whoever speaks or spoke for an organisation neither confirms its practices nor judges what is said
against them; whoever asks to speak for it does not send herself the letter.
"""

from django.contrib.auth.models import AnonymousUser

from terreau.commons.enums import Role
from terreau.commons.models import Party, User
from terreau.observe.models import Claim
from terreau.observe.queries.custodians import parties_of

VISITOR, MEMBER, CUSTODIAN, PEER, STEWARD = "visitor", "member", "custodian", "peer", "steward"

ALLOWED: dict[str, frozenset[str]] = {
    "ask_claim": frozenset({MEMBER}),
    "declare": frozenset({CUSTODIAN}),
    "give_evidence": frozenset({CUSTODIAN}),
    "withdraw": frozenset({CUSTODIAN}),
    "reply": frozenset({CUSTODIAN}),
    "confirm": frozenset({PEER}),
    "contradict": frozenset({VISITOR, MEMBER}),
    "close_contradiction": frozenset({STEWARD}),
    "send_letter": frozenset({STEWARD}),
    "end_claim": frozenset({STEWARD}),
}


def ties_with(user: User | AnonymousUser | None, party: Party) -> frozenset[str]:
    """What this person is to ``party``."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset({VISITOR})
    claims = list(Claim.objects.filter(user=user, party=party))
    ties = {MEMBER}
    if any(claim.state == Claim.State.GRANTED for claim in claims):
        ties.add(CUSTODIAN)
    has_spoken = any(claim.answered_at for claim in claims)
    if not has_spoken and parties_of(user).exclude(pk=party.pk).exists():
        ties.add(PEER)
    is_asking = any(claim.state == Claim.State.OPEN for claim in claims)
    if user.has_role(Role.STEWARD) and not has_spoken and not is_asking:
        ties.add(STEWARD)
    return frozenset(ties)


def may(user: User | AnonymousUser | None, act: str, party: Party) -> bool:
    return bool(ALLOWED[act] & ties_with(user, party))
