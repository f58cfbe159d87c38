"""Short statements: those that prepare the process, and everybody's own."""

import datetime as dt
import unicodedata

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.commons.search.lookalikes import fold_lookalikes
from terreau.deliberate.enums import Channel, Moderation, StepKind
from terreau.deliberate.instants import said_beginning, said_instant
from terreau.deliberate.models import Participant, Process, Statement
from terreau.deliberate.models.statements import STATEMENT_LENGTH
from terreau.deliberate.rules import is_moderator, may_facilitate

from .moderating import first_moderation, subject_of_words
from .writing import NotAllowed, TooLate, check_unlocked, locked, subject_of, write_journal

SPEAKING = (StepKind.PROPOSE, StepKind.VOTE)
MOST_SEEDS = 100


class AlreadySaid(ValidationError):
    """``statement`` says it: to be shown, and voted on where it is published."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        super().__init__({"words": _already(statement)})


def _already(statement: Statement) -> str:
    if statement.moderation == Moderation.PUBLISHED:
        return _("Cette affirmation est déjà là. Donnez-lui votre avis, ou dites autre chose.")
    if statement.moderation == Moderation.WAITING:
        return _("Cette affirmation a déjà été proposée : elle attend d’être relue.")
    return _("Cette affirmation a déjà été proposée, et refusée. Motif : %s") % statement.motive


def clean_words(words: str) -> str:
    """On one line, without characters that show nothing."""
    return " ".join("".join(c for c in words if c.isspace() or unicodedata.category(c)[0] != "C").split())


def fold_statement(words: str) -> str:
    """What ``Statement.folded`` holds."""
    return fold_lookalikes(words, longest=STATEMENT_LENGTH * 2)


@transaction.atomic
def add_statement(
    *,
    process: Process,
    words: str,
    author: Participant,
    by: User | None,
    channel: str = Channel.WEB,
    entered_by: User | None = None,
    now: dt.datetime | None = None,
) -> Statement:
    """One's own, at any time of the steps that propose or vote. A stranger's waits for review, whoever typed it.

    Raises TooLate, AlreadySaid, ValidationError.
    """
    process = locked(process)
    now = now or timezone.now()
    if process.step_open_at(now, *SPEAKING) is None:
        raise TooLate(when_open(process, now))
    check_unlocked(by, process)
    row = _said(process, words, now, author=author, channel=channel, entered_by=entered_by)
    row.moderation = first_moderation(author.user if entered_by else by)
    row.save()
    write_journal(verb="add-statement", subject=subject_of_words(row), by=by)
    return row


@transaction.atomic
def add_seed_statements(*, process: Process, lines: list[str], by: User) -> list[Statement]:
    """Before people speak, by who prepares the process: marked as such for ever. All of them, or none.

    Raises NotAllowed, TooLate, AlreadySaid, ValidationError.
    """
    process = locked(process)
    now = timezone.now()
    if not may_facilitate(by, process):
        raise NotAllowed(_("Les affirmations de départ sont écrites par les animateurs de la démarche."))
    check_unlocked(by, process)
    if not may_seed_at(process, now):
        raise TooLate(
            _("L’étape a commencé : les affirmations de départ ne changent plus. Chacun propose les siennes.")
        )
    wanted = [line for line in map(clean_words, lines) if line]
    if not wanted:
        raise ValidationError({"words": _("Écrivez au moins une affirmation, une par ligne.")})
    if len(wanted) > MOST_SEEDS:
        raise ValidationError({"words": _("Pas plus de %d affirmations à la fois.") % MOST_SEEDS})
    rows = []
    for line in wanted:
        row = _said(process, line, now, entered_by=by, is_seed=True)
        row.moderation = Moderation.PUBLISHED
        row.save()
        rows.append(row)
    write_journal(verb="add-seed-statements", subject=subject_of(process), by=by, statements=len(rows))
    return rows


def asks_opinions(process: Process) -> bool:
    """One of its steps is for opinions on statements."""
    return any(step.kind == StepKind.VOTE for step in process.steps.all())


def may_seed_at(process: Process, now: dt.datetime) -> bool:
    """As long as nobody could speak yet."""
    if process.is_draft:
        return True
    return not process.is_closed_at(now) and not any(
        step.kind in SPEAKING and step.starts_at <= now for step in process.steps.all()
    )


@transaction.atomic
def say_same_as(*, statement: Statement, other: Statement | None, because: str, by: User) -> Statement:
    """A moderator says that it says what ``other`` says, or no longer. It is asked to nobody any more; votes stay.

    Raises NotAllowed, ValidationError.
    """
    process = locked(statement.process)
    row = Statement.objects.get(pk=statement.pk)
    if not is_moderator(by):
        raise NotAllowed(_("Un modérateur dit que deux affirmations disent la même chose."))
    check_unlocked(by, process)
    because = because.strip()
    if other is not None:
        other = process.statements.filter(pk=other.pk, moderation=Moderation.PUBLISHED).first()
        if other is None or other.pk == row.pk or other.same_as_id is not None:
            raise ValidationError(
                {"other": _("Choisissez une autre affirmation publiée, qui ne renvoie à aucune autre.")}
            )
        if row.same.exists():
            raise ValidationError({"other": _("D’autres affirmations renvoient à celle-ci : gardez-la.")})
        if not because:
            raise ValidationError({"because": _("Dites pourquoi : la raison est publique.")})
    row.same_as, row.same_because = other, because if other is not None else ""
    row.save(update_fields=["same_as", "same_because"])
    write_journal(verb="say-same-as", subject=subject_of_words(row), by=by)
    return row


def _said(process: Process, words: str, now: dt.datetime, **values: object) -> Statement:
    words = clean_words(words)
    folded = fold_statement(words)
    if not folded:
        raise ValidationError({"words": _("Écrivez une phrase avec laquelle on peut être d’accord ou non.")})
    if len(words) > STATEMENT_LENGTH:
        raise ValidationError({"words": too_long(len(words))})
    existing = process.statements.filter(folded=folded, is_erased=False).first()
    if existing is not None:
        raise AlreadySaid(existing)
    last = process.statements.aggregate(last=Max("number"))["last"] or 0
    return Statement(process=process, number=last + 1, words=words, folded=folded, at=now, **values)


def too_long(length: int) -> str:
    return _(
        "Une affirmation tient en %(most)d signes ; celle-ci en a %(length)d. Gardez une seule idée."
    ) % {
        "most": STATEMENT_LENGTH,
        "length": length,
    }


def when_open(process: Process, now: dt.datetime, kinds: tuple[str, ...] = SPEAKING) -> str:
    """When these steps were open, or will be: to whoever comes too late, or too early."""
    if process.is_draft:
        return _("La démarche n’est pas encore ouverte.")
    steps = [step for step in process.steps.all() if step.kind in kinds]
    coming = [step for step in steps if step.starts_at > now]
    if (process.is_closed_at(now) and not steps) or process.stopped_because:
        return _("La démarche est terminée.")
    if coming:
        return _("C’est trop tôt : l’étape s’ouvre le %s.") % said_beginning(coming[0].starts_at)
    past = [step.ends_at for step in steps if step.ends_at <= now]
    if past:
        return _("C’est trop tard : l’étape s’est terminée le %s.") % said_instant(
            max(past), to_the_second=True
        )
    return _("Cette démarche ne demande pas d’avis sur des affirmations.")
