"""The regional conference: its day and place, its agenda in three parts, its minutes. Facilitators keep it."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.deliberate.enums import AgendaPart
from terreau.deliberate.models import AgendaItem, Conference, Process
from terreau.deliberate.rules import may_facilitate

from .writing import NotAllowed, locked, write_change

MOST_ITEMS = 100


@transaction.atomic
def set_conference(*, process: Process, held_on: dt.date | None, where: str, by: User) -> Conference:
    """Its day and its place; written the first time. Raises NotAllowed, ValidationError."""
    process = _kept(process, by)
    row, _new = Conference.objects.get_or_create(process=process)
    before = {"held_on": str(row.held_on) if row.held_on else None, "where": row.where}
    row.held_on, row.where = held_on, where.strip()
    row.full_clean(exclude=["process"], validate_constraints=False)
    row.save(update_fields=["held_on", "where"])
    write_change(process, "set-conference", by=by, before=before)
    return row


@transaction.atomic
def add_agenda_item(*, process: Process, part: str, title: str, words: str = "", by: User) -> AgendaItem:
    """After the others of its part. Raises NotAllowed, ValidationError."""
    process = _kept(process, by)
    conference, _new = Conference.objects.get_or_create(process=process)
    if part not in AgendaPart.values:
        raise ValidationError({"part": _("Choisissez l’une des trois parties de l’ordre du jour.")})
    if not title.strip():
        raise ValidationError({"title": _("Donnez un titre à ce point.")})
    if conference.agenda.count() >= MOST_ITEMS:
        raise ValidationError({"title": _("Cent points au plus : réunissez-en.")})
    rank = conference.agenda.aggregate(rank=Max("rank"))["rank"] or 0
    item = AgendaItem(
        conference=conference, part=part, rank=rank + 1, title=title.strip(), words=words.strip()
    )
    item.full_clean(exclude=["conference"], validate_constraints=False)
    item.save()
    write_change(process, "change-agenda", by=by)
    return item


@transaction.atomic
def remove_agenda_item(*, item: AgendaItem, by: User) -> None:
    """What it said stays in the history of the process. Raises NotAllowed."""
    process = _kept(item.conference.process, by)
    held = AgendaItem.objects.filter(pk=item.pk).first()
    if held is None:  # somebody else removed it meanwhile
        return
    before = {"part": held.part, "title": held.title, "words": held.words}
    held.delete()
    write_change(process, "change-agenda", by=by, before=before)


@transaction.atomic
def publish_minutes(*, process: Process, minutes: str, by: User) -> Conference:
    """Or change them: what they said stays in the history. Raises NotAllowed, ValidationError."""
    process = _kept(process, by)
    row = Conference.objects.filter(process=process).first()
    if row is None or row.held_on is None or row.held_on > timezone.localdate():
        raise ValidationError({"minutes": _("Notez d’abord le jour où la conférence s’est tenue.")})
    if not minutes.strip():
        raise ValidationError({"minutes": _("Écrivez ce qui a été dit et adopté.")})
    before = {"minutes": row.minutes} if row.minutes else {}
    row.minutes, row.minutes_published_at = minutes.strip(), timezone.now()
    row.full_clean(exclude=["process"], validate_constraints=False)
    row.save(update_fields=["minutes", "minutes_published_at"])
    write_change(process, "publish-minutes", by=by, before=before)
    return row


def _kept(process: Process, by: User) -> Process:
    row = locked(process)
    if not may_facilitate(by, row):
        raise NotAllowed(
            _("Seuls les animateurs de la démarche tiennent l’ordre du jour et le compte rendu.")
        )
    return row
