from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.commons.enums import Diffusion
from terreau.observe.actions.masking import answer_masking, ask_masking
from terreau.observe.actions.tiles import build_point_index
from terreau.observe.indicators import ORGANISATIONS, ORGANISATIONS_PER_10000
from terreau.observe.models import IndicatorValue
from terreau.observe.queries.map import (
    MOST_CLASSES,
    MapSummary,
    choropleth,
    map_summary,
    mapped_points,
    point_index,
    value_classes,
)
from tests.factories import make_party, make_place, make_site, make_user


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, 3.5, 7.0, 8.0, 20.0, 1e6]) | st.floats(0, 1e9), max_size=80))
def test_every_value_is_in_the_class_that_says_so(values):
    numbers, classes = value_classes(values)
    assert len(classes) <= MOST_CLASSES
    assert len(numbers) == len(values) == sum(one.zones for one in classes)
    for value, number in zip(values, numbers, strict=True):
        assert classes[number].lowest <= value <= classes[number].highest
    for one, following in pairwise(classes):
        assert one.highest < following.lowest and one.shade < following.shade
    assert {number: numbers.count(number) for number in set(numbers)} == {
        number: one.zones for number, one in enumerate(classes)
    }


@pytest.mark.parametrize(
    "values, bounds",
    [
        ([], []),
        ([5], [(5, 5)]),
        ([1, 2, 3], [(1, 1), (2, 2), (3, 3)]),
        (range(10), [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]),
        ([1] * 90 + list(range(2, 10)), [(1, 1), (2, 3), (4, 5), (6, 7), (8, 9)]),
    ],
)
def test_classes_are_even_and_a_frequent_value_has_its_own(values, bounds):
    _, classes = value_classes(list(values))
    assert [(one.lowest, one.highest) for one in classes] == bounds


@pytest.mark.django_db
def test_nothing_placed_and_not_measured_are_neither_zero_nor_each_other():
    places = [make_place(f"9900{number}", name=f"Fictive {number}") for number in range(4)]
    make_place("99009", name="Hors région", communes_total=1, communes_in_region=0)
    for place, value in zip(places[:3], [0, None, 12], strict=True):
        IndicatorValue.objects.create(indicator="organisations", place=place, period="2026", value=value)
    IndicatorValue.objects.create(indicator="organisations", place=places[3], period="2025", value=4)
    chosen = choropleth(places[0].zoning, ORGANISATIONS)
    assert chosen.period == "2026"
    assert [(zone.value, zone.figure is not None) for zone in chosen.zones] == [
        (0, True),
        (None, True),
        (12, True),
        (None, False),
    ]
    assert [zone.shade is None for zone in chosen.zones] == [False, True, False, True]
    assert (chosen.nothing_placed, chosen.unmeasured) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("zones", [1, 3])
def test_a_choropleth_is_five_queries_whatever_the_number_of_zones(django_assert_num_queries, zones):
    for number in range(zones):
        place = make_place(f"9900{number}")
        for indicator in ("organisations", "organisations_per_10000"):
            IndicatorValue.objects.create(indicator=indicator, place=place, period="2026", value=number)
    with django_assert_num_queries(5):
        chosen = choropleth(place.zoning, ORGANISATIONS_PER_10000)
    assert [zone.organisations for zone in chosen.zones] == list(range(zones))


@pytest.mark.django_db
def test_points_are_those_that_may_be_shown():
    shown = make_party("Association fictive", nature="association")
    make_site(shown, lon=1.0, lat=47.0)
    make_site(shown, lon=1.0, lat=47.0)  # twice at one place: one point
    make_site(shown, lon=1.5, lat=47.0)
    make_site(shown, lon=2.0, lat=47.0, is_active=False)
    make_site(make_party(diffusion=Diffusion.MASKED), lon=1.0, lat=47.0)
    make_site(make_party(diffusion=Diffusion.PARTIAL), lon=1.0, lat=47.0)
    make_site(make_party(is_active=False), lon=1.0, lat=47.0)
    make_site(make_party())
    assert sorted(mapped_points()) == [
        (1.0, 47.0, shown.public_id, "Association fictive", "association"),
        (1.5, 47.0, shown.public_id, "Association fictive", "association"),
    ]
    # Not on the map, and said: the party of partial diffusion and the one without position.
    assert build_point_index() == MapSummary(points=2, parties=1, unplaced=2) == map_summary()


@pytest.mark.django_db
def test_a_party_masked_is_off_the_map_at_once(django_capture_on_commit_callbacks):
    party = make_party()
    make_site(party, lon=1.0, lat=47.0)
    build_point_index()
    request = ask_masking(party=party, reason="Nous le demandons", by=None)
    for granted, points in [(True, 0), (False, 1)]:
        with django_capture_on_commit_callbacks(execute=True):
            answer_masking(request=request, granted=granted, answer="Réponse", by=make_user())
        assert len(point_index()) == points


def test_before_any_harvest_there_is_no_index():
    assert point_index() is None
    assert map_summary() == MapSummary()
