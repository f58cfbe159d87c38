"""Commitments as a calendar file (RFC 5545): a whole-day event on each due date.

Nothing in it changes by itself: no word depends on the day it is read. Its stamps are those of the last change.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from terreau import __version__
from terreau.commitments.enums import State
from terreau.commitments.queries.due import Due
from terreau.commitments.words import beneficiary_of, owner_of

if TYPE_CHECKING:  # it is long to load: only who asks for a calendar waits for it
    from icalendar import Event

_CANCELLED = (State.RENEGOTIATED, State.ABANDONED)


def calendar_of(due: Iterable[Due], *, title: str, address_of: Any) -> bytes:
    """``address_of``: token → absolute address of its page."""
    from icalendar import Calendar, vDuration

    calendar = Calendar()
    calendar.add("prodid", f"-//Terreau {__version__}//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, title)
    calendar.add("refresh-interval", vDuration.from_ical("P1D"), parameters={"VALUE": "DURATION"})
    for one in due:
        calendar.add_component(_event(one, address_of(one.commitment.token)))
    return calendar.to_ical()


def _event(one: Due, address: str) -> Event:
    from icalendar import Event, vText
    from icalendar.prop import vUri

    commitment = one.commitment
    event = Event()
    event.add("uid", f"engagement-{commitment.token}@{urlsplit(settings.SITE_ADDRESS).hostname or 'terreau'}")
    event.add("dtstamp", commitment.changed_at)
    event.add("last-modified", commitment.changed_at)
    event.add("sequence", one.changes)
    event.add("dtstart", commitment.due_on)
    event.add("summary", commitment.title)
    event.add("description", description_of(commitment, address))
    event.add("url", vUri(address))
    event.add("status", "CANCELLED" if commitment.state in _CANCELLED else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # nobody is busy that day because of it
    event.add("categories", [vText(str(State(commitment.state).label))])
    return event


def description_of(commitment: Any, address: str = "") -> str:
    """In lines: who, to whom, what, where it stands, where to read more."""
    lines = [
        _("Qui s’engage : %s") % owner_of(commitment).name,
        _("Envers : %s") % beneficiary_of(commitment).name,
        _("Ce qui sera livré : %s") % commitment.deliverable if commitment.deliverable else "",
        _("État : %s") % State(commitment.state).label,
        commitment.reason,
        commitment.result,
        address,
    ]
    return "\n".join(line for line in lines if line)
