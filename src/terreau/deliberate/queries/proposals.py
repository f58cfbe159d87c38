"""Proposals of a process, as a page may show them: their words now, their supports, how they were judged."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from terreau.commons.enums import College
from terreau.commons.models import User
from terreau.deliberate.enums import TAKING_PART, Moderation, ProposalState, State
from terreau.deliberate.models import (
    Participant,
    Process,
    Proposal,
    ProposalSupport,
    ProposalVersion,
    ShowOfHands,
    Step,
)

from .interests import locks_of

JUDGED = (ProposalState.ADOPTED, ProposalState.NOT_ADOPTED)


def visible_proposals() -> "QuerySet[Proposal]":
    """Those that everybody may know of: published, refused with a motive, or judged by a meeting.

    A meeting's decision stays, whatever review says of the words afterwards: a debt does not vanish with them.
    """
    shown = Q(moderation__in=(Moderation.PUBLISHED, Moderation.REFUSED)) | Q(state__in=JUDGED)
    return Proposal.objects.exclude(process__state=State.DRAFT).filter(shown)


def shows_counts(now: dt.datetime, process: str) -> Q:
    """As ``Process.shows_results_at`` says it, of rows: ``process``, the path from a row to it."""
    taken = Step.objects.filter(process=OuterRef(process), kind__in=TAKING_PART)
    is_past = Exists(taken) & ~Exists(taken.filter(ends_at__gt=now))
    return Q(**{f"{process}__hides_results": False}) | Q(**{f"{process}__state": State.STOPPED}) | is_past


def with_current_words(proposals: "QuerySet[Proposal]") -> "QuerySet[Proposal]":
    """``current_title``, ``current_words``, ``current_number``, ``support_count``: of the last version."""
    last = ProposalVersion.objects.filter(proposal=OuterRef("pk")).order_by("-number")
    supported = (
        ProposalSupport.objects.filter(version=OuterRef("current_version")).order_by().values("version")
    )
    return proposals.annotate(
        current_version=Subquery(last.values("pk")[:1]),
        current_number=Subquery(last.values("number")[:1]),
        current_title=Subquery(last.values("title")[:1]),
        current_words=Subquery(last.values("words")[:1]),
    ).annotate(support_count=Subquery(supported.annotate(n=Count("pk")).values("n")))


def proposals_of(process: Process) -> "QuerySet[Proposal]":
    """In the order of their numbers: neither supports nor dates rank them."""
    found = with_current_words(visible_proposals().filter(process=process))
    return found.select_related("author").order_by("number")


def waiting_proposals_of(participant: Participant | None) -> "QuerySet[Proposal]":
    """Her own that wait for review: nobody else reads them in the list."""
    if participant is None:
        return Proposal.objects.none()
    waiting = Proposal.objects.filter(author=participant, moderation=Moderation.WAITING).exclude(
        state__in=JUDGED
    )
    return with_current_words(waiting).order_by("number")


def find_proposal(process: Process, token: str) -> Proposal | None:
    """Waiting ones too: the page says who reads them."""
    found = with_current_words(Proposal.objects.filter(process=process, token=token))
    return found.select_related("process", "author").first()


def versions_of(proposal: Proposal) -> "QuerySet[ProposalVersion]":
    """The latest first."""
    return proposal.versions.order_by("-number")


def counts_of(proposal: Proposal) -> list[ShowOfHands]:
    """In the order of the colleges of the process; the whole room last."""
    order = {code: rank for rank, code in enumerate(proposal.process.colleges)}
    return sorted(proposal.counts.all(), key=lambda one: order.get(one.college, len(order)))


def supported_by(participant: Participant | None, proposal: Proposal) -> bool:
    """Whether she supports its present words."""
    if participant is None:
        return False
    last = proposal.versions.order_by("-number").first()
    return last is not None and last.supports.filter(participant=participant).exists()


def locked_among(user: User | None, proposals: Iterable[Proposal]) -> frozenset[int]:
    """Of these, the files that a declared interest locks for her (``rules.is_locked``, of a list at once)."""
    locks = locks_of(user)
    return frozenset(row.pk for row in proposals if locks.hold(row))


def college_label(count: ShowOfHands) -> str:
    if not count.college:
        return _("Toute la salle")
    return str(College(count.college).label).capitalize() if count.college in College else count.college
