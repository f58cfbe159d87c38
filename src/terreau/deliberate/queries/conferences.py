"""The regional conference of the ESS, and when the next one is due: at most 24 months after the last one.

Article 8 of the law of 31 July 2014 on the social and solidarity economy.
"""

import calendar
import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from terreau.deliberate.enums import Preset, State
from terreau.deliberate.models import Conference, Process, Proposal

from .processes import visible_processes
from .replies import adopted_proposals

MONTHS = 24
REMINDER_DAYS = 90


def visible_conferences() -> "QuerySet[Conference]":
    """The latest first; those without a day after the others."""
    found = Conference.objects.filter(process__in=visible_processes())
    return found.select_related("process").order_by("-held_on", "-pk")


def announced_conferences() -> "QuerySet[Process]":
    """Public processes of this kind that have neither a day nor an agenda yet."""
    found = visible_processes().filter(preset=Preset.CONFERENCE, conference__isnull=True)
    return found.exclude(state=State.STOPPED).order_by("-opened_at")


def find_conference(process: Process) -> Conference | None:
    return Conference.objects.prefetch_related("agenda").filter(process=process).first()


def adopted_at(process: Process) -> "QuerySet[Proposal]":
    """What the conference adopted, with its replies: what is followed up."""
    found = adopted_proposals().filter(process=process).order_by("number")
    return found.prefetch_related("replies__commitments")


@dataclass(frozen=True)
class Clock:
    """``last``: the last one held; ``planned``: the next one that has a day. Nothing was ever held: ``due`` is None."""

    last: Conference | None
    planned: Conference | None
    due: dt.date | None
    today: dt.date

    @property
    def reminds_from(self) -> dt.date | None:
        return self.due - dt.timedelta(days=REMINDER_DAYS) if self.due else None

    @property
    def days_left(self) -> int | None:
        return (self.due - self.today).days if self.due else None

    @property
    def late(self) -> int:
        """In days; 0 up to and on the last day."""
        return max(0, (self.today - self.due).days) if self.due else 0

    @property
    def is_soon(self) -> bool:
        """From 90 days before up to the day."""
        return self.reminds_from is not None and self.reminds_from <= self.today and not self.late

    @property
    def is_planned_in_time(self) -> bool:
        held = self.planned.held_on if self.planned else None
        return self.due is not None and held is not None and held <= self.due


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of the month, or the last one of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def clock_on(today: dt.date) -> Clock:
    """Of what the site knows; a fictional conference starts no clock."""
    dated = visible_conferences().filter(process__is_demonstration=False, held_on__isnull=False)
    last = dated.filter(held_on__lte=today).order_by("-held_on", "-pk").first()
    planned = dated.filter(held_on__gt=today).order_by("held_on", "pk").first()
    due = months_after(last.held_on, MONTHS) if last and last.held_on else None
    return Clock(last, planned, due, today)
