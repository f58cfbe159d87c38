"""What every verb of deliberation does: wait for its turn, check who acts, keep what a field said before."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions import journal
from terreau.commons.actions.publishing import publish_datasets
from terreau.commons.models import User
from terreau.deliberate.models import Process, ProcessChange
from terreau.deliberate.rules import is_locked
from terreau.lake.turn import take_turn

PUBLISHED = ("demarches", "textes", "contributions", "affirmations", "propositions")
"""The datasets of ``datasets.py`` that an act of this room may change. Votes do not: what they count is published
with the acts that close a process.
"""


class NotAllowed(PermissionError):
    """Who asked may not do this; the message says who may. The attempt enters the public log."""


class TooLate(NotAllowed):
    """The step is closed, or not open yet; the message says when it is."""


def check_unlocked(user: User | None, process: Process) -> None:
    """Raises NotAllowed for whoever declared an interest in the whole process."""
    if is_locked(user, process):
        raise NotAllowed(
            _(
                "Vous avez déclaré un intérêt dans toute cette démarche : tant qu’il dure, elle vous est fermée."
            )
        )


def subject_of(process: Process) -> str:
    """Under which the journal and the log name it. What it holds: ``process:<slug> proposal:<token>``."""
    return f"process:{process.slug}"


def locked(process: Process) -> Process:
    """The row as it is now, held until the transaction ends. Raises NotAllowed when it was discarded meanwhile."""
    take_turn()
    row = Process.objects.select_for_update(of=("self",), no_key=True).filter(pk=process.pk).first()
    if row is None:
        raise NotAllowed(_("Cette démarche n’est plus là : son brouillon vient d’être supprimé."))
    return row


def write_journal(*, verb: str, subject: str, by: User | None, **details: Any) -> None:
    """The entry of the journal for an act that everybody may see; once it is certain, the open data follow."""
    journal.write_journal(verb=verb, subject=subject, by=by, **details)
    # What fails here is published with the next act, or by the next harvest.
    transaction.on_commit(lambda: _publish(by), robust=True)


def _publish(by: User | None) -> None:
    publish_datasets(names=PUBLISHED, by=by)


def write_change(
    process: Process, verb: str, *, by: User | None, reason: str = "", before: dict[str, Any] | None = None
) -> ProcessChange:
    """One line of its history, and the entry of the journal: which act, never its words."""
    last = process.changes.aggregate(number=Max("number"), at=Max("at"))
    now = timezone.now()
    change = ProcessChange.objects.create(
        process=process,
        number=(last["number"] or 0) + 1,
        at=max(now, last["at"]) if last["at"] else now,  # a clock that went back moves nothing before another
        verb=verb,
        reason=reason,
        before=before or {},
        by=by,
    )
    write_journal(verb=verb, subject=subject_of(process), by=by, change=change.number)
    return change


def refuse_and_log(*, process: Process, by: User | None) -> None:
    """Write in the log that an act was refused. To be called outside the transaction that the refusal undid."""
    with transaction.atomic():
        write_journal(verb="refuse-process-act", subject=subject_of(process), by=by)
