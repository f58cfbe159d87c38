"""Interests that people with a role declared in a process."""

from django.db.models import QuerySet

from terreau.commons.models import User
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Interest, Process, Proposal, Text


def interests_of(process: Process) -> "QuerySet[Interest]":
    """All that were ever declared, the ended ones too, with the file that each is about."""
    return process.interests.select_related("proposal", "text").order_by("declared_at", "pk")


def locking_interest(
    user: User | None, process: Process, *, proposal: Proposal | None = None, text: Text | None = None
) -> Interest | None:
    """The declared interest that locks this file for this person: in it, or in the whole process."""
    if user is None or user.pk is None:
        return None
    for interest in interests_of(process).filter(user=user, ended_at__isnull=True):
        is_whole = interest.proposal_id is None and interest.text_id is None
        if is_whole or (proposal is not None and interest.proposal_id == proposal.pk):
            return interest
        if text is not None and interest.text_id == text.pk:
            return interest
    return None


def files_of(process: Process) -> list[tuple[str, str]]:
    """The files in which an interest may be declared: a key and a name."""
    proposals = Proposal.objects.filter(process=process, moderation=Moderation.PUBLISHED).prefetch_related(
        "versions"
    )
    told = [(f"text:{text.token}", text.title) for text in process.texts.all()]
    for proposal in proposals:
        last = list(proposal.versions.all())[-1:]
        told.append((f"proposal:{proposal.token}", f"{proposal.number}. {last[0].title if last else ''}"))
    return told
