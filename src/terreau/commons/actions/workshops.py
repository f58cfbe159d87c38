"""Opening a workshop, ending it before its time, and counting what a room does."""

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.models import Place, User, Workshop
from terreau.commons.models.workshops import MOST_EXPECTED, MOST_HOURS
from terreau.commons.queries.workshops import find_open_workshop

from .journal import write_journal

AT_MOST_AHEAD = dt.timedelta(days=366)


class WorkshopRefused(ValueError):
    """The message says why, and what to do."""


@transaction.atomic
def open_workshop(
    *, name: str, starts_at: dt.datetime, hours: int, expected: int, place: Place | None = None, by: User
) -> Workshop:
    """Its code counts from ``starts_at`` on. Raises WorkshopRefused."""
    if not name.strip():
        raise WorkshopRefused(_("Donnez un nom à l’atelier."))
    if not 1 <= hours <= MOST_HOURS:
        raise WorkshopRefused(_("Un atelier dure de 1 à %d heures.") % MOST_HOURS)
    if not 1 <= expected <= MOST_EXPECTED:
        raise WorkshopRefused(_("Un atelier attend de 1 à %d personnes.") % MOST_EXPECTED)
    made = Workshop(
        name=name.strip()[:120],
        place=place,
        starts_at=starts_at,
        hours=hours,
        expected=expected,
        opened_by=by,
    )
    if made.is_over:
        raise WorkshopRefused(_("Cet atelier serait déjà fini : changez le jour ou l’heure."))
    if starts_at > timezone.now() + AT_MOST_AHEAD:
        raise WorkshopRefused(_("Un atelier s’ouvre un an à l’avance au plus : changez le jour."))
    made.save()
    place_code = f"{place.zoning_id}:{place.code}" if place else ""
    details = {"hours": hours, "expected": expected, "place": place_code}
    write_journal(verb="open-workshop", subject=f"workshop:{made.pk}", by=by, **details)
    return made


@transaction.atomic
def end_workshop(*, workshop: Workshop, by: User) -> Workshop:
    """Now, whatever its hours. Raises WorkshopRefused when it is over."""
    found = Workshop.objects.select_for_update().get(pk=workshop.pk)
    if found.is_over:
        raise WorkshopRefused(_("Cet atelier est déjà fini."))
    found.ended_at = timezone.now()
    found.save(update_fields=["ended_at"])
    write_journal(verb="end-workshop", subject=f"workshop:{found.pk}", by=by, used=found.used)
    return found


def count_in_workshop(*, code: str) -> bool:
    """Whether an act is counted with the room of ``code``: it is open and its allowance is not used up.

    A counter, as those of connections: no entry in the journal. Two acts at once are counted as two.
    """
    found = find_open_workshop(code) if code else None
    if found is None:
        return False
    counted = Workshop.objects.filter(pk=found.pk, used__lt=found.allowance).update(used=F("used") + 1)
    return bool(counted)
