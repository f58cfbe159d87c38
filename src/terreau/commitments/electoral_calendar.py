"""The dates that French electoral law computes from those of the rounds. Days of the site's own time zone."""

import datetime as dt

from django.utils import timezone

RESERVE_MONTHS = 6


def reserve_starts_on(first_round: dt.date) -> dt.date:
    """The first day of the sixth month before the month of the election (code électoral, L52-1)."""
    months = first_round.year * 12 + first_round.month - 1 - RESERVE_MONTHS
    return dt.date(months // 12, months % 12 + 1, 1)


def freezes_on(first_round: dt.date) -> dt.date:
    """The day before the first round, from its first minute (code électoral, L49)."""
    return first_round - dt.timedelta(days=1)


def start_of(day: dt.date) -> dt.datetime:
    """Its midnight, summer or winter."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min), timezone.get_default_timezone())


def end_of(day: dt.date) -> dt.datetime:
    """The midnight that closes it: the first instant that is no longer of that day."""
    return start_of(day + dt.timedelta(days=1))


def years_after(day: dt.date, years: int) -> dt.date:
    """29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
