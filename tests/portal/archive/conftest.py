from collections.abc import Callable
from pathlib import Path

import pytest

from terreau.portal.archive import write_archive
from tests.factories.world import World, make_world

from .made import DAY, SERVED, Whole, whole_of_the_run


@pytest.fixture(scope="module")
def whole(django_db_setup, django_db_blocker, tmp_path_factory) -> Whole:
    return whole_of_the_run(django_db_blocker, tmp_path_factory)


@pytest.fixture
def served(settings, tmp_path, db) -> World:
    """A small site of which a test makes its own archive; it does not know its address."""
    settings.DATA_DIR = tmp_path / "var"
    for name, value in SERVED.items():
        setattr(settings, name, value)
    return make_world()


@pytest.fixture
def archived(served, tmp_path) -> Callable[..., Path]:
    """``archived("name", "fr")``: the folder of an archive in these languages."""

    def write(name: str, *languages: str) -> Path:
        write_archive(tmp_path / name, languages=languages, on=DAY)
        return tmp_path / name

    return write
