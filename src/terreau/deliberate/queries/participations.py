"""What deliberation holds on an account, for its export."""

from typing import Any

from terreau.commons.models import User
from terreau.deliberate.models import Contribution, Interest, Participant, ProcessRole, Proposal, Statement


def participations_held_on(user: User) -> dict[str, Any]:
    """Everything that names her, as JSON holds it."""
    return {
        "roles": list(ProcessRole.objects.filter(user=user).values("process__slug", "power", "shown_name")),
        "interests": list(Interest.objects.filter(user=user).values("process__slug", "words")),
        "participations": [_participation(one) for one in Participant.objects.filter(user=user)],
        "statements": list(_words(Statement, user).values_list("words", flat=True)),
        "contributions": list(_words(Contribution, user).values("words", "why")),
        "proposals": list(_words(Proposal, user).values("versions__title", "versions__words")),
    }


def _words(model: Any, user: User) -> Any:
    return model.objects.filter(author__user=user)


def _participation(row: Participant) -> dict[str, Any]:
    return {
        "process": row.process.slug,
        "college": row.college,
        "shown_name": row.shown_name,
        "opinions": dict(row.votes.values_list("statement__number", "value")),
    }
