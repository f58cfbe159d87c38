"""At a closing, the result is computed from nothing and kept as it was published."""

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.deliberate.bridge import engine_version, read_opinion
from terreau.deliberate.models import OpinionResult, Process
from terreau.deliberate.queries.results import last_closing, published_result, results_due
from terreau.deliberate.rules import may_facilitate

from .writing import NotAllowed, TooLate, locked, write_change


def publish_results(*, process: Process, by: User | None, now: dt.datetime | None = None) -> OpinionResult:
    """The result of the last closing, which is computed once: who asks again gets the one that was published.

    ``by``: a facilitator, or nobody when the command does it at its hour. Raises NotAllowed, TooLate.
    """
    now = now or timezone.now()
    _check(process, by, now)
    kept = published_result(process)
    return kept if kept is not None else _keep(process, by, now)


@transaction.atomic
def _keep(process: Process, by: User | None, now: dt.datetime) -> OpinionResult:
    """Read and written in one turn: no step is opened again meanwhile."""
    process = locked(process)
    _check(process, by, now)
    kept = published_result(process)
    if kept is not None:
        return kept
    closed_at = last_closing(process)
    assert closed_at is not None, "a closed process closed one day"
    opinion = read_opinion(process)
    number = process.opinion_results.aggregate(last=Max("number"))["last"] or 0
    row = OpinionResult.objects.create(
        process=process,
        number=number + 1,
        computed_at=now,
        closed_at=closed_at,
        votes_digest=opinion["input_digest"],
        engine_version=engine_version(),
        result=opinion,
    )
    write_change(process, "publish-opinion-result", by=by)
    return row


def _check(process: Process, by: User | None, now: dt.datetime) -> None:
    if by is not None and not may_facilitate(by, process):
        raise NotAllowed(
            _("Le résultat est publié par un animateur de cette démarche, ou tout seul à son heure.")
        )
    if process.is_draft or not process.is_closed_at(now):
        raise TooLate(_("Cette démarche n’est pas close : son résultat n’est pas encore à publier."))


def publish_results_due(*, by: User | None, now: dt.datetime | None = None) -> list[OpinionResult]:
    """Of every process that closed since the last time."""
    now = now or timezone.now()
    return [publish_results(process=process, by=by, now=now) for process in results_due(now)]
