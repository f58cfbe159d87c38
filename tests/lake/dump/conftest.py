import shutil
from pathlib import Path

import pytest
from django.conf import settings

from terreau.lake.dump import write_dump
from terreau.observe.actions.refreshing import refresh_published
from tests.factories.world import World, make_world


@pytest.fixture
def world(db) -> World:
    for name in ("lake", "tiles", "boundaries", "reports"):
        shutil.rmtree(Path(settings.DATA_DIR) / name, ignore_errors=True)
    made = make_world()
    refresh_published(by=None)
    yield made
    for name in ("lake", "tiles", "boundaries", "reports"):
        shutil.rmtree(Path(settings.DATA_DIR) / name, ignore_errors=True)


@pytest.fixture
def dumped(world, tmp_path) -> Path:
    write_dump(tmp_path / "export")
    return tmp_path / "export"
