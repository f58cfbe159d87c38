from pathlib import Path

import pytest
from django.db import transaction

from terreau.lake.dump import write_dump
from terreau.observe.actions.refreshing import refresh_published
from tests.factories.world import World, make_world


@pytest.fixture
def world(db) -> World:
    made = make_world()
    refresh_published(by=None)
    return made


@pytest.fixture
def dumped(world, tmp_path) -> Path:
    write_dump(tmp_path / "export")
    return tmp_path / "export"


@pytest.fixture(scope="module")
def written(django_db_setup, django_db_blocker, tmp_path_factory) -> Path:
    """A dump for tests that only read it or copy it; the database forgets what was in it."""
    folder = tmp_path_factory.mktemp("written") / "export"
    with django_db_blocker.unblock(), transaction.atomic():
        make_world()
        refresh_published(by=None)
        write_dump(folder)
        transaction.set_rollback(True)
    return folder
