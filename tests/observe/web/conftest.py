"""A territory that was published on two dates."""

import json
from datetime import date

import pytest

from terreau.commons.models import Party, Place, Site
from terreau.lake.kept import kept_folder
from terreau.lake.publishing import publish_all, published_file
from terreau.observe.actions import compute_indicators
from tests.factories import make_source
from tests.observe.territory import Territory, make_organisation, make_territory

DATASETS = ("places", "memberships", "indicators", "organisations", "sites")


@pytest.fixture
def territory(settings, tmp_path) -> Territory:
    settings.DATA_DIR = tmp_path
    make_source(vintage=date(2024, 3, 1))
    return make_territory()


@pytest.fixture
def two_dates(territory: Territory) -> Territory:
    """Published on 10 January, when Ancienne was in west_1; then on 20 January, as Nouvelle, in east."""
    party = make_organisation("200000008", territory.west_1, name="Ancienne fictive", nature="association")
    make_organisation("200000016", territory.west_1, name="Close fictive", is_active=False)
    Site.objects.filter(party=party).update(lon=1.5, lat=47.5)
    compute_indicators(by=None)
    publish_all()
    Party.objects.filter(pk=party.pk).update(name="Nouvelle fictive", nature="cooperative")
    Site.objects.filter(party=party).update(commune=territory.east, lon=1.9, lat=47.9)
    Place.objects.filter(pk=territory.west_1.pk).update(name="Nom d’aujourd’hui", population=1300)
    territory.epci_west.members.filter(commune=territory.west_1).delete()
    compute_indicators(by=None)
    publish_all()
    for name in DATASETS:
        _publish_on(kept_folder(name) / "1", 10)
        _publish_on(published_file(name, "csv").parent, 20)
    return territory


def _publish_on(folder, day: int) -> None:
    path = folder / "manifest.json"
    if path.exists():
        at = {"published_at": f"2026-01-{day}T12:00:00+00:00"}
        path.write_text(json.dumps(json.loads(path.read_text()) | at))
