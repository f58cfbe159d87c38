"""May this person…? Separate roles (trap 1), and files that a declared interest locks (trap 2)."""

import datetime as dt

from terreau.commitments.models import Programme
from terreau.commitments.rules import speaks_for
from terreau.commons.enums import Role
from terreau.commons.models import User
from terreau.deliberate.enums import Moderation, Power
from terreau.deliberate.models import Contribution, Participant, Process, Proposal, Statement, Text
from terreau.deliberate.queries.interests import locking_interest
from terreau.deliberate.queries.proposals import JUDGED

STARTERS = (Role.FACILITATOR, Role.STEWARD)
MODERATORS = (Role.MODERATOR, Role.STEWARD)


def may_start(user: User | None) -> bool:
    """Facilitators and stewards of the site start processes."""
    return user is not None and user.is_active and any(user.has_role(role) for role in STARTERS)


def may_resonate(user: User | None, programme: Programme) -> bool:
    """Say what its actions serve: who keeps the table, and who speaks for its author."""
    return may_start(user) or speaks_for(user, programme.party)


def powers_of(user: User | None, process: Process) -> frozenset[str]:
    """The roles that she holds now on this process."""
    if user is None or not user.is_active:
        return frozenset()
    held = process.roles.filter(user=user, ended_at__isnull=True)
    return frozenset(held.values_list("power", flat=True))


def may_see(user: User | None, process: Process) -> bool:
    """Everybody reads what was ever public; a draft, whoever has a role in it or wrote it."""
    if not process.is_draft:
        return True
    return user is not None and (process.created_by_id == user.pk or bool(powers_of(user, process)))


def may_facilitate(user: User | None, process: Process) -> bool:
    """Steps, meetings, roles; never what people write."""
    return Power.FACILITATOR in powers_of(user, process)


def may_examine(user: User | None, process: Process) -> bool:
    """Say what is kept of contributions, and publish the next version of a text."""
    return Power.EXAMINER in powers_of(user, process)


def may_decide(user: User | None, process: Process) -> bool:
    """Reply to adopted proposals, and enter the number of the deliberation."""
    return Power.DECIDER in powers_of(user, process)


def may_draw(user: User | None, process: Process) -> bool:
    """Draw a proposal from statements: what they say stays as it was written."""
    return bool({Power.FACILITATOR, Power.EXAMINER} & powers_of(user, process))


def may_rewrite(user: User | None, participant: Participant | None, proposal: Proposal) -> bool:
    """Its author, and nobody else; what was drawn from statements, whoever drew it."""
    if proposal.author_id is not None:
        return participant is not None and participant.pk == proposal.author_id
    return user is not None and proposal.entered_by_id == user.pk and may_draw(user, proposal.process)


def may_take_words_back(user: User | None, participant: Participant | None, proposal: Proposal) -> bool:
    """Its author, at any time. What was drawn from statements belongs to nobody once a meeting has judged it: a
    facilitator has no power over what was adopted.
    """
    is_drawn_and_judged = proposal.author_id is None and proposal.state in JUDGED
    return may_rewrite(user, participant, proposal) and not is_drawn_and_judged


def is_moderator(user: User | None) -> bool:
    """Reviews the words of strangers. Never of what she wrote herself (``may_review``)."""
    return user is not None and user.is_active and any(user.has_role(role) for role in MODERATORS)


def may_review(user: User | None, row: "Statement | Contribution | Proposal") -> bool:
    if not is_moderator(user):
        return False
    return user is not None and user.pk not in {row.entered_by_id, row.author.user_id if row.author else None}


def may_judge_appeal(user: User | None, row: "Statement | Contribution | Proposal") -> bool:
    """A second person, never the one that refused."""
    return may_review(user, row) and user is not None and row.moderated_by_id != user.pk


def is_known(user: User | None) -> bool:
    """Publishes first, is reviewed after: a role on the site, or words that were published once."""
    if user is None or not user.is_active:
        return False
    if user.roles - {Role.MEMBER.value}:
        return True
    published = {"author__user": user, "moderation": Moderation.PUBLISHED}
    return any(model.objects.filter(**published).exists() for model in (Contribution, Statement, Proposal))


def is_locked(
    user: User | None, process: Process, *, proposal: Proposal | None = None, text: Text | None = None
) -> bool:
    """A declared interest in this file, or in the whole process, locks it for its holder: on the page, in the API,
    in exports, in mail.
    """
    return locking_interest(user, process, proposal=proposal, text=text) is not None


def are_results_hidden(process: Process, now: dt.datetime) -> bool:
    """No count of votes or supports, to anybody, administrators included (trap 10)."""
    return not process.shows_results_at(now)
