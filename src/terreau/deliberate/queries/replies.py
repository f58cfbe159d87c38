"""Replies that are due, and those that were given: to the day after the date, exactly the unanswered are late."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from terreau.commitments.queries.reserve import Reserve, reserve_on
from terreau.commons.enums import Nature, PartyKind
from terreau.commons.models import User
from terreau.deliberate.enums import Power, ProposalState
from terreau.deliberate.models import Process, ProcessRole, Proposal, Reply

from .proposals import visible_proposals, with_current_words


@dataclass(frozen=True)
class Due:
    """A reply that is owed on a day. ``late``: in days; 0 up to and on the last day."""

    proposal: Proposal
    by: dt.date
    late: int


def adopted_proposals() -> "QuerySet[Proposal]":
    """Each is owed a reply."""
    return with_current_words(visible_proposals().filter(state=ProposalState.ADOPTED))


def unanswered(proposals: "QuerySet[Proposal]") -> "QuerySet[Proposal]":
    """By date of reply, the oldest debt first."""
    given = Reply.objects.filter(proposal=OuterRef("pk"), is_current=True)
    found = proposals.filter(~Exists(given)).select_related("process", "process__decider")
    return found.order_by(F("process__reply_by").asc(nulls_last=True), "process", "number")


def replies_due(*, process: Process | None = None) -> "QuerySet[Proposal]":
    """Of a process, or of the whole site but for what is fictional."""
    adopted = adopted_proposals()
    if process is not None:
        return unanswered(adopted.filter(process=process))
    return unanswered(adopted.filter(process__is_demonstration=False))


def due_on(day: dt.date, proposals: Iterable[Proposal]) -> list[Due]:
    """``proposals``: with their process, all owed a reply."""
    return [_due(one, day) for one in proposals]


def _due(proposal: Proposal, day: dt.date) -> Due:
    by = proposal.process.reply_by
    assert by is not None  # a public mandate has one: a constraint of the database
    return Due(proposal, by, max(0, (day - by).days))


def count_late(proposals: "QuerySet[Proposal]", day: dt.date) -> int:
    return proposals.filter(process__reply_by__lt=day).count()


def answered_in(process: Process) -> "QuerySet[Reply]":
    """The replies in force, in the order of the proposals."""
    found = Reply.objects.filter(proposal__in=visible_proposals().filter(process=process), is_current=True)
    return found.prefetch_related("commitments").order_by("proposal__number")


def replies_of(proposal: Proposal) -> "QuerySet[Reply]":
    """The one in force first, then the former ones."""
    return proposal.replies.prefetch_related("commitments").order_by("-number")


def owed_by(user: User) -> "QuerySet[Proposal]":
    """As a decider. Those that her interest locks too: she must know that somebody else answers them."""
    held = ProcessRole.objects.filter(user=user, power=Power.DECIDER, ended_at__isnull=True)
    return unanswered(adopted_proposals().filter(process__in=held.values("process")))


def put_forward(proposals: "QuerySet[Proposal]", day: dt.date) -> "QuerySet[Proposal]":
    """What a feed may tell on ``day``. During an electoral reserve, nothing of what a public body decides where one
    votes: late or not, as for its commitments. Pages show everything.
    """
    reserve = reserve_on(day)
    if reserve is None:
        return proposals
    return proposals.exclude(process__in=Process.objects.filter(_unpromoted(reserve)).values("pk"))


def _unpromoted(reserve: Reserve) -> Q:
    """A decider outside the directory is taken for a public body, as those that decide in law mostly are."""
    public = Q(decider__kind=PartyKind.PUBLIC_BODY) | Q(decider__nature=Nature.PUBLIC)
    return (public | Q(decider__isnull=True)) & reserve.voting()
