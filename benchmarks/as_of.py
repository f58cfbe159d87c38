"""The past of organisations that have changed three times: a sheet, its page, and a page of the list, as of a date."""

import datetime as dt
from collections.abc import Callable, Iterator
from random import Random
from statistics import median, quantiles
from time import process_time
from typing import Any

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from benchmarks.measure import print_table, verdict
from benchmarks.organisations import communes, load
from terreau.commons.models import Party, Place, Revision, Site, Source, Version, Zoning
from terreau.lake.bulk import insert_rows
from terreau.observe.models import SourceRecord
from terreau.observe.queries.documents import party_documents, subject_of
from terreau.observe.queries.history import freeze, party_as_of, past_of
from terreau.observe.queries.listing_as_of import list_organisations_as_of

SIZES = (3_000, 30_000, 300_000)
GOAL = 100  # milliseconds, median
VERSIONS = 3
QUESTIONS = 200
_CHUNK = 10_000


def load_past(number: int) -> None:
    """``number`` organisations with a site and two records, each changed by the same three harvests."""
    Version.objects.all().delete()
    SourceRecord.objects.all().delete()
    load(number)
    Revision.objects.all().delete()
    _load_rows(Random(24))
    start = timezone.now() - dt.timedelta(days=30 * VERSIONS)
    insert_rows(
        Revision,
        ("number", "at", "verb", "subject"),
        [
            (1 + rank, start + dt.timedelta(days=30 * rank), "harvest", "source:mesure")
            for rank in range(VERSIONS)
        ],
    )
    keys = list(Party.objects.values_list("pk", flat=True))
    for at in range(0, len(keys), _CHUNK):
        insert_rows(
            Version,
            ("subject", "number", "since", "until", "content"),
            list(_versions(party_documents(keys[at : at + _CHUNK]).values())),
        )
    Party.objects.update(revision=VERSIONS)


def _load_rows(random: Random) -> None:
    sources = [("mesure", "Mesure", "etalab-2.0"), ("autre", "Autre", "etalab-2.0")]
    insert_rows(Source, ("code", "title", "licence"), sources, update_on=["code"])
    columns = ("code", "kind", "version", "title", "title_plural", "level", "source")
    insert_rows(
        Zoning,
        columns,
        [("commune", "commune", "2026", "Commune", "Communes", 1, "mesure")],
        update_on=["code"],
    )
    places = [("commune", code, name, name, 1) for code, name in communes().select("code", "name").rows()]
    columns = ("zoning", "code", "name", "search_text", "communes_in_region")
    insert_rows(Place, columns, places, update_on=["zoning", "code"])
    places = list(Place.objects.values_list("pk", flat=True))
    parties = list(Party.objects.values_list("pk", "identity", "name"))
    sites = [
        (f"site:{key}", key, "1 rue fictive", random.choice(places), 1.5, 47.5) for key, _i, _n in parties
    ]
    insert_rows(Site, ("identity", "party", "address", "commune", "lon", "lat"), sites)
    site_of = dict(Site.objects.values_list("party", "pk"))
    columns = ("source", "key", "identity", "party", "site", "line", "observed_on", "values", "digest")
    records = [
        (source, identity, identity, key, site_of[key], 1, dt.date(2025, 1, 2), _said(name), "0")
        for key, identity, name in parties
        for source in ("mesure", "autre")
    ]
    insert_rows(SourceRecord, columns, records)


def _said(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "naf": "88.99B",
        "address": "1 rue fictive",
        "commune": "37261",
        "lon": 1.5,
        "lat": 47.5,
    }


def _versions(documents: Any) -> Iterator[tuple[Any, ...]]:
    for document in documents:
        subject = subject_of(document["party"]["public_id"])
        for number in range(1, VERSIONS + 1):
            yield subject, number, number - 1 or None, number, document


def one_sheet(public_id: str, moment: dt.datetime) -> None:
    past = past_of(public_id)
    state = party_as_of(past, moment).state if past else None
    assert past and state and freeze(past, state)


def one_page(public_id: str, moment: dt.datetime) -> None:
    answer = Client(SERVER_NAME="localhost").get(
        f"/acteurs/{public_id}/", {"au": moment.isoformat()}, follow=True
    )
    assert answer.status_code == 200


def one_list(public_id: str, moment: dt.datetime) -> None:
    assert list_organisations_as_of(moment, after=public_id, limit=50) is not None


def milliseconds(
    ask: Callable[[str, dt.datetime], None], asked: list[tuple[str, dt.datetime]]
) -> list[float]:
    ask(*asked[0])  # the first call opens files
    spent = []
    for public_id, moment in asked:
        start = process_time()
        ask(public_id, moment)
        spent.append(1000 * (process_time() - start))
    return spent


def run() -> None:
    call_command("collectstatic", verbosity=0, interactive=False)  # pages name static files
    rows: list[list[Any]] = []
    worst = 0.0
    for size in SIZES:
        load_past(size)
        random, now = Random(7), timezone.now()
        found = random.sample(list(Party.objects.values_list("public_id", flat=True)), QUESTIONS)
        asked = [(one, now - dt.timedelta(days=random.uniform(0, 30 * VERSIONS + 30))) for one in found]
        for label, ask in (
            ("sheet", one_sheet),
            ("page, with its redirection", one_page),
            ("list of 50", one_list),
        ):
            spent = milliseconds(ask, asked)
            rows.append([label, size, VERSIONS * size, median(spent), quantiles(spent, n=20)[-1], max(spent)])
        worst = max(worst, *(row[3] for row in rows if row[0] != "list of 50"))
    headers = ["as of a random date", "organisations", "versions kept", "median ms", "p95", "worst"]
    print_table(f"The past: CPU ms, {QUESTIONS} questions (goal: median under {GOAL} ms)", headers, rows)
    print(f"goal / slowest median of a sheet or page: {verdict(GOAL / worst, 1)}")
