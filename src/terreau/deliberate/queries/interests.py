"""Interests that people with a role declared in a process."""

from dataclasses import dataclass

from django.db.models import QuerySet

from terreau.commons.models import User
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Contribution, Interest, Process, Proposal, Statement, Text


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


def whole_interest(user: User | None, slug: str) -> Interest | None:
    """The one declared in the whole process, which closes it to her but for its mandate."""
    if user is None or user.pk is None:
        return None
    whole = {"proposal__isnull": True, "text__isnull": True, "ended_at__isnull": True}
    return Interest.objects.filter(user=user, process__slug=slug, **whole).select_related("process").first()


@dataclass(frozen=True)
class Locks:
    """What her declared interests lock, to ask of many rows: primary keys."""

    processes: frozenset[int] = frozenset()
    proposals: frozenset[int] = frozenset()
    texts: frozenset[int] = frozenset()

    def hold(self, row: Statement | Contribution | Proposal) -> bool:
        if isinstance(row, Contribution):
            return row.text.process_id in self.processes or row.text_id in self.texts
        is_own = isinstance(row, Proposal) and row.pk in self.proposals
        return is_own or row.process_id in self.processes


def locks_of(user: User | None) -> Locks:
    if user is None or user.pk is None:
        return Locks()
    held = Interest.objects.filter(user=user, ended_at__isnull=True)
    rows = list(held.values_list("process_id", "proposal_id", "text_id"))
    return Locks(
        frozenset(process for process, proposal, text in rows if proposal is None and text is None),
        frozenset(proposal for _process, proposal, _text in rows if proposal is not None),
        frozenset(text for _process, _proposal, text in rows if text is not None),
    )


def files_of(process: Process, locks: Locks) -> list[tuple[str, str]]:
    """The files in which an interest may be declared: a key and a name. Not those that are locked already."""
    if process.pk in locks.processes:
        return []
    proposals = Proposal.objects.filter(process=process, moderation=Moderation.PUBLISHED).prefetch_related(
        "versions"
    )
    told = [(f"text:{one.token}", one.title) for one in process.texts.exclude(pk__in=locks.texts)]
    for proposal in proposals.exclude(pk__in=locks.proposals):
        last = list(proposal.versions.all())[-1:]
        told.append((f"proposal:{proposal.token}", f"{proposal.number}. {last[0].title if last else ''}"))
    return told
