"""Paper sheets and calls of a workshop: one number is one participant, on paper, on a phone, or both."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.models import User
from terreau.deliberate.enums import Channel
from terreau.deliberate.models import Participant, Process, Statement
from terreau.deliberate.rules import may_facilitate

from .participating import digest_of
from .voting import cast_votes
from .writing import NotAllowed, locked, subject_of

LAST_SHEET = 9999
FIRST_CALL = 10_001  # numbers given to callers do not meet those of printed sheets
ENTERED = (Channel.PAPER, Channel.PHONE)


def sheet_secret(process: Process, number: int) -> str:
    """What the private link of a sheet holds. Computed, not kept: a sheet nobody used leaves no participant."""
    return salted_hmac("deliberate.sheet", f"{process.slug}:{number}", algorithm="sha256").hexdigest()[:32]


def is_sheet_secret(process: Process, number: int, secret: str) -> bool:
    return 1 <= number <= LAST_SHEET and constant_time_compare(sheet_secret(process, number), secret)


@transaction.atomic
def take_sheet(
    *, process: Process, number: int, channel: str = Channel.WORKSHOP, by: User | None
) -> Participant:
    """The participant of this sheet, written at its first vote whichever way it comes."""
    row, _is_new = Participant.objects.get_or_create(
        process=process,
        sheet=str(number),
        defaults={
            "secret_digest": digest_of(process, sheet_secret(process, number)),
            "channel": channel,
            "joined_on": timezone.localdate(),
        },
    )
    return row


@transaction.atomic
def enter_sheet(
    *,
    process: Process,
    number: int | None,
    values: dict[Statement, int],
    by: User,
    now: dt.datetime,
    channel: str = Channel.PAPER,
) -> Participant:
    """What a facilitator types for somebody else: a paper sheet, or a call (without ``number``: a new caller).

    What is typed replaces what the same number said before; what is left blank changes nothing.
    Raises NotAllowed, TooLate, ValidationError.
    """
    if not may_facilitate(by, process):
        raise NotAllowed(_("Les feuilles sont saisies par les animateurs de la démarche."))
    if channel not in ENTERED:
        raise ValidationError({"channel": _("Dites si c’est sur papier ou par téléphone.")})
    if not values:
        raise ValidationError({"votes": _("Tapez au moins un avis.")})
    process = locked(process)
    if number is None and channel == Channel.PAPER:
        raise ValidationError({"number": _("Donnez le numéro imprimé en haut de la feuille.")})
    if number is None:
        number = _next_call(process)
    elif not _is_known(process, number):
        raise ValidationError(
            {"number": _("Ce numéro n’est pas celui d’une feuille : il est entre 1 et %d.") % LAST_SHEET}
        )
    row = take_sheet(process=process, number=number, channel=channel, by=by)
    cast_votes(process=process, participant=row, values=values, by=by, now=now, channel=channel)
    write_journal(verb="enter-sheet", subject=subject_of(process), by=by, channel=str(channel), sheet=number)
    return row


def _is_known(process: Process, number: int) -> bool:
    return 1 <= number <= LAST_SHEET or process.participants.filter(sheet=str(number)).exists()


def _next_call(process: Process) -> int:
    given = process.participants.exclude(sheet="").annotate(number=Cast("sheet", IntegerField()))
    last = given.filter(number__gte=FIRST_CALL).aggregate(last=Max("number"))["last"]
    return int(last) + 1 if last else FIRST_CALL
