from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from terreau.observe.actions.refreshing import refresh_published
from terreau.portal.archive import write_archive
from tests.factories import make_party, make_record, make_site
from tests.factories.world import World, make_world

DAY = date(2026, 11, 24)
SITE = "https://terreau.exemple.invalid"


@pytest.fixture
def address(settings) -> str:
    """A site that knows where it is."""
    settings.SITE_ADDRESS, settings.ALLOWED_HOSTS = SITE, ["terreau.exemple.invalid"]
    return SITE


@pytest.fixture
def served(settings, tmp_path, db) -> World:
    """A small region with two pages of directory, one organisation that closed, one that is masked, open data."""
    settings.DATA_DIR = tmp_path / "var"
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = (
        True  # style sheets without collectstatic
    )
    world = make_world()
    for number in range(30):
        party = make_party(f"Atelier fictif {number}", identity=f"local:monde:atelier{number}")
        site = make_site(party, world.communes[0], identity=f"local:monde:site-atelier{number}")
        make_record(party, world.source, site=site, key=f"atelier{number}", values={"name": party.name})
    make_party("Coopérative fermée", identity="local:monde:fermee", is_active=False)
    refresh_published(by=None)
    return world


@pytest.fixture
def archived(served, tmp_path) -> Callable[..., Path]:
    """``archived()``: the folder of an archive, in every language unless told otherwise."""

    def write(name: str = "archive", languages: tuple[str, ...] = ("fr", "en")) -> Path:
        write_archive(tmp_path / name, languages=languages, on=DAY)
        return tmp_path / name

    return write
