from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories.once import made_once
from tests.factories.tables import copy_tables

from .site import SERVER, Site


@pytest.fixture(scope="session")
def prepared(tmp_path_factory) -> Site:
    """A site with its tables and style sheets, an administrator, and no places: copied by tests."""
    return made_once(tmp_path_factory, "prepared", _prepare)


def _prepare(folder: Path) -> Site:
    site = with_tables(folder / "var")
    site.django("migrate", "--verbosity=0")
    site.django("collectstatic", "--noinput", "--verbosity=0")
    done = site.run("administrator", "prem@exemple.invalid")
    assert done.returncode == 0, done.stderr
    return site


def with_tables(folder: Path) -> Site:
    """Where nothing else was prepared: what makes the tables still may, and finds nothing to do."""
    if not SERVER:
        copy_tables(folder)
    return Site(folder)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Site]:
    site = with_tables(tmp_path / "empty")
    yield site
    site.drop()


@pytest.fixture(scope="session")
def region(tmp_path_factory) -> Site:
    """A site made by the real first start, on the shipped data: copied by tests."""
    return made_once(tmp_path_factory, "region", _start_first)


def _start_first(folder: Path) -> Site:
    site = Site(folder / "var")
    done = site.run("init")
    assert done.returncode == 0, done.stdout + done.stderr
    site.first_start = done.stdout
    return site


@pytest.fixture
def site(prepared, tmp_path) -> Iterator[Site]:
    site = prepared.copy(tmp_path / "var")
    yield site
    site.drop()
