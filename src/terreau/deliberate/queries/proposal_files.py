"""The whole file of a proposal, as its JSON file and the API give it."""

from typing import Any

from terreau.deliberate.models import Proposal, Reply, ShowOfHands

from .proposals import college_label, counts_of, versions_of
from .replies import replies_of


def file_of(found: Proposal, *, is_hidden: bool) -> dict[str, Any]:
    """Versions, counts, replies. ``found``: with its current words. ``is_hidden``: no count may be said yet."""
    return {
        "process": found.process.slug,
        "number": found.number,
        "token": found.token,
        "state": found.state,
        "motive": found.motive,
        "versions": [_version(one) for one in versions_of(found)] if found.is_published else [],
        "statements": list(found.statements.order_by("number").values_list("number", flat=True)),
        "supports": None if is_hidden else found.support_count or 0,  # type: ignore[attr-defined]
        "judged_on": found.judged_on,
        "meeting": found.meeting,
        "withdrawn_because": found.withdrawn_because,
        "hands": None if is_hidden else [_hands(one) for one in counts_of(found)],
        "reply_by": found.process.reply_by,
        "replies": [_reply(one) for one in replies_of(found)],
    }


def _hands(one: ShowOfHands) -> dict[str, Any]:
    return {
        "college": one.college or None,
        "label": college_label(one),
        "in_favour": one.in_favour,
        "against": one.against,
        "abstained": one.abstained,
    }


def _version(one: Any) -> dict[str, Any]:
    return {"number": one.number, "title": one.title, "words": one.words, "at": one.at}


def _reply(one: Reply) -> dict[str, Any]:
    return {
        "number": one.number,
        "is_current": one.is_current,
        "answer": one.answer,
        "reasons": one.reasons,
        "in_the_name_of": one.in_the_name_of,
        "at": one.at,
        "commitments": [row.token for row in one.commitments.all()],
        "no_commitment_because": one.no_commitment_because,
    }
