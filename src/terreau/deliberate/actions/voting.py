"""Votes on statements: counted, never signed. No journal, no date, no log line says who voted, or what."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.deliberate.enums import Channel, Moderation, State, StepKind
from terreau.deliberate.models import Participant, Process, Statement, Step
from terreau.deliberate.models.statements import AGREE, DISAGREE, PASS

from .statements import when_open
from .writing import NotAllowed, TooLate, check_unlocked

VALUES = frozenset({AGREE, PASS, DISAGREE})

# Rules and writing are one statement, the only one of a vote: two hundred phones wait for each other at the disk, so
# nothing is asked before it.
_WRITE = """
INSERT INTO deliberate_vote (participant_id, statement_id, value, channel)
SELECT p.id, s.id, %(value)s, %(channel)s
FROM deliberate_process d
JOIN deliberate_participant p ON p.process_id = d.id
JOIN deliberate_statement s ON s.process_id = d.id
WHERE {who} AND d.slug = %(slug)s AND d.state = %(open)s AND (p.college <> '' OR NOT (d.asks_college AND %(asks)s))
AND s.token = %(statement)s AND s.moderation = %(published)s AND NOT s.is_erased
AND EXISTS (SELECT 1 FROM deliberate_step e WHERE e.process_id = d.id AND e.kind = %(kind)s
            AND e.starts_at <= %(now)s AND e.ends_at > %(now)s)
AND NOT EXISTS (SELECT 1 FROM deliberate_interest i WHERE i.user_id = p.user_id AND i.process_id = d.id
                AND i.ended_at IS NULL AND i.proposal_id IS NULL AND i.text_id IS NULL)
ON CONFLICT (participant_id, statement_id)
DO UPDATE SET value = excluded.value, channel = excluded.channel, external_at = NULL
"""
# Sent with it to PostgreSQL: the process is not taken as other acts take it, but stays as it is until the vote is
# written. A statement apart, or the vote that waited for a closing would still see the step open.
_HOLD = "SELECT 1 FROM deliberate_process WHERE slug = %(slug)s FOR SHARE;"
_WHO = {"id": "p.id = %(who)s", "user": "p.user_id = %(who)s", "secret": "p.secret_digest = %(who)s"}


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
    if any(type(value) is not int or value not in VALUES for value in values.values()):
        raise ValidationError(_("Un avis est : d’accord, pas d’accord, ou je passe."))
    if participant.process_id != process.pk:
        raise NotAllowed(_("Cette personne prend part à une autre démarche."))
    check_unlocked(by, process)
    for statement, value in sorted(values.items(), key=lambda pair: pair[0].pk):
        if not _write("id", participant.pk, process.slug, statement.token, value, channel, now):
            _explain(process, now)


def cast_known_vote(
    *, slug: str, secret_digest: str = "", user: User | None = None, statement: str, value: int, now: dt.datetime,
    channel: str,
) -> bool:  # fmt: skip
    """``cast_vote`` of who took part before, by what her browser holds, in one statement; ``statement``: its token.

    False when it is not to be counted, or when she never took part: ``cast_vote`` says why. ValueError for a value
    that is none.
    """
    if type(value) is not int or value not in VALUES:
        raise ValueError(value)
    if user is not None:
        return _write("user", user.pk, slug, statement, value, channel, now, asks=True)
    return bool(secret_digest) and _write(
        "secret", secret_digest, slug, statement, value, channel, now, asks=True
    )


def _write(
    known_by: str,
    who: Any,
    slug: str,
    statement: str,
    value: int,
    channel: str,
    now: dt.datetime,
    asks: bool = False,
) -> bool:
    is_held = connection.vendor == "postgresql"
    write = _WRITE.format(who=_WHO[known_by])
    given = {
        "who": who,
        "slug": slug,
        "statement": statement,
        "value": value,
        "channel": str(channel),
        "now": connection.ops.adapt_datetimefield_value(now),
        "asks": asks,
        "open": State.OPEN.value,
        "published": Moderation.PUBLISHED.value,
        "kind": StepKind.VOTE.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{_HOLD}{write}" if is_held else write, given)
        if is_held:
            cursor.nextset()
        return bool(cursor.rowcount == 1)


def _explain(process: Process, now: dt.datetime) -> None:
    """Why nothing was written."""
    is_open = Step.objects.filter(
        process=process, process__state=State.OPEN, kind=StepKind.VOTE, starts_at__lte=now, ends_at__gt=now
    ).exists()
    if not is_open:
        raise TooLate(when_open(Process.objects.get(pk=process.pk), now, (StepKind.VOTE,)))
    raise NoSuchStatement(
        _("Cette affirmation n’est plus posée : votre avis n’a pas été compté. Passez à la suivante.")
    )
