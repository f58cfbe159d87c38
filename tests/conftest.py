"""What every test needs: state in a temporary folder, and silence that fails."""

import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import translation

from tests.factories.tables import migrated_tables

pytest_plugins = ["tests.postgres"]

hypothesis.settings.register_profile("untimed", deadline=None)  # a busy machine is not a mistake
hypothesis.settings.load_profile("untimed")

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED_DATA = REPOSITORY.parent / "shared" / "data"

#: Long files start first, in this order, so that no process waits for another at the end; those that need the same
#: site or archive, far from each other.
LONG = (
    "browser/test_every_page.py",
    "portal/test_init.py",
    "browser/test_archive.py",
    "observe/sources/test_large.py",
    "observe/actions/test_erasing_practices.py",
    "loop/test_one_turn.py",
    "portal/test_dump.py",
    "observe/actions/test_erasing.py",
    "observe/actions/test_returning.py",
    "observe/queries/test_history.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Then files in the order of how many tests they have; chance keeps the order of equals, and within a file."""
    long = {REPOSITORY / "tests" / name: rank for rank, name in enumerate(LONG)}
    tests = Counter(item.path for item in items)
    chance = {path: rank for rank, path in enumerate(tests)}
    items.sort(key=lambda one: (long.get(one.path, len(LONG)), -tests[one.path], chance[one.path]))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """On SQLite, the database in memory is there before Django asks for it, with its tables: nothing is to migrate."""
    if connection.vendor != "sqlite":
        yield
        return
    name = connection.creation._get_test_db_name()
    with closing(sqlite3.connect(name, uri=True)) as memory:
        with closing(sqlite3.connect(migrated_tables())) as tables:
            tables.backup(memory)
        yield


@pytest.fixture
def shared_data() -> Path:
    """The folder of full published files, where a developer has it; users' machines do not."""
    if not SHARED_DATA.is_dir():
        pytest.skip("needs the full published files, which are not on this machine")
    return SHARED_DATA


@pytest.fixture(autouse=True)
def in_french() -> None:
    """A page read in English by another test leaves its language in the thread."""
    translation.activate("fr")


@pytest.fixture(autouse=True, scope="module")
def folder_left_as_found_by_the_module() -> Iterator[None]:
    with _folder_left_as_found():
        yield


@pytest.fixture(autouse=True)
def folder_left_as_found(folder_left_as_found_by_the_module: None) -> Iterator[None]:
    """The database forgets what a test wrote; so does the folder of this process, and no attempt stays counted."""
    with _folder_left_as_found():
        yield
    cache.clear()


@contextmanager
def _folder_left_as_found() -> Iterator[None]:
    folder = Path(os.environ["TERREAU_DATA"])  # of this process, whichever a test takes as its own
    found = set(os.listdir(folder))
    yield
    for name in set(os.listdir(folder)) - found:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.fixture(autouse=True, scope="session")
def connection_kept_by_its_test() -> Iterator[None]:
    """A test lives in a transaction: no request, even through the server's own door, may close its connection.

    SQLite in memory is never closed; PostgreSQL would be.
    """
    close = BaseDatabaseWrapper.close_if_unusable_or_obsolete

    def close_between_tests(connection: BaseDatabaseWrapper) -> None:
        if not connection.in_atomic_block:
            close(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", close_between_tests)
        yield
