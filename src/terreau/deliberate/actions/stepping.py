"""Steps of a public process: closed early, re-opened, extended, each with a public reason; and its end."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.deliberate.enums import State
from terreau.deliberate.instants import ending
from terreau.deliberate.models import Process, Step
from terreau.deliberate.rules import is_locked, may_decide, may_facilitate

from .starting import check_reply_day
from .writing import NotAllowed, locked, write_change


@transaction.atomic
def close_step(*, step: Step, reason: str, by: User) -> Step:
    """Now, before its date: what arrives at this instant is too late. Raises NotAllowed, ValidationError."""
    _process, row = _held(step, by)
    now = timezone.now()
    if not row.is_open_at(now):
        raise NotAllowed(_("Cette étape n’est pas ouverte : il n’y a rien à clore."))
    return _move(row, "close-step", max(now, row.starts_at + dt.timedelta(microseconds=1)), reason, by)


@transaction.atomic
def reopen_step(
    *, step: Step, last_day: dt.date, last_time: dt.time | None = None, reason: str, by: User
) -> Step:
    """From now to an hour of a day, or to its end. Raises NotAllowed, ValidationError."""
    _process, row = _held(step, by)
    if timezone.now() < row.ends_at:
        raise NotAllowed(_("Cette étape n’est pas close : elle se prolonge."))
    ends_at = _ending(last_day, last_time)
    if ends_at <= timezone.now():
        raise ValidationError({"last_day": _("Ce moment est passé : donnez-en un à venir.")})
    return _move(row, "reopen-step", ends_at, reason, by)


@transaction.atomic
def extend_step(
    *, step: Step, last_day: dt.date, last_time: dt.time | None = None, reason: str, by: User
) -> Step:
    """Of one that has not ended, to a later hour of a day, or to its end. Raises NotAllowed, ValidationError."""
    _process, row = _held(step, by)
    if timezone.now() >= row.ends_at:
        raise NotAllowed(_("Cette étape est close : elle se rouvre."))
    ends_at = _ending(last_day, last_time)
    if ends_at <= row.ends_at:
        raise ValidationError(
            {"last_day": _("Elle finit déjà à ce moment ou plus tard : donnez un jour ou une heure d’après.")}
        )
    return _move(row, "extend-step", ends_at, reason, by)


def _ending(day: dt.date, time: dt.time | None) -> dt.datetime:
    try:
        return ending(day, time)
    except ValidationError as error:
        raise ValidationError({"last_time": error}) from error


def _held(step: Step, by: User) -> tuple[Process, Step]:
    process = locked(step.process)
    if not may_facilitate(by, process):
        raise NotAllowed(_("Les étapes sont tenues par les animateurs de la démarche."))
    if process.state != State.OPEN:
        raise NotAllowed(
            _("Les dates d’un brouillon se changent librement, dans son formulaire.")
            if process.is_draft
            else _("Cette démarche est arrêtée : ses étapes ne changent plus.")
        )
    return process, process.steps.get(pk=step.pk)


def _move(row: Step, verb: str, ends_at: dt.datetime, reason: str, by: User) -> Step:
    before = {"step": row.token, "ends_at": row.ends_at.isoformat()}
    row.ends_at = ends_at
    row.save(update_fields=["ends_at"])
    process = Process.objects.get(pk=row.process_id)
    try:
        check_reply_day(process)
    except ValidationError as error:
        raise ValidationError({"last_day": error.message_dict["reply_by"]}) from error
    process.save(update_fields=["changed_at"])
    write_change(process, verb, by=by, reason=_given(reason), before=before)
    return row


def _given(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": _("Donnez la raison : elle est publique.")})
    return reason.strip()


@transaction.atomic
def stop_process(*, process: Process, reason: str, by: User) -> Process:
    """For good: nobody takes part any more, and the reason is public. Raises NotAllowed, ValidationError."""
    row = locked(process)
    if not may_facilitate(by, row):
        raise NotAllowed(_("Une démarche est arrêtée par ses animateurs."))
    if row.state != State.OPEN:
        raise NotAllowed(_("Seule une démarche publique s’arrête, une fois."))
    row.state, row.stopped_because = State.STOPPED, _given(reason)
    row.save()
    write_change(row, "stop-process", by=by, reason=row.stopped_because)
    return row


@transaction.atomic
def enter_deliberation(*, process: Process, number: str, on: dt.date, url: str = "", by: User) -> Process:
    """The result is no longer only consultative. One that was wrong is replaced; what it said stays readable.

    Raises NotAllowed, ValidationError.
    """
    row = locked(process)
    if row.is_draft or not may_decide(by, row):
        raise NotAllowed(_("Le numéro de la délibération est entré par un décideur de cette démarche."))
    if is_locked(by, row):
        raise NotAllowed(
            _("Vous avez déclaré un intérêt dans cette démarche : un autre décideur entre le numéro.")
        )
    if not number.strip():
        raise ValidationError({"number": _("Donnez le numéro de la délibération.")})
    if on > timezone.localdate():
        raise ValidationError(
            {"on": _("Cette date est à venir : le numéro s’entre une fois la délibération prise.")}
        )
    before = {
        "deliberation_number": row.deliberation_number,
        "deliberation_on": row.deliberation_on.isoformat() if row.deliberation_on else "",
        "deliberation_url": row.deliberation_url,
    }
    row.deliberation_number, row.deliberation_on, row.deliberation_url = number.strip(), on, url
    row.full_clean(exclude=["decider", "place"], validate_constraints=False)
    row.save()
    write_change(row, "enter-deliberation", by=by, before=before)
    return row
