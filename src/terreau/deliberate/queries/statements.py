"""Statements and votes. A count is given only with the hour at which it is asked: hidden, there is none (trap 10).

What a hall of people asks all at once is in SQL: making the sentences of each page costs more than answering them.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, QuerySet

from terreau.deliberate.enums import Channel, Moderation
from terreau.deliberate.models import Participant, Process, Statement, Step, Vote
from terreau.deliberate.models.statements import AGREE, DISAGREE, PASS

KEPT_FOR = 5  # seconds: a busy hall does not count all its votes again for each page


@dataclass(frozen=True)
class Tally:
    agree: int = 0
    disagree: int = 0
    passed: int = 0

    @property
    def cast(self) -> int:
        return self.agree + self.disagree + self.passed


def published_statements(process: Process) -> "QuerySet[Statement]":
    return process.statements.filter(moderation=Moderation.PUBLISHED, is_erased=False)


def find_statement(process: Process, token: str) -> Statement | None:
    """Whatever became of it: the page says."""
    return process.statements.select_related("author", "same_as").filter(token=token).first()


def find_asking(slug: str) -> Process | None:
    """As ``find_process``, with what a person who votes is shown and no more."""
    found: Process | None = next(
        iter(Process.objects.raw("SELECT * FROM deliberate_process WHERE slug = %s", [slug])), None
    )
    if found is not None:
        steps = "SELECT * FROM deliberate_step WHERE process_id = %s ORDER BY starts_at, ends_at, id"
        found._prefetched_objects_cache = {"steps": list(Step.objects.raw(steps, [found.pk]))}  # type: ignore[attr-defined]
    return found


def find_answering(process: Process, column: str, value: Any) -> Participant | None:
    """Who she is: ``column`` is what her browser tells, ``secret_digest``, ``user_id`` or ``sheet``."""
    known = {"secret_digest", "user_id", "sheet"} & {column}
    asked = f"SELECT * FROM deliberate_participant WHERE process_id = %s AND {known.pop()} = %s"  # noqa: S608
    return next(iter(Participant.objects.raw(asked, [process.pk, value])), None)


def asked_statements(process: Process, participant: Participant | None) -> list[tuple[int, bool]]:
    """Keys of those that people are asked, and whether she answered. Not those that say what another one says."""
    asked = (
        "SELECT s.id, v.id IS NOT NULL FROM deliberate_statement s"
        " LEFT JOIN deliberate_vote v ON v.statement_id = s.id AND v.participant_id = %s"
        " WHERE s.process_id = %s AND s.moderation = %s AND NOT s.is_erased AND s.same_as_id IS NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [participant.pk if participant else 0, process.pk, Moderation.PUBLISHED.value])
        return [(key, bool(is_answered)) for key, is_answered in cursor.fetchall()]


def own_votes(participant: Participant) -> "QuerySet[Vote]":
    """What she said, in the order of the statements."""
    return participant.votes.select_related("statement").order_by("statement__number")


def own_unpublished(participant: Participant) -> "QuerySet[Statement]":
    return participant.statements.exclude(moderation=Moderation.PUBLISHED).order_by("number")


def shown_tallies(process: Process, now: dt.datetime) -> dict[int, Tally] | None:
    """Statement → its votes; None while results are hidden."""
    if not process.shows_results_at(now):
        return None
    key = f"statement-tallies:{process.pk}"
    held = cache.get(key)
    if held is None:
        counted: dict[int, dict[int, int]] = defaultdict(dict)
        rows = (
            Vote.objects.filter(statement__process=process).order_by().values_list("statement", "value")
        ).annotate(Count("pk"))
        for statement, value, number in rows:
            counted[statement][value] = number
        held = {
            statement: Tally(of.get(AGREE, 0), of.get(DISAGREE, 0), of.get(PASS, 0))
            for statement, of in counted.items()
        }
        cache.set(key, held, KEPT_FOR)
    return held


def people_who_voted(process: Process) -> int:
    """How many people took part: that may be said at any time, what they think may not."""
    return Participant.objects.filter(process=process, votes__isnull=False).distinct().count()


def shown_channels(process: Process, now: dt.datetime) -> list[tuple[str, int, int]] | None:
    """By which way votes came: its name, how many people, how many votes; None while results are hidden."""
    if not process.shows_results_at(now):
        return None
    rows = Vote.objects.filter(statement__process=process).order_by().values("channel")
    counted = {
        row["channel"]: (row["people"], row["votes"])
        for row in rows.annotate(people=Count("participant", distinct=True), votes=Count("pk"))
    }
    return [(str(Channel(code).label), *counted[code]) for code in Channel.values if code in counted]
