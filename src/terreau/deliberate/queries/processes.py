"""Processes that may be shown, how each stands in time, and who is named in one."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.queries.commitments import shown_party
from terreau.commons.models import LogEntry, User
from terreau.commons.queries.log import log_entries
from terreau.commons.search.fold import fold_for_search
from terreau.deliberate.enums import TAKING_PART, Moderation, Power, ProposalState, Standing, State
from terreau.deliberate.models import Process, ProcessChange, ProcessRole, Proposal, Reply, Step

MOST_REFUSALS = 20


def visible_processes() -> "QuerySet[Process]":
    """Those that everybody may read: every one that was ever public."""
    return Process.objects.exclude(state=State.DRAFT)


def find_process(slug: str) -> Process | None:
    """With its steps and its decider, drafts too: ``rules.may_see`` says who reads it."""
    return (
        Process.objects.select_related("decider", "place").prefetch_related("steps").filter(slug=slug).first()
    )


def own_process_drafts(user: User) -> "QuerySet[Process]":
    """Those that she wrote, or has a role in."""
    held = ProcessRole.objects.filter(user=user, ended_at__isnull=True).values("process")
    return (
        Process.objects.filter(state=State.DRAFT).filter(Q(created_by=user) | Q(pk__in=held)).order_by("-pk")
    )


def with_standing(processes: "QuerySet[Process]", now: dt.datetime) -> "QuerySet[Any]":
    """Each with ``standing``, and the dates that order a list: ``begins``, ``closes``."""
    steps = Step.objects.filter(process=OuterRef("pk")).order_by().values("process")
    begins = steps.annotate(at=Min("starts_at")).values("at")
    closes = steps.filter(kind__in=TAKING_PART).annotate(at=Max("ends_at")).values("at")
    unanswered = Proposal.objects.filter(
        ~Exists(Reply.objects.filter(proposal=OuterRef("pk"), is_current=True)),
        process=OuterRef("pk"),
        state=ProposalState.ADOPTED,
        moderation=Moderation.PUBLISHED,
    )
    return processes.annotate(begins=Subquery(begins), closes=Subquery(closes)).annotate(
        standing=Case(
            When(state=State.STOPPED, then=Value(Standing.ENDED.value)),
            When(begins__gt=now, then=Value(Standing.SOON.value)),
            When(closes__gt=now, then=Value(Standing.OPEN.value)),
            When(
                Q(reply_by__gte=timezone.localdate(now)) | Exists(unanswered),
                then=Value(Standing.REPLIES.value),
            ),
            default=Value(Standing.ENDED.value),
        )
    )


def listed(now: dt.datetime, *, words: str = "", standing: str = "") -> "QuerySet[Any]":
    """Public ones: those that are open first, what closes soonest before; the ended ones last."""
    found = with_standing(visible_processes(), now).select_related("place", "decider")
    for word in fold_for_search(words).split():
        found = found.filter(search_text__contains=word)
    if standing:
        found = found.filter(standing=standing)
    ranks = [When(standing=one.value, then=Value(rank)) for rank, one in enumerate(Standing)]
    return found.annotate(
        rank=Case(*ranks, default=Value(len(ranks))),
        next=Case(
            When(standing=Standing.OPEN.value, then=F("closes")),
            When(standing=Standing.SOON.value, then=F("begins")),
        ),
        before=Case(When(standing__in=(Standing.REPLIES.value, Standing.ENDED.value), then=F("closes"))),
    ).order_by("rank", F("next").asc(nulls_last=True), F("before").desc(nulls_last=True), "pk")


def count_by_standing(now: dt.datetime) -> dict[str, int]:
    counted = dict.fromkeys(Standing.values, 0)
    for standing in with_standing(visible_processes(), now).order_by().values_list("standing", flat=True):
        counted[standing] += 1
    return counted


def decider_name(process: Process) -> str:
    """Who decides in law, as it may be said."""
    shown = shown_party(process.decider)
    if shown is not None:
        return shown.name
    if process.decider_name:
        return process.decider_name
    return _("une organisation qui n’est pas, ou n’est plus, affichée") if process.decider_identity else ""


@dataclass(frozen=True)
class Holder:
    """One person under the name that she shows, with her roles of now. ``is_double``: two roles, and that is said."""

    shown_name: str
    roles: list[ProcessRole]

    @property
    def is_double(self) -> bool:
        return len({role.power for role in self.roles}) > 1


def holders_of(process: Process) -> list[Holder]:
    """Who holds which roles now, in the order in which they came."""
    held: dict[Any, list[ProcessRole]] = {}
    for role in process.roles.filter(ended_at__isnull=True):
        held.setdefault(role.user_id or f"row {role.pk}", []).append(role)
    return [Holder(roles[0].shown_name, roles) for roles in held.values()]


def past_roles_of(process: Process) -> "QuerySet[ProcessRole]":
    return process.roles.filter(ended_at__isnull=False).order_by("ended_at", "pk")


def facilitators_of(process: Process) -> list[str]:
    held = process.roles.filter(power=Power.FACILITATOR, ended_at__isnull=True)
    return list(held.values_list("shown_name", flat=True))


@dataclass(frozen=True)
class Story:
    """``acts``: number of a change → its entry in the public log; ``refusals``: acts that were refused."""

    changes: list[ProcessChange]
    acts: dict[int, LogEntry]
    refusals: list[LogEntry]


def story_of(process: Process) -> Story:
    """The latest change first."""
    entries = list(log_entries().filter(about=f"process:{process.slug}"))
    acts = {}
    for entry in entries:
        number = json.loads(entry.content)["details"].get("change") if entry.content else None
        if number is not None:
            acts[number] = entry
    refusals = [one for one in entries if one.verb == "refuse-process-act"]
    return Story(list(process.changes.order_by("-number")), acts, refusals[:MOST_REFUSALS])
