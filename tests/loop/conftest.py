"""The first region, from the shipped files, loaded once as `terreau init` does, in a transaction undone at the end."""

import pytest
from django.conf import settings
from django.db import transaction

from terreau.commons.actions import load_places
from terreau.lake.publishing import publish_all
from terreau.observe.actions import compute_indicators, harvest_all
from terreau.observe.actions.boundaries import build_boundaries
from terreau.observe.actions.tiles import build_point_index


@pytest.fixture(scope="module")
def centre_val_de_loire(django_db_setup, django_db_blocker):
    contours = settings.SHIPPED_DATA / "territories" / "contours" / "24.geojson.gz"
    with django_db_blocker.unblock(), transaction.atomic():
        load_places(region="24", by=None)
        build_boundaries(contours=contours, by=None)
        harvest_all(by=None)
        compute_indicators(by=None)
        build_point_index()
        publish_all()
        yield
        transaction.set_rollback(True)
