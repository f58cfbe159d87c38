"""What people said of statements: their votes, who they are, and what was published of them."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from terreau.deliberate.enums import TAKING_PART, Moderation, State
from terreau.deliberate.models import OpinionResult, Participant, Process, Statement, Vote

CastVote = tuple[str, str, int]
"""(token of the participant, number of the statement, 1 agrees, 0 passes, -1 disagrees)"""

FEWEST_IN_A_PLACE = 3


@dataclass(frozen=True)
class Voter:
    token: str
    college: str
    channel: str


def counted_statements(process: Process) -> "QuerySet[Statement]":
    """Those whose votes count: public now."""
    return process.statements.filter(moderation=Moderation.PUBLISHED)


def cast_votes(process: Process) -> list[CastVote]:
    """Identifiers are text, as in the files: whoever computes again from these finds the same, to the last digit."""
    rows = _counted(process).values_list("participant__token", "statement__number", "value")
    return [(token, str(number), value) for token, number, value in rows]


def count_votes(process: Process) -> int:
    return _counted(process).count()


def voters(process: Process) -> list[Voter]:
    return [
        Voter(*row) for row in _voters(process).order_by("token").values_list("token", "college", "channel")
    ]


def voters_by_place(process: Process) -> tuple[list[tuple[str, int]], int, int]:
    """(name, voters) of the places of three voters and more; voters of the other places; voters who gave none."""
    rows = _voters(process).values_list("place_id", "place__name")
    by_place: Counter[tuple[int | None, str | None]] = Counter(rows)
    none = by_place.pop((None, None), 0)
    told = [(name or "", number) for (_, name), number in by_place.items() if number >= FEWEST_IN_A_PLACE]
    others = by_place.total() - sum(number for _, number in told)
    return sorted(told, key=lambda pair: (-pair[1], pair[0])), others, none


def last_closing(process: Process) -> dt.datetime | None:
    """From when on nobody takes part: the end of its last step, or when it was stopped before."""
    stopped = process.changes.filter(verb="stop-process").values_list("at", flat=True).first()
    return min((at for at in (process.closes_at, stopped) if at is not None), default=None)


def were_counts_shown(process: Process) -> bool:
    """Whether the counts that are hidden now were everybody's to read at a former closing.

    Each change of a step says when it ended before: read back, they tell whether all had ended when one was reopened.
    """
    ends = {step.token: step.ends_at for step in process.steps.all() if step.kind in TAKING_PART}
    moved = process.changes.filter(verb__in=("close-step", "extend-step", "reopen-step")).order_by("-number")
    for change in moved:
        if change.before.get("step") in ends:
            ends[change.before["step"]] = dt.datetime.fromisoformat(change.before["ends_at"])
            if change.verb == "reopen-step" and max(ends.values()) <= change.at:
                return True
    return False


def published_result(process: Process) -> OpinionResult | None:
    """The result of its last closing; none when it was opened again since, even if closed again."""
    last = process.opinion_results.order_by("-number").first()
    return last if last is not None and last.closed_at == last_closing(process) else None


def results_due(now: dt.datetime) -> list[Process]:
    """Processes that are closed, on whose statements people voted, and whose result is not published yet."""
    cast = Vote.objects.filter(statement__process=OuterRef("pk"), statement__moderation=Moderation.PUBLISHED)
    asked = Process.objects.exclude(state=State.DRAFT).filter(Exists(cast)).prefetch_related("steps")
    return [one for one in asked.order_by("pk") if one.is_closed_at(now) and published_result(one) is None]


def _counted(process: Process) -> "QuerySet[Vote]":
    counted = Vote.objects.filter(
        statement__process=process, statement__moderation=Moderation.PUBLISHED, participant__process=process
    )
    return counted.order_by()


def _voters(process: Process) -> "QuerySet[Participant]":
    cast = Vote.objects.filter(participant=OuterRef("pk"), statement__moderation=Moderation.PUBLISHED)
    return process.participants.filter(Exists(cast)).order_by()
