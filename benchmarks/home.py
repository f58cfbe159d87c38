"""The home page « Où en est-on ? » in process, by how many commitments the register holds."""

import datetime as dt
from itertools import count
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.measure import cpu_seconds, print_table
from terreau.commitments.actions import load_programme
from terreau.commitments.enums import State
from terreau.commitments.models import Commitment, Fulfilment, ProgrammeItem

SIZES = (100, 1_000, 10_000)
GOAL = 150  # milliseconds
STATES = (State.OPEN, State.OPEN, State.OPEN, State.KEPT, State.ABANDONED)
_tokens = count(1)


def _commitment(number: int, today: dt.date) -> Commitment:
    state = STATES[number % len(STATES)]
    ended = today - dt.timedelta(days=number % 700) if state != State.OPEN else None
    return Commitment(
        token=f"b{next(_tokens):09d}",
        title=f"Engagement fictif {number}",
        owner_name="" if number % 20 == 0 else f"Groupe fictif {number % 300}",
        deliverable="Une liste publiée",
        unit="logements",
        baseline=0,
        target=40,
        starts_on=today - dt.timedelta(days=900),
        opened_on=today - dt.timedelta(days=900),
        due_on=today + dt.timedelta(days=number % 1000 - 400),
        ended_on=ended,
        state=state,
        result="Fait" if state == State.KEPT else "",
        reason="Sans suite" if state == State.ABANDONED else "",
    )


def fill(size: int) -> None:
    """Each commitment serves one or two items and has three fulfilments."""
    today = timezone.localdate()
    there = Commitment.objects.count()
    made = Commitment.objects.bulk_create(_commitment(number, today) for number in range(there, size))
    items = list(ProgrammeItem.objects.all())
    serves = Commitment.items.through
    serves.objects.bulk_create(
        serves(commitment=one, programmeitem=items[(number + more) % len(items)])
        for number, one in enumerate(made)
        for more in range(1 + number % 2)
    )
    Fulfilment.objects.bulk_create(
        Fulfilment(
            commitment=one,
            token=f"f{next(_tokens):09d}",
            on=today - dt.timedelta(days=100 * step),
            amount=step,
            words="Une étape fictive",
        )
        for one in made
        for step in (1, 2, 3)
    )


def page() -> int:
    response = Client().get("/")
    assert response.status_code == 200
    return len(response.content)


def run() -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("collectstatic", verbosity=0, interactive=False)
    programme = Path(settings.SHIPPED_DATA) / "programmes" / "treize-propositions.toml"
    load_programme(content=programme.read_bytes(), by=None)
    rows: list[list[Any]] = []
    for size in (0, *SIZES):
        fill(size)
        page()  # templates and translations are loaded
        with CaptureQueriesContext(connection) as asked:
            page()
        queries = len(asked)  # before the next page forgets them
        seconds, weight = cpu_seconds(page, repeat=10)
        rows.append([size, 1000 * seconds, queries, weight])
    empty = rows[0][1]
    print_table(
        f"Home page in process (goal: under {GOAL} ms, a constant number of queries)",
        ["commitments", "CPU ms", "queries", "bytes", "× the empty home"],
        [[*row, row[1] / empty] for row in rows],
    )
