"""Statements and votes. A count is given only with the hour at which it is asked: hidden, there is none (trap 10)."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, QuerySet

from terreau.deliberate.enums import Channel, Moderation
from terreau.deliberate.models import Participant, Process, Statement, Vote
from terreau.deliberate.models.statements import AGREE, DISAGREE, PASS

KEPT_FOR = 15  # seconds: a busy hall does not count all its votes again for each page


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
    return process.statements.select_related("same_as").filter(token=token).first()


def asked_statements(process: Process) -> list[int]:
    """Keys of those that people are asked: not those that say what another one says."""
    return list(
        published_statements(process).filter(same_as__isnull=True).order_by().values_list("pk", flat=True)
    )


def answered_by(participant: Participant) -> set[int]:
    return set(participant.votes.order_by().values_list("statement", flat=True))


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
