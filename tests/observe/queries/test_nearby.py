"""Distances are true, lists are sorted, and the box of SQL never loses anybody whom the circle holds."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terreau.commons.enums import Diffusion
from terreau.commons.models import Site
from terreau.observe.queries.nearby import _box, distance_km, entries, neighbours
from tests.factories import make_party, make_place, make_site

patient = settings(deadline=None)  # a busy machine is not a mistake


def naive_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The law of cosines with vectors: another road to the same distance."""
    (x1, y1), (x2, y2) = ([math.radians(angle) for angle in point] for point in (a, b))
    dot = math.cos(y1) * math.cos(y2) * math.cos(x1 - x2) + math.sin(y1) * math.sin(y2)
    return 6371.0088 * math.acos(max(-1, min(1, dot)))


LON, LAT = st.floats(-180, 180), st.floats(-90, 90)


@patient
@given(LON, LAT, LON, LAT)
def test_distance_agrees_with_another_formula(x1: float, y1: float, x2: float, y2: float) -> None:
    found = float(distance_km(x1, y1, np.array([x2]), np.array([y2]))[0])
    assert found == pytest.approx(naive_km((x1, y1), (x2, y2)), abs=0.2)  # acos is rough near 0


def test_a_known_distance() -> None:
    """Orléans to Tours, by their town halls: about 107.5 km as the crow flies."""
    found = distance_km(1.9093, 47.9025, np.array([0.6848]), np.array([47.3936]))
    assert float(found[0]) == pytest.approx(107.6, abs=0.5)


@pytest.mark.django_db
def test_sorted_once_each_and_masked_nowhere() -> None:
    commune = make_place("99001", lon=2.0, lat=47.0)
    near, far, beyond = make_party("Près"), make_party("Loin"), make_party("Trop loin")
    make_site(far, commune, lon=2.2, lat=47.0)
    make_site(far, commune, lon=2.1, lat=47.0)
    make_site(near, commune)  # no point of its own: the centre of its commune
    make_site(beyond, commune, lon=4.0, lat=47.0)
    make_site(make_party(diffusion=Diffusion.MASKED), commune, lon=2.0, lat=47.0)
    make_site(make_party(is_active=False), commune, lon=2.0, lat=47.0)
    make_site(make_party(), commune, lon=2.0, lat=47.0, is_active=False)
    make_site(make_party("Sans lieu"), None)
    found = neighbours(2.0, 47.0, 20)
    assert [(one.party, one.is_centre) for one in found] == [(near.pk, True), (far.pk, False)]
    assert found[0].km == 0
    assert found[1].km == pytest.approx(naive_km((2.0, 47.0), (2.1, 47.0)), abs=1e-3)
    assert [entry.party.name for entry in entries(found)] == ["Près", "Loin"]


@pytest.mark.django_db
def test_nobody() -> None:
    assert neighbours(2.0, 47.0, 100) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lon", "lat"), [(2.0, 47.0), (179.9, 47.0), (-179.9, -10.0), (0.0, 89.9), (10.0, -90.0)]
)
def test_the_box_holds_the_circle(lon: float, lat: float) -> None:
    """Points all around, just inside the radius, pole and antimeridian included."""
    km, party = 50.0, make_party()
    for bearing in range(0, 360, 15):
        x, y = destination(lon, lat, bearing, km * 0.999)
        make_site(party, None, lon=x, lat=y)
    inside = Site.objects.filter(_box(lon, lat, km, ""))
    assert inside.count() == 24


def destination(lon: float, lat: float, bearing: float, km: float) -> tuple[float, float]:
    angle, course = km / 6371.0088, math.radians(bearing)
    x, y = math.radians(lon), math.radians(lat)
    up = math.asin(math.sin(y) * math.cos(angle) + math.cos(y) * math.sin(angle) * math.cos(course))
    along = math.atan2(
        math.sin(course) * math.sin(angle) * math.cos(y), math.cos(angle) - math.sin(y) * math.sin(up)
    )
    return (math.degrees(x + along) + 540) % 360 - 180, math.degrees(up)
