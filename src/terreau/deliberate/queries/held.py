"""What deliberation holds on one person, for her own export."""

from typing import Any

from terreau.commons.models import User
from terreau.deliberate.models import Contribution, Proposal, Statement, Vote


def deliberations_held_on(user: User) -> dict[str, Any]:
    """Her roles, her interests, how she took part, and what she wrote; her opinions too: they are hers to read."""
    mine = {"author__user": user}
    return {
        "roles": list(
            user.process_roles.values(
                "process__slug", "power", "shown_name", "college", "given_at", "ended_at"
            )
        ),
        "interests": list(
            user.interests.values(
                "process__slug", "shown_name", "words", "declared_at", "ended_at", "ended_because"
            )
        ),
        "participations": list(
            user.participants.values(
                "process__slug", "token", "college", "channel", "shown_name", "joined_on"
            )
        ),
        "statements": list(Statement.objects.filter(**mine).values("process__slug", "token", "words", "at")),
        "contributions": list(
            Contribution.objects.filter(**mine).values("text__process__slug", "token", "words", "why", "at")
        ),
        "proposals": list(
            Proposal.objects.filter(**mine).values(
                "process__slug", "token", "versions__number", "versions__title", "versions__words", "at"
            )
        ),
        "opinions": list(
            Vote.objects.filter(participant__user=user).values(
                "statement__process__slug", "statement__words", "value"
            )
        ),
    }
