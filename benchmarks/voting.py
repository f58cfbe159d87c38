"""Two hundred people vote at once from phones on the real server; then it is killed, and every vote is looked for.

Each person reads a page, votes, follows the redirection to the next statement, and thinks for a while. Then all of
them vote as fast as the server answers. Wall times depend on what else the machine does: its load is printed.
"""

import asyncio
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measure import print_table

PEOPLE, STATEMENTS = 200, 60
SECONDS = 20
GOAL_VOTES, GOAL_MS = 100, 500
THINKING = 1.7  # seconds to read a statement, in the first run: some more than 100 votes in a second
SLUG = "essai"
COMMAND = Path(sys.executable).with_name("terreau")


@dataclass
class Person:
    """A phone: one connection kept alive, its cookies, what it was told is counted."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)  # statement → the last value acknowledged
    tried: dict[str, int] = field(default_factory=dict)  # sent, and not answered
    times: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, address: str, body: str = "") -> tuple[int, dict[str, str], str]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [
            f"{method} {address} HTTP/1.1", f"Host: localhost:{self.port}", f"Cookie: {cookies}",
            "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}",
        ]  # fmt: skip
        writer.write(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers: dict[str, str] = {}
        for line in head.split("\r\n")[1:]:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key.strip()] = rest.split(";")[0]
        text = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
        return int(head.split(" ")[1]), headers, text

    async def vote_until(self, end: float, thinking: float) -> None:
        address = f"/demarches/{SLUG}/avis/"
        chance = random.Random(id(self))
        try:
            await asyncio.sleep(chance.uniform(0, thinking))
            _status, _headers, page = await self.ask("GET", address)
            while time.monotonic() < end:
                asked = re.search(r'name="statement" value="(\w+)"', page)
                if asked is None:
                    _status, _headers, page = await self.ask("GET", f"{address}?suite=1")
                    if 'name="statement"' not in page:
                        return
                    continue
                await asyncio.sleep(chance.uniform(0.5, 1.5) * thinking)
                page = await self.vote(asked[1], chance.choice((1, -1, 0)), page, thinking)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.problems.append(type(error).__name__)

    async def vote(self, statement: str, value: int, page: str, thinking: float) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        body = f"csrfmiddlewaretoken={token[1]}&statement={statement}&value={value}&n=0"
        self.tried[statement] = value
        start = time.perf_counter()
        status, headers, text = await self.ask("POST", f"/demarches/{SLUG}/avis/", body)
        if status != 302:
            self.problems.append(str(status))
            return text
        self.times.append(time.perf_counter() - start)
        self.told[statement] = value
        del self.tried[statement]
        start = time.perf_counter()
        _status, _headers, following = await self.ask("GET", headers["location"].replace("n=1", "n=0"))
        self.pages.append(time.perf_counter() - start)
        return following


def make_site(folder: Path) -> dict[str, str]:
    environment = {**os.environ, "TERREAU_DATA": str(folder)}
    environment.pop("DATABASE_URL", None)
    program = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0); call_command('collectstatic', verbosity=0, interactive=False)\n"
        "from tests.factories.deliberate import make_process, make_statement\n"
        f"process = make_process(slug='{SLUG}', asks_at_a_time=20)\n"
        f"[make_statement(process) for number in range({STATEMENTS})]\n"
    )
    environment |= {"DJANGO_SETTINGS_MODULE": "terreau.portal.settings"}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
    return environment


def start(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    """In a session of its own: the server and its workers are killed together."""
    server = subprocess.Popen(
        [str(COMMAND), "serve", "--port", str(port)],
        env=environment, start_new_session=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    for _attempt in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return server
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server does not answer")


def kill(server: subprocess.Popen[bytes]) -> None:
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def cpu_of(group: int) -> float:
    """CPU seconds of the processes of the server."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group:
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def lost_votes(folder: Path, people: list[Person]) -> list[tuple[str, int]]:
    """Acknowledged, and not in the file. A vote sent and not answered may be there or not: both are right."""
    import hashlib

    with sqlite3.connect(folder / "terreau.sqlite3") as database:
        rows = database.execute(
            "SELECT p.secret_digest, s.token, v.value FROM deliberate_vote v"
            " JOIN deliberate_participant p ON p.id = v.participant_id"
            " JOIN deliberate_statement s ON s.id = v.statement_id"
        ).fetchall()
    there = {(secret, statement): value for secret, statement, value in rows}
    assert len(there) == len(rows)
    lost = []
    for person in people:
        secret = person.cookies.get("terreau_participant", "")
        digest = hashlib.sha256(f"{SLUG}:{secret}".encode()).hexdigest()
        for statement, value in person.told.items():
            if there.get((digest, statement)) not in {value, person.tried.get(statement, value)}:
                lost.append((statement, value))
    return lost


async def crowd(people: list[Person], seconds: float, thinking: float) -> None:
    end = time.monotonic() + seconds
    await asyncio.gather(*(person.vote_until(end, thinking) for person in people))


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


async def crowd_then_kill(server: subprocess.Popen[bytes], people: list[Person]) -> None:
    """All of them are voting when the server dies."""
    task = asyncio.create_task(crowd(people, 60, 0))
    await asyncio.sleep(3)
    await asyncio.to_thread(kill, server)
    await task


def measured(name: str, people: list[Person], wall: float, cpu: float) -> list[object]:
    times = sorted(t for person in people for t in person.times)
    pages = sorted(t for person in people for t in person.pages)
    problems = sum(len(person.problems) for person in people)
    at = lambda rows, share: 1000 * rows[int(share * (len(rows) - 1))] if rows else float("nan")  # noqa: E731
    return [
        name,
        len(times),
        len(times) / wall,
        at(times, 0.5),
        at(times, 0.95),
        at(pages, 0.95),
        1000 * cpu / max(1, len(times)),
        problems,
    ]


def run() -> None:
    with tempfile.TemporaryDirectory(prefix="terreau-voting-") as name:
        folder = Path(name)
        environment = make_site(folder)
        port = free_port()
        server = start(environment, port)
        rows, everybody = [], []
        asyncio.run(
            crowd([Person(port) for _number in range(8)], 2, 0.5)
        )  # both processes have read their code
        try:
            for title, thinking in (("they think", THINKING), ("no pause", 0.0)):
                people = [Person(port) for _number in range(PEOPLE)]
                everybody += people
                before, began = cpu_of(server.pid), time.monotonic()
                asyncio.run(crowd(people, SECONDS, thinking))
                rows.append(measured(title, people, time.monotonic() - began, cpu_of(server.pid) - before))
            people = [Person(port) for _number in range(PEOPLE)]
            everybody += people
            asyncio.run(crowd_then_kill(server, people))
        finally:
            if server.poll() is None:
                kill(server)
        lost = lost_votes(folder, everybody)
        told = sum(len(person.told) for person in everybody)
    print_table(
        f"{PEOPLE} people vote at once, SQLite synchronous=FULL (goal: {GOAL_VOTES} votes/s acknowledged, "
        f"p95 under {GOAL_MS} ms)",
        [
            "run",
            "votes",
            "votes/s",
            "p50 ms",
            "p95 ms",
            "next page p95 ms",
            "CPU ms a vote and page",
            "problems",
        ],
        rows,
    )
    load = os.getloadavg()[0]
    print(
        f"load {load:.1f} on {os.cpu_count()} cores; "
        f"after kill -9 of the server: {told:,} votes acknowledged, {len(lost)} lost"
    )
    assert told and not lost
