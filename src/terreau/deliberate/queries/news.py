"""What happened in a process since an instant, as a mail may tell it: words, never a count."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from terreau.deliberate.enums import Moderation, Outcome, State
from terreau.deliberate.models import (
    Contribution,
    Participant,
    Process,
    ProcessChange,
    Proposal,
    Reply,
    Statement,
    Step,
    TextVersion,
)


def open_steps(process: Process, now: dt.datetime) -> list[Step]:
    if process.state != State.OPEN:
        return []
    return [step for step in process.steps.all() if step.is_open_at(now)]


def changes_since(process: Process, since: dt.datetime) -> "QuerySet[ProcessChange]":
    """Those that gave a public reason."""
    return process.changes.filter(at__gt=since).exclude(reason="")


def versions_since(process: Process, since: dt.datetime) -> list[TextVersion]:
    """The last version of each text, if it came since."""
    found: dict[int, TextVersion] = {}
    versions = TextVersion.objects.filter(text__process=process, published_at__gt=since)
    for version in versions.select_related("text").prefetch_related("paragraphs").order_by("number"):
        found[version.text_id] = version
    return list(found.values())


def _published_since(rows: "QuerySet[Any]", since: dt.datetime) -> "QuerySet[Any]":
    """By the day on which it was reviewed, when it was."""
    return (
        rows.filter(moderation=Moderation.PUBLISHED, is_erased=False)
        .annotate(shown_at=Coalesce("moderated_at", "at"))
        .filter(shown_at__gt=since)
    )


def statements_since(process: Process, since: dt.datetime) -> "QuerySet[Statement]":
    return _published_since(process.statements.filter(same_as__isnull=True), since).order_by("number")


def proposals_since(process: Process, since: dt.datetime) -> "QuerySet[Proposal]":
    return _published_since(process.proposals.prefetch_related("versions"), since).order_by("number")


def replies_since(process: Process, since: dt.datetime) -> "QuerySet[Reply]":
    shown = Reply.objects.filter(proposal__process=process, proposal__moderation=Moderation.PUBLISHED)
    return (
        shown.filter(is_current=True, at__gt=since, proposal__is_erased=False)
        .select_related("proposal")
        .prefetch_related("proposal__versions")
        .order_by("proposal__number")
    )


def reviewed_since(
    participants: "QuerySet[Participant]", since: dt.datetime
) -> "list[Statement | Contribution]":
    """What she wrote and that was reviewed since."""
    reviewed = {"author__in": participants, "moderated_at__gt": since, "is_erased": False}
    statements = Statement.objects.filter(**reviewed).exclude(moderation=Moderation.WAITING)
    contributions = Contribution.objects.filter(**reviewed).exclude(moderation=Moderation.WAITING)
    return [*statements, *contributions.select_related("text")]


def outcomes_since(participants: "QuerySet[Participant]", since: dt.datetime) -> "QuerySet[Contribution]":
    """What became of what she contributed."""
    return (
        Contribution.objects.filter(author__in=participants, outcome_at__gt=since, is_erased=False)
        .exclude(outcome=Outcome.OPEN)
        .select_related("text")
    )
