"""May this person…? What the table of addresses cannot say, because it depends on the organisation asked for.

One table, read by pages and by actions, of who may do what about the word of an organisation and its practices. Never
by oneself: whoever speaks or spoke for an organisation neither confirms its practices nor judges what is said against
them; whoever asks to speak for it does not send herself the letter.
"""

from django.contrib.auth.models import AnonymousUser

from terreau.commons.enums import Role
from terreau.commons.models import Party, User
from terreau.commons.queries.people import holders_of
from terreau.observe.models import Claim, Confirmation, Contradiction, Correction, Practice
from terreau.observe.queries.corrections import accepted_of
from terreau.observe.queries.custodians import parties_of

ACCEPTED_TO_BE_KNOWN = 3
"""Corrections accepted by somebody else, after which a member's own are published first and read later."""

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
    "publish_first": frozenset({CUSTODIAN}),
    "erase_own_words": frozenset({CUSTODIAN, STEWARD}),
    "erase_words_of_others": frozenset({STEWARD}),
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


def may_erase_words(user: User | AnonymousUser | None, row: Practice | Confirmation | Contradiction) -> bool:
    """Whoever wrote them, who speaks now for the organisation that said them, a steward at the request of either."""
    if not isinstance(user, User) or not user.is_active:
        return False
    if isinstance(row, Practice):
        return row.declared_by_id == user.pk or (
            row.party is not None and may(user, "erase_own_words", row.party)
        )
    party = row.practice.party
    if party is not None and may(user, "erase_words_of_others", party):
        return True
    if isinstance(row, Contradiction):
        return row.author_id == user.pk
    return row.confirmed_by_id == user.pk or row.peer in parties_of(user)


def may_review(by: User | None) -> bool:
    """Stewards answer corrections, undo them, and choose among values."""
    return by is not None and by.has_role(Role.STEWARD)


def may_judge_appeal(by: User | AnonymousUser | None, correction: Correction) -> bool:
    """A second steward: not the one who refused, nor the author, nor who speaks or spoke for the organisation."""
    if not isinstance(by, User) or not by.is_active or not by.has_role(Role.STEWARD):
        return False
    if by.pk in (correction.answered_by_id, correction.author_id):
        return False
    return correction.party is None or STEWARD in ties_with(by, correction.party)


def has_second_steward(correction: Correction) -> bool:
    """Whether anybody may judge an appeal against its refusal."""
    return any(may_judge_appeal(one, correction) for one in holders_of(Role.STEWARD))


def publishes_first(by: User | None, party: Party | None) -> bool:
    """Strangers are reviewed first; stewards, the custodian of this party and known members are not."""
    if by is None or not by.is_active:
        return False
    if may_review(by) or (party is not None and may(by, "publish_first", party)):
        return True
    return accepted_of(by) >= ACCEPTED_TO_BE_KNOWN
