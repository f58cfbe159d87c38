"""The home page « Où en est-on ? » in process, by how many commitments the register holds."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.factories.register import fill

from benchmarks.measure import cpu_seconds, print_table
from terreau.commitments.actions import load_programme
from terreau.commitments.models import Commitment

SIZES = (100, 1_000, 10_000)
GOAL = 150  # milliseconds


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
        fill(size - Commitment.objects.count())
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
