"""Days and hours on the clocks of the region, the instants that they are, and how instants are said.

A day when clocks change has 23 or 25 hours; instants are in UTC, so that they are compared.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

_MIDNIGHT = dt.time()


def start_of(day: dt.date) -> dt.datetime:
    """Its first instant here."""
    return timezone.make_aware(dt.datetime.combine(day, _MIDNIGHT)).astimezone(dt.UTC)


def end_of(day: dt.date) -> dt.datetime:
    """The instant that is no longer this day."""
    return start_of(day + dt.timedelta(days=1))


def last_day_before(instant: dt.datetime) -> dt.date:
    """The last day of a step that ends at this instant."""
    return timezone.localdate(instant - dt.timedelta(microseconds=1))


def beginning(day: dt.date, time: dt.time | None = None) -> dt.datetime:
    """Without a time, that of the day; of an hour that comes twice, the first. Raises ValidationError."""
    return start_of(day) if time is None else _instant(day, time.replace(fold=0))


def ending(day: dt.date, time: dt.time | None = None) -> dt.datetime:
    """Without a time, that of the day; of an hour that comes twice, the second. Raises ValidationError."""
    if time is None:
        return end_of(day)
    if time == _MIDNIGHT:  # of the evening or of the morning? "3 mai à minuit" is said of both
        raise ValidationError(
            _(
                "Pour finir à minuit, au soir de ce jour, laissez l’heure vide ; au matin, donnez le jour d’avant."
            )
        )
    return _instant(day, time.replace(fold=1))


def _instant(day: dt.date, time: dt.time) -> dt.datetime:
    typed = dt.datetime.combine(day, time)
    instant = timezone.make_aware(typed).astimezone(dt.UTC)
    if timezone.make_naive(instant).replace(fold=0) != typed.replace(fold=0):
        raise ValidationError(
            _(
                "Cette heure n’existe pas : le %(day)s, les horloges la sautent. Donnez-en une d’avant ou d’après."
            )
            % {"day": date_format(day)}
        )
    return instant


def time_within(instant: dt.datetime) -> dt.time | None:
    """None between two days: a step that starts or ends there takes whole days."""
    time = timezone.localtime(instant).time()
    return time if time != _MIDNIGHT else None


def _hour(instant: dt.datetime, pattern: str = "TIME_FORMAT") -> str:
    """Empty at midnight; in the hour that comes twice, with which of the two."""
    local = timezone.localtime(instant)
    if local.time() == _MIDNIGHT:
        return ""
    words = date_format(local, pattern)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return words
    return f"{words} ({_('heure d’hiver') if local.fold else _('heure d’été')})"


def said_instant(instant: dt.datetime, *, to_the_second: bool = False) -> str:
    """« 3 mai 2027 à minuit » is said of the day that ends, as people do."""
    hour = _hour(instant, "H:i:s" if to_the_second else "TIME_FORMAT")
    if not hour:
        return _("%(day)s à minuit") % {"day": date_format(last_day_before(instant))}
    return _("%(day)s à %(time)s") % {"day": date_format(timezone.localdate(instant)), "time": hour}


def said_beginning(instant: dt.datetime) -> str:
    """Its hour only when it is not the start of the day."""
    return said_instant(instant) if _hour(instant) else date_format(timezone.localdate(instant))


def said_dates(starts_at: dt.datetime, ends_at: dt.datetime) -> str:
    """From when to when, with hours only where days are not whole."""
    first, last = timezone.localdate(starts_at), last_day_before(ends_at)
    begins, ends = _hour(starts_at), _hour(ends_at)
    if first != last:
        return _("du %(first)s au %(last)s") % {
            "first": said_beginning(starts_at),
            "last": said_instant(ends_at) if ends else date_format(last),
        }
    told = {"day": date_format(first), "begins": begins, "ends": ends}
    if begins and ends:
        return _("le %(day)s, de %(begins)s à %(ends)s") % told
    if begins:
        return _("le %(day)s, à partir de %(begins)s") % told
    return (_("le %(day)s, jusqu’à %(ends)s") if ends else _("le %(day)s")) % told
