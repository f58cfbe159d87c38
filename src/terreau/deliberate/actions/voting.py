"""Votes on statements: counted, never signed. No journal, no date, no log line says who voted, or what."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.deliberate.enums import Channel, Moderation, State, StepKind
from terreau.deliberate.models import Participant, Process, Statement, Step, Vote
from terreau.deliberate.models.statements import AGREE, DISAGREE, PASS

from .statements import when_open
from .writing import NotAllowed, TooLate

VALUES = frozenset({AGREE, PASS, DISAGREE})


class NoSuchStatement(NotAllowed):
    """It was refused or erased meanwhile, or never was one of this process."""


@transaction.atomic
def cast_vote(
    *,
    process: Process,
    participant: Participant,
    statement: Statement,
    value: int,
    by: User | None,
    now: dt.datetime,
    channel: str = Channel.WEB,
) -> None:
    """What this participant thinks of this statement from now on: the last vote of a pair counts.

    When it returns inside no other transaction, the vote is on the disk. Raises TooLate, NoSuchStatement,
    ValidationError. ``by`` is the account that acts, for the rules only.
    """
    cast_votes(
        process=process, participant=participant, values={statement: value}, by=by, now=now, channel=channel
    )


@transaction.atomic
def cast_votes(
    *,
    process: Process,
    participant: Participant,
    values: dict[Statement, int],
    by: User | None,
    now: dt.datetime,
    channel: str = Channel.WEB,
) -> None:
    """Several at once, as a paper sheet has them: all of them, or none."""
    if not values:
        return
    if any(type(value) is not int or value not in VALUES for value in values.values()):
        raise ValidationError(_("Un avis est : d’accord, pas d’accord, ou je passe."))
    if participant.process_id != process.pk:
        raise NotAllowed(_("Cette personne prend part à une autre démarche."))
    check_voting_open(process, now)
    keys = [statement.pk for statement in values]
    published = Statement.objects.filter(
        process=process, pk__in=keys, moderation=Moderation.PUBLISHED, is_erased=False
    )
    if published.count() != len(keys):
        raise NoSuchStatement(
            _("Cette affirmation n’est plus posée : votre avis n’a pas été compté. Passez à la suivante.")
        )
    Vote.objects.bulk_create(
        [
            Vote(participant=participant, statement=statement, value=value, channel=channel)
            for statement, value in sorted(values.items(), key=lambda pair: pair[0].pk)
        ],
        update_conflicts=True,
        unique_fields=["participant", "statement"],
        update_fields=["value", "channel"],
    )


def check_voting_open(process: Process, now: dt.datetime) -> None:
    """Read inside the transaction, so that a closing is before a vote or after it. Raises TooLate.

    The row of the process is not taken, as other acts take it: people who vote do not wait for one another.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM deliberate_process WHERE id = %s FOR KEY SHARE", [process.pk])
    is_open = Step.objects.filter(
        process=process, process__state=State.OPEN, kind=StepKind.VOTE, starts_at__lte=now, ends_at__gt=now
    ).exists()
    if not is_open:
        raise TooLate(when_open(Process.objects.get(pk=process.pk), now, (StepKind.VOTE,)))
