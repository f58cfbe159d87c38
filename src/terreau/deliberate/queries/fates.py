"""What became of a statement: the proposals drawn from it, the reply to each, the commitments of the reply."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, QuerySet, Subquery

from terreau.commitments.models import Commitment
from terreau.commitments.queries.commitments import visible_commitments
from terreau.commons.models import User
from terreau.deliberate.enums import Moderation, ProposalState
from terreau.deliberate.models import Interest, Process, Proposal, ProposalVersion, Reply, Statement


@dataclass(frozen=True)
class Fate:
    proposal: Proposal
    title: str
    reply: Reply | None
    commitments: list[Commitment]


def statements_by_number(process: Process) -> dict[str, Statement]:
    return {str(one.number): one for one in process.statements.order_by("number")}


def fates_of(process: Process, user: User | None) -> dict[int, list[Fate]]:
    """Statement → what became of it. A file that her interest locks is not told to her."""
    links = Proposal.statements.through.objects.filter(proposal__in=_told_proposals(process, user))
    pairs = list(links.values_list("statement_id", "proposal_id"))
    proposals = {
        one.pk: Fate(one, one.last_title if one.is_published and not one.is_erased else "", *_answer(one))
        for one in _with_answers(Proposal.objects.filter(pk__in={proposal for _, proposal in pairs}))
    }
    found: dict[int, list[Fate]] = defaultdict(list)
    for statement, proposal in sorted(pairs, key=lambda pair: proposals[pair[1]].proposal.number):
        found[statement].append(proposals[proposal])
    return dict(found)


def _told_proposals(process: Process, user: User | None) -> "QuerySet[Proposal]":
    """Public ones; what a meeting judged stays known, whatever review says of its words after."""
    judged = Q(state__in=(ProposalState.ADOPTED, ProposalState.NOT_ADOPTED))
    told = process.proposals.filter(judged | Q(moderation=Moderation.PUBLISHED))
    if user is None:
        return told
    own = Interest.objects.filter(process=process, user=user, ended_at__isnull=True)
    return told.exclude(pk__in=own.filter(proposal__isnull=False).values("proposal"))


def _with_answers(proposals: "QuerySet[Proposal]") -> "QuerySet[Any]":
    last = ProposalVersion.objects.filter(proposal=OuterRef("pk")).order_by("-number").values("title")[:1]
    replies = Reply.objects.filter(is_current=True).prefetch_related(
        Prefetch("commitments", queryset=visible_commitments().order_by("pk"))
    )
    return proposals.annotate(last_title=Subquery(last)).prefetch_related(
        Prefetch("replies", queryset=replies, to_attr="replies_in_force")
    )


def _answer(proposal: Any) -> tuple[Reply | None, list[Commitment]]:
    reply = next(iter(proposal.replies_in_force), None)
    return reply, list(reply.commitments.all()) if reply else []
