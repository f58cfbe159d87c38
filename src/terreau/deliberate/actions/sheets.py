"""Paper sheets and calls of a workshop: one number is one participant, on paper, on a phone, or both."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.models import User
from terreau.deliberate.enums import Channel, Moderation, StepKind
from terreau.deliberate.models import Participant, Process, Statement
from terreau.deliberate.queries.sheets import paper_typings
from terreau.deliberate.rules import may_facilitate

from .participating import digest_of
from .statements import add_statement, clean_words, fold_statement, when_open
from .voting import cast_votes
from .writing import NotAllowed, TooLate, locked, subject_of

LAST_SHEET = 9999
FIRST_CALL = 10_001  # numbers given to callers do not meet those of printed sheets
ENTERED = (Channel.PAPER, Channel.PHONE)


@dataclass(frozen=True)
class Sheet:
    """What is typed of one person. ``values``: None for nothing ticked where something was typed by mistake.

    ``words``: her own statement, in her words.
    """

    values: Mapping[Statement, int | None]
    words: str = ""
    college: str = ""


@dataclass(frozen=True)
class Entered:
    """``statement``: hers, new. ``typings``: how often this paper sheet was typed before.

    Of a sheet typed again: ``confirms``: the same, by another person; ``by_same``: nobody else typed it. ``added`` and
    ``left``: numbers of the statements answered in this typing alone, or in the former alone (they stay). ``hers``: how
    many lines she answered by her own link or by phone: her answer stays.
    """

    participant: Participant
    statement: Statement | None = None
    typings: int = 0
    confirms: bool = False
    by_same: bool = False
    added: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    hers: int = 0


class SheetDiffers(ValidationError):
    """The second typing of a paper sheet says something else than the first: which lines, never what was typed."""


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
    sheet: Sheet,
    by: User,
    now: dt.datetime,
    channel: str = Channel.PAPER,
    replaces: bool = False,
) -> Entered:
    """What a facilitator types for somebody else: a paper sheet, or a call (without ``number``: a new caller).

    A call replaces what the same number said before. A paper sheet that is typed again is compared with its first
    typing, which it replaces only where ``replaces`` says that the sheet was read again. What is left blank changes
    nothing. Raises NotAllowed, TooLate, SheetDiffers, AlreadySaid, ValidationError.
    """
    if not may_facilitate(by, process):
        raise NotAllowed(_("Les feuilles sont saisies par les animateurs de la démarche."))
    if channel not in ENTERED:
        raise ValidationError({"channel": _("Dites si c’est sur papier ou par téléphone.")})
    sheet = replace(sheet, words=clean_words(sheet.words))
    if not sheet.values and not sheet.words:
        raise ValidationError({"votes": _("Tapez au moins un avis, ou son affirmation.")})
    process = locked(process)
    number = _number(process, number, channel)
    row = take_sheet(process=process, number=number, channel=channel, by=by)
    entered = Entered(row)
    if channel == Channel.PAPER:
        sheet, entered = _compared(row, sheet, by, replaces)
    _write_votes(row, sheet.values, by, now, channel)
    if sheet.college and sheet.college != row.college:
        row.college = sheet.college
        row.save(update_fields=["college"])
    if sheet.words and not _has_said(row, sheet.words):
        statement = add_statement(
            process=process, words=sheet.words, author=row, by=by, channel=channel, entered_by=by, now=now
        )
        entered = replace(entered, statement=statement, confirms=False)
    details = {"confirmed": True} if entered.confirms else {}
    write_journal(
        verb="enter-sheet", subject=subject_of(process), by=by, channel=str(channel), sheet=number, **details
    )
    return entered


def _compared(row: Participant, sheet: Sheet, by: User, replaces: bool) -> tuple[Sheet, Entered]:
    """The sheet without the lines that she answered herself since, and what it is beside its first typing."""
    typings = paper_typings(row.process, int(row.sheet))
    if not typings:
        return sheet, Entered(row)
    votes = list(row.votes.select_related("statement"))
    typed = {one.statement_id: one for one in votes if one.channel == Channel.PAPER}
    own = {one.statement_id for one in votes} - typed.keys()
    asked = {one: value for one, value in sheet.values.items() if one.pk not in own}
    said = row.statements.filter(channel=Channel.PAPER, is_erased=False).first()
    errors = {
        one.token: _("La première saisie dit autre chose : relisez cette ligne de la feuille.")
        for one, value in asked.items()
        if one.pk in typed and typed[one.pk].value != value
    }
    if sheet.college and row.college and sheet.college != row.college:
        errors["college"] = _("Un autre collège est noté pour cette feuille : relisez-la.")
    if sheet.words and said is not None and not _has_said(row, sheet.words):
        errors["words"] = _another(said)
    if errors and not replaces:
        raise SheetDiffers(errors)
    answered = {one.pk for one in asked}
    added = [one.number for one, value in asked.items() if value is not None and one.pk not in typed]
    left = [
        one.statement.number
        for one in typed.values()
        if one.statement_id not in answered and one.statement.is_published
    ]
    by_same = {one.by for one in typings} == {by.pk}
    is_same = not errors and not added and not left and bool(sheet.words) == (said is not None)
    entered = Entered(
        row,
        typings=len(typings),
        confirms=is_same and not by_same,
        by_same=by_same,
        added=tuple(sorted(added)),
        left=tuple(sorted(left)),
        hers=len(sheet.values) - len(asked),
    )
    return replace(sheet, values=asked), entered


def _another(said: Statement) -> str:
    if said.moderation == Moderation.REFUSED:
        return _("Une autre affirmation a été tapée pour cette feuille, et refusée. Motif : %s") % said.motive
    return _(
        "Une autre affirmation a été tapée pour cette feuille : « %s ». Relisez la feuille ; les deux seront gardées."
    ) % (said.words)


def _has_said(row: Participant, words: str) -> bool:
    return row.statements.filter(folded=fold_statement(words), is_erased=False).exists()


def _write_votes(
    row: Participant, values: Mapping[Statement, int | None], by: User, now: dt.datetime, channel: str
) -> None:
    cast = {one: value for one, value in values.items() if value is not None}
    erased = [one for one, value in values.items() if value is None]
    if erased and row.process.step_open_at(now, StepKind.VOTE) is None:
        raise TooLate(when_open(row.process, now, (StepKind.VOTE,)))
    row.votes.filter(statement__in=erased, channel=channel).delete()
    cast_votes(process=row.process, participant=row, values=cast, by=by, now=now, channel=channel)


def _number(process: Process, number: int | None, channel: str) -> int:
    if number is None and channel == Channel.PAPER:
        raise ValidationError({"number": _("Donnez le numéro imprimé en haut de la feuille.")})
    if number is None:
        return _next_call(process)
    if not _is_known(process, number):
        raise ValidationError(
            {"number": _("Ce numéro n’est pas celui d’une feuille : il est entre 1 et %d.") % LAST_SHEET}
        )
    return number


def _is_known(process: Process, number: int) -> bool:
    return 1 <= number <= LAST_SHEET or process.participants.filter(sheet=str(number)).exists()


def _next_call(process: Process) -> int:
    given = process.participants.exclude(sheet="").annotate(number=Cast("sheet", IntegerField()))
    last = given.filter(number__gte=FIRST_CALL).aggregate(last=Max("number"))["last"]
    return int(last) + 1 if last else FIRST_CALL
