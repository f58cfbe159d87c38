"""Contributions to a text: lists, threads, and what became of them college by college."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet

from terreau.commons.enums import College
from terreau.deliberate.enums import Moderation, Outcome
from terreau.deliberate.models import Contribution, Participant, Process, Text

NO_COLLEGE = "none"


def contributions_shown(text: Text, own: Participant | None = None) -> "QuerySet[Contribution]":
    """Published, those of threads apart. ``own``: hers too, waiting or refused, for she wrote them."""
    seen = Q(moderation=Moderation.PUBLISHED)
    if own is not None:
        seen |= Q(author=own)
    return (
        text.contributions.filter(seen, answers__isnull=True)
        .select_related("author", "version", "kept_in")
        .annotate(n_answers=Count("thread", filter=Q(thread__moderation=Moderation.PUBLISHED)))
        .order_by("at", "pk")
    )


def thread_of(contribution: Contribution, own: Participant | None = None) -> "QuerySet[Contribution]":
    seen = Q(moderation=Moderation.PUBLISHED)
    if own is not None:
        seen |= Q(author=own)
    return contribution.thread.filter(seen).select_related("author").order_by("at", "pk")


def find_contribution(process: Process, token: str) -> Contribution | None:
    return (
        Contribution.objects.select_related(
            "text", "text__process", "author", "author__user", "version", "kept_in", "answers"
        )
        .filter(text__process=process, token=token)
        .first()
    )


def filtered(
    rows: "QuerySet[Contribution]", *, outcome: str = "", college: str = "", key: str | None = None
) -> "QuerySet[Contribution]":
    """``outcome``: ``open`` for those without an answer yet. ``key``: empty for the whole text, None for any."""
    if outcome:
        rows = rows.filter(outcome="" if outcome == "open" else outcome)
    if college == NO_COLLEGE:
        rows = rows.filter(college="")
    elif college:
        rows = rows.filter(college=college)
    if key is not None:
        rows = rows.filter(paragraph_key=key)
    return rows


@dataclass(frozen=True)
class Acceptance:
    """What became of the contributions of one college. ``rate``: None while nothing is closed, never 0.

    ``without_author``: nobody here knows who wrote them, as after a load.
    """

    college: str
    label: str
    kept: int = 0
    partly: int = 0
    not_kept: int = 0
    still_open: int = 0
    without_author: int = 0

    @property
    def closed(self) -> int:
        return self.kept + self.partly + self.not_kept

    @property
    def total(self) -> int:
        return self.closed + self.still_open

    @property
    def rate(self) -> float | None:
        return (self.kept + self.partly) / self.closed if self.closed else None


def acceptance_of(text: Text, colleges: Sequence[str], *, unknown: str, everyone: str) -> list[Acceptance]:
    """A row a college in the order given, those without a college, then the whole: the rows add up to it.

    What waits for review, is refused, withdrawn, or said in a thread is not counted.
    """
    counted = (
        text.contributions.filter(
            moderation=Moderation.PUBLISHED, answers__isnull=True, withdrawn_at__isnull=True
        )
        .order_by()
        .values_list("college", "outcome")
        .annotate(found=Count("pk"), alone=Count("pk", filter=Q(author__isnull=True)))
    )
    found: dict[str, dict[str, int]] = {}
    without_author = 0
    for college, outcome, number, alone in counted:
        found.setdefault(college, {})[outcome] = number
        without_author += alone if not college else 0
    known = [*dict.fromkeys([*colleges, *(code for code in College.values if code in found)])]
    rows = [_row(code, str(College(code).label), found.get(code, {})) for code in known]
    if "" in found:
        rows.append(replace(_row(NO_COLLEGE, unknown, found[""]), without_author=without_author))
    whole: dict[str, int] = {}
    for of_college in found.values():
        for outcome, number in of_college.items():
            whole[outcome] = whole.get(outcome, 0) + number
    return [*rows, _row("", everyone, whole)]


def _row(college: str, label: str, found: dict[str, int]) -> Acceptance:
    return Acceptance(
        college,
        label,
        kept=found.get(Outcome.KEPT, 0),
        partly=found.get(Outcome.PARTLY, 0),
        not_kept=found.get(Outcome.NOT_KEPT, 0),
        still_open=found.get(Outcome.OPEN, 0),
    )
