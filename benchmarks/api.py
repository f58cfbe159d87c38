"""A JSON list of 50 of 200,000 organisations: our API beside Datasette, in requests per core-second.

Both servers answer the same requests (pages that start at random keys) over rows with the same columns, one
after the other. What is counted is the CPU seconds of the server's processes, not those of the client.
"""

import http.client
import json
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import psutil
from django.db import connection

from benchmarks import context
from benchmarks.measure import print_table, verdict
from benchmarks.organisations import communes, load
from terreau.commons.models import Party, Place, Site, Source, Zoning
from terreau.lake.bulk import insert_rows

ORGANISATIONS = 200_000
LIMIT = 50
WARM_UP, REQUESTS = 100, 1_000
GOAL = 3.0
FIELDS = (
    "public_id", "name", "siren", "rna", "nature", "naf", "perimeter", "is_active",
    "commune_code", "commune", "lon", "lat",
)  # fmt: skip


def load_organisations() -> list[str]:
    """Parties with one site each, in communes; returns their public identifiers."""
    load(ORGANISATIONS)
    insert_rows(Source, ("code", "title"), [("mesure", "Mesure")], update_on=["code"])
    columns = ("code", "kind", "version", "title", "title_plural", "level", "source")
    zoning = ("commune", "commune", "2026", "Commune", "Communes", 1, "mesure")
    insert_rows(Zoning, columns, [zoning], update_on=["code"])
    places = communes().select("code", "name").rows()
    columns = ("zoning", "code", "name", "search_text", "communes_in_region")
    insert_rows(Place, columns, [("commune", code, name, name, 1) for code, name in places])
    place_keys = list(Place.objects.values_list("pk", flat=True))
    random = Random(24)
    sites = [
        (f"local:{key}", key, random.choice(place_keys), random.uniform(-4, 8), random.uniform(43, 50))
        for key in Party.objects.values_list("pk", flat=True)
    ]
    insert_rows(Site, ("identity", "party", "commune", "lon", "lat"), sites)
    return list(Party.objects.order_by("public_id").values_list("public_id", flat=True))


def write_peer_file(path: Path) -> None:
    """The same answer as one flat table, whose primary key is the one pages follow: the peer's best case."""
    rows = Party.objects.values_list(
        *FIELDS[:8], "sites__commune__code", "sites__commune__name", "sites__lon", "sites__lat"
    )
    database = sqlite3.connect(path)
    columns = ", ".join(f"{name} text" for name in FIELDS[1:])
    database.execute(f"CREATE TABLE organisation (public_id text PRIMARY KEY, {columns}) WITHOUT ROWID")
    database.executemany(
        f"INSERT INTO organisation VALUES ({', '.join('?' * len(FIELDS))})", rows.order_by("public_id")
    )
    database.commit()
    database.execute("ANALYZE")
    database.execute("VACUUM")
    database.close()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(command: list[str], port: int, ready: str) -> Iterator[psutil.Process]:
    log = (context.folder / f"server-{port}.log").open("wb")
    server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        give_up = time.monotonic() + 60
        while True:
            try:
                if get(http.client.HTTPConnection("127.0.0.1", port, timeout=5), ready)[0] == 200:
                    break
            except OSError:
                if server.poll() is not None or time.monotonic() > give_up:
                    raise RuntimeError(Path(log.name).read_text()[-2000:]) from None
            time.sleep(0.1)
        yield psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def get(client: http.client.HTTPConnection, path: str) -> tuple[int, bytes]:
    client.request("GET", path, headers={"Accept": "application/json"})
    response = client.getresponse()
    return response.status, response.read()


def cpu_of(server: psutil.Process) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in (server, *server.children(recursive=True)))


def requests_per_core_second(server: psutil.Process, port: int, paths: list[str]) -> tuple[float, int]:
    """And the size of an answer in bytes. Every answer holds LIMIT rows."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    size = 0
    for number, path in enumerate(paths):
        if number == WARM_UP:
            start = cpu_of(server)
        status, body = get(client, path)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {body[:200]!r}")
        size = len(body)
        if number % 100 == 0:
            answer = json.loads(body)
            rows = answer["items"] if "items" in answer else answer["rows"]
            if len(rows) != LIMIT or set(rows[0]) != set(FIELDS):
                raise AssertionError(f"{path}: {len(rows)} rows of {sorted(rows[0])}")
    client.close()
    return (len(paths) - WARM_UP) / (cpu_of(server) - start), size


def run() -> None:
    keys = load_organisations()
    file = context.folder / "peer.db"
    write_peer_file(file)
    connection.close()
    starts = Random(7).choices(keys[: -LIMIT - 1], k=WARM_UP + REQUESTS)
    programs = Path(sys.executable).parent
    rows: list[list[Any]] = []

    port = free_port()
    command = [str(programs / "terreau"), "serve", "--port", str(port), "--workers", "1"]
    with served(command, port, "/healthz") as server:
        paths = [f"/api/v1/organisations?limit={LIMIT}&after={key}" for key in starts]
        ours, size = requests_per_core_second(server, port, paths)
        rows.append(["Terreau: /api/v1/organisations", ours, 1000 / ours, size])

    port = free_port()
    settings = {
        "suggest_facets": "off",
        "allow_facet": "off",
        "num_sql_threads": "1",
        "cache_size_kb": "16000",
    }
    tuned = [part for name, value in settings.items() for part in ("--setting", name, value)]
    command = [str(programs / "datasette"), "serve", "--immutable", str(file), "--port", str(port), *tuned]
    with served(command, port, "/-/versions.json") as server:
        query = f"_size={LIMIT}&_shape=objects&_nocount=1&_nofacet=1&_nosuggest=1"
        paths = [f"/peer/organisation.json?{query}&_next={key}" for key in starts]
        peer, size = requests_per_core_second(server, port, paths)
        rows.append(["Datasette: immutable file, no count, no facets", peer, 1000 / peer, size])

    title = f"JSON list of {LIMIT} of {ORGANISATIONS:,} rows, {REQUESTS:,} requests"
    print_table(title, ["", "requests per core-second", "CPU ms", "bytes"], rows)
    print(f"ours / Datasette: {verdict(ours / peer, GOAL)}")
