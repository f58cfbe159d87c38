"""Inserting rows into an indexed table: ``lake.bulk.insert_rows`` beside sqlite-utils.

The peer commits every few rows. What that costs is partly waiting for the disk: wall times are printed too,
but the goal is judged on CPU seconds.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter, process_time
from typing import Any

from django.conf import settings
from django.db import connection, models

from benchmarks import context
from benchmarks.measure import print_table, verdict
from benchmarks.organisations import COLUMNS, organisations
from benchmarks.tables import Establishment, empty_table
from terreau.commons.models import Party
from terreau.commons.search.index import bulk_load
from terreau.lake.bulk import insert_rows

SIZES = (10_000, 100_000)
FULL_SIZES = (*SIZES, 300_000)
GOAL = 50.0
FIELDS = tuple(field.name for field in Establishment._meta.local_concrete_fields if not field.primary_key)

Row = tuple[Any, ...]
Spent = tuple[float, float]  # CPU seconds, wall seconds


def establishments(parties: list[Row]) -> list[Row]:
    """One establishment for each party, in no order of its keys."""
    siren, name, naf = (COLUMNS.index(column) for column in ("siren", "name", "naf"))
    return [
        (f"{row[siren]}00015", row[siren], row[name], row[naf], "12", "RUE", "DE LA GARE", "45000",
         f"{int(row[siren]) * 7919 % 35_000:05}", "2001-01-01")
        for row in parties
    ]  # fmt: skip


def _regexp(pattern: str, text: str | None) -> bool | None:
    return None if text is None else bool(re.search(pattern, text))


@contextmanager
def own_connection(journal: str) -> Iterator[sqlite3.Connection]:
    """A connection of the peer's own, with the database in its kind of journal: ``delete`` by default, or ours."""
    connection.close()
    database = sqlite3.connect(settings.DATABASES["default"]["NAME"])
    try:
        database.create_function(
            "REGEXP", 2, _regexp, deterministic=True
        )  # a constraint of parties asks for it
        database.execute(f"PRAGMA journal_mode={journal}")
        yield database
        database.execute("PRAGMA journal_mode=wal")
    finally:
        database.close()


def by_sqlite_utils(table: str, columns: tuple[str, ...], rows: list[Row], journal: str) -> Spent:
    from sqlite_utils import Database

    named = [dict(zip(columns, row, strict=True)) for row in rows]
    with own_connection(journal) as database:
        start, wall = process_time(), perf_counter()
        Database(database)[table].insert_all(named)
        return process_time() - start, perf_counter() - wall


def by_insert_rows(model: type[models.Model], columns: tuple[str, ...], rows: list[Row]) -> Spent:
    start, wall = process_time(), perf_counter()
    if model is Party:
        with bulk_load():
            insert_rows(model, columns, rows)
    else:
        insert_rows(model, columns, rows)
    return process_time() - start, perf_counter() - wall


def in_new_table(rows: list[Row], journal: str = "") -> Spent:
    """``journal``: that of the peer; empty for ours."""
    with empty_table(Establishment) as table:
        spent = (
            by_sqlite_utils(table, FIELDS, rows, journal)
            if journal
            else by_insert_rows(Establishment, FIELDS, rows)
        )
        assert Establishment.objects.count() == len(rows)
    return spent


def in_parties(rows: list[Row], journal: str = "") -> Spent:
    with bulk_load():
        Party.objects.all().delete()
    table = Party._meta.db_table
    spent = (
        by_sqlite_utils(table, COLUMNS, rows, journal) if journal else by_insert_rows(Party, COLUMNS, rows)
    )
    assert Party.objects.count() == len(rows)
    return spent


def run() -> None:
    sizes = FULL_SIZES if context.full else SIZES
    everything = list(organisations(max(sizes)))
    tasks = (
        ("10 columns, 4 indexes", in_new_table, establishments(everything)),
        ("17 columns, 8 indexes, full-text index", in_parties, everything),
    )
    lines: list[list[Any]] = []
    ratios = {}
    for label, task, rows in tasks:
        for size in sizes:
            ours = min(task(rows[:size]) for _ in range(3))
            for journal in ("delete", "wal"):
                peer = task(rows[:size], journal)
                ratios[label, size, journal] = peer[0] / ours[0]
                lines.append([label, size, journal, *ours, *peer, peer[0] / ours[0], peer[1] / ours[1]])
    headers = [
        "table",
        "rows",
        "peer’s journal",
        "ours CPU s",
        "wall",
        "sqlite-utils CPU s",
        "wall",
        "CPU ×",
        "wall ×",
    ]
    print_table("Insertion beside sqlite-utils insert_all, same table and indexes", headers, lines)
    for (label, size, journal), ratio in ratios.items():
        if size == 100_000 and journal == "delete":
            print(f"100,000 rows, {label}: {verdict(ratio, GOAL)}")
