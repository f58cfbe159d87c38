"""Processes for tests: each makes the least that is valid, with names that are clearly fictional."""

import datetime as dt
from itertools import count
from typing import Any

from django.utils import timezone

from terreau.commons.enums import College
from terreau.commons.models import User
from terreau.deliberate.actions.judging import Hands, judge_proposal
from terreau.deliberate.actions.participating import new_secret, take_part
from terreau.deliberate.actions.statements import fold_statement
from terreau.deliberate.enums import Moderation, Power, Preset, State, StepKind
from terreau.deliberate.models import Participant, Process, ProcessRole, Proposal, Statement, Step

from . import make_user

_numbers = count(1)


def make_process(*, steps: tuple[str, ...] = (StepKind.PROPOSE, StepKind.VOTE), **values: Any) -> Process:
    """A public one: each of ``steps`` is open from yesterday to the day after tomorrow."""
    number = next(_numbers)
    now = timezone.now()
    values = {
        "slug": f"demarche-{number}",
        "preset": Preset.CONSULTATION,
        "title": f"Démarche fictive {number}",
        "subject": "Que faire du lieu fictif ?",
        "open_matters": "Les usages du lieu.",
        "closed_matters": "Le budget déjà voté.",
        "decider_name": "Région fictive",
        "method": "Des affirmations, puis des propositions.",
        "reply_by": timezone.localdate() + dt.timedelta(days=60),
        "colleges": list(College.values),
        "state": State.OPEN,
        "opened_at": now,
        **values,
    }
    process = Process.objects.create(**values)
    for kind in steps:
        make_step(process, kind)
    return process


def make_step(process: Process, kind: str = StepKind.VOTE, *, starts: float = -1, ends: float = 2) -> Step:
    """``starts`` and ``ends`` in days from now."""
    now = timezone.now()
    day = dt.timedelta(days=1)
    return Step.objects.create(
        process=process, kind=kind, starts_at=now + starts * day, ends_at=now + ends * day
    )


def close(process: Process) -> None:
    """Every step ended a minute ago."""
    past = timezone.now() - dt.timedelta(minutes=1)
    process.steps.update(starts_at=past - dt.timedelta(days=3), ends_at=past)


def give_power(process: Process, power: Power, user: User | None = None) -> User:
    user = user or make_user()
    ProcessRole.objects.create(process=process, user=user, power=power, shown_name="Personne fictive")
    return user


def make_participant(process: Process, *, college: str = "", user: User | None = None) -> Participant:
    return take_part(process=process, by=user, secret="" if user else new_secret(), college=college)


def make_statement(process: Process, words: str = "", **values: Any) -> Statement:
    number = next(_numbers)
    words = words or f"Affirmation fictive {number}"
    values = {
        "number": process.statements.count() + 1,
        "folded": fold_statement(words),
        "at": timezone.now(),
        "moderation": Moderation.PUBLISHED,
        **values,
    }
    return Statement.objects.create(process=process, words=words, **values)


def make_proposal(process: Process, words: str = "", **values: Any) -> Proposal:
    """Published, with one version."""
    number = process.proposals.count() + 1
    row = Proposal.objects.create(
        process=process,
        **{"number": number, "at": timezone.now(), "moderation": Moderation.PUBLISHED, **values},
    )
    words = words or f"Proposition fictive {number}"
    row.versions.create(number=1, title=words, words=f"{words}, en détail.", at=timezone.now())
    return row


def adopt(proposal: Proposal, *, by: User | None = None) -> Proposal:
    """By a meeting of today, 20 for, 3 against."""
    return judge_proposal(
        proposal=proposal,
        is_adopted=True,
        judged_on=timezone.localdate(),
        meeting="Assemblée fictive",
        hands=[Hands(20, 3, 2)],
        by=by or give_power(proposal.process, Power.FACILITATOR),
    )
