"""Words that wait for review, words that were refused, and appeals."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.deliberate.enums import Moderation, State
from terreau.deliberate.models import Contribution, Paragraph, Process, Proposal, Statement

from .interests import locks_of

Row = Statement | Contribution | Proposal
MODELS: tuple[Any, ...] = (Statement, Contribution, Proposal)
MOST_IN_QUEUE = 500


@dataclass(frozen=True)
class Said:
    """Words of somebody, of any of the three kinds. ``since``: when they began to wait."""

    row: Row
    process: Process
    kind: str
    title: str
    words: str
    why: str
    since: dt.datetime

    @property
    def is_appeal(self) -> bool:
        return self.row.appealed_at is not None and self.row.appeal_answered_at is None


def said(row: Row) -> Said:
    if isinstance(row, Contribution):
        kind, title, words, why = _("contribution"), f"{row.get_kind_display()}", row.words, row.why
        process = row.text.process
    elif isinstance(row, Proposal):
        last = list(row.versions.all())[-1:]
        kind, why, process = _("proposition"), "", row.process
        title, words = (last[0].title, last[0].words) if last else ("", "")
    else:
        kind, title, words, why, process = _("affirmation"), "", row.words, "", row.process
    return Said(row, process, kind, title, words, why, row.appealed_at or row.at)


def paragraph_spoken_of(row: Row) -> Paragraph | None:
    """Of a contribution: the paragraph as its author read it; None when it is of the whole text, or no contribution."""
    if not isinstance(row, Contribution):
        return None
    return Paragraph.objects.filter(version=row.version_id, key=row.paragraph_key).first()


def _rows(model: Any, asked: Q) -> list[Row]:
    rows = model.objects.filter(asked, is_erased=False).select_related("author")
    if model is Contribution:
        return list(rows.select_related("author", "text__process")[:MOST_IN_QUEUE])
    rows = rows.select_related("author", "process")
    return list((rows.prefetch_related("versions") if model is Proposal else rows)[:MOST_IN_QUEUE])


def _of(model: Any, process: Process) -> Q:
    return Q(text__process=process) if model is Contribution else Q(process=process)


def waiting_words(user: User | None = None) -> list[Said]:
    """Of public processes, the longest wait first: words to review, and appeals. Neither hers, nor of a file that
    her interest locks.
    """
    waits = Q(moderation=Moderation.WAITING) | Q(appealed_at__isnull=False, appeal_answered_at__isnull=True)
    found, locks = [], locks_of(user)
    for model in MODELS:
        path = "text__process__state" if model is Contribution else "process__state"
        for row in _rows(model, waits & ~Q(**{path: State.DRAFT})):
            mine = user is not None and user.pk in {
                row.entered_by_id,
                row.author.user_id if row.author else None,
            }
            judged = user is not None and row.appealed_at and row.moderated_by_id == user.pk
            if not mine and not judged and not locks.hold(row):
                found.append(said(row))
    return sorted(found, key=lambda one: (one.since, one.row.pk))


def refused_words(process: Process, user: User | None) -> list[Said]:
    """Those that were refused, even when an appeal published them since: the latest first. Not of a file that her
    interest locks: a motive says what it is about.
    """
    locks = locks_of(user)
    asked = Q(moderation=Moderation.REFUSED) | Q(appeal_answered_at__isnull=False)
    rows = [row for model in MODELS for row in _rows(model, asked & _of(model, process))]
    found = [said(row) for row in rows if not locks.hold(row)]
    return sorted(found, key=lambda one: (one.row.moderated_at or one.row.at, one.row.pk), reverse=True)


def waiting_in(process: Process) -> int:
    waits = Q(moderation=Moderation.WAITING, is_erased=False)
    return sum(model.objects.filter(waits & _of(model, process)).count() for model in MODELS)


def find_words(process: Process, token: str) -> Row | None:
    for model in MODELS:
        rows = model.objects.filter(_of(model, process), token=token).select_related("author")
        if (found := rows.first()) is not None:
            row: Row = found
            return row
    return None
