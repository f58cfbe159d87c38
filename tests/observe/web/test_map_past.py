"""The map on a date: points and figures of the files of that date, and nobody who is masked now."""

import mapbox_vector_tile
import pytest
from django.urls import reverse

from terreau.commons.models import Party
from terreau.observe.actions.masking import answer_masking, ask_masking
from terreau.observe.indicators import ORGANISATIONS
from terreau.observe.queries.history import read_moment
from terreau.observe.queries.map_past import PastMap
from tests.factories import make_user

pytestmark = pytest.mark.django_db
BEFORE, BETWEEN, AFTER = "2026-01-05", "2026-01-15", "2026-01-25"


def _names_on_map(client, day: str) -> set[str]:
    page = client.get(reverse("observe:map"), {"au": day, "zonage": "commune"})
    assert page.status_code == 200
    tile = client.get(reverse("observe:tile", args=[0, 0, 0]), {"au": day})
    layers = mapbox_vector_tile.decode(tile.content)
    return {one["properties"]["name"] for layer in layers.values() for one in layer["features"]}


def _rows(client, day: str, **query: str) -> str:
    return client.get(reverse("observe:map"), {"au": day, "zonage": "commune", **query}).content.decode()


def test_each_date_has_its_points_and_its_names(client, two_dates) -> None:
    assert _names_on_map(client, BEFORE) == set()
    assert _names_on_map(client, BETWEEN) == {"Ancienne fictive"}
    assert _names_on_map(client, AFTER) == {"Nouvelle fictive"}


def test_each_date_has_its_figures(client, two_dates) -> None:
    west = two_dates.west_1.code
    for day, there in ((BETWEEN, True), (AFTER, False)):
        chosen = PastMap(read_moment(day)).choropleth(two_dates.west_1.zoning, ORGANISATIONS)
        values = {zone.place.code: zone.value for zone in chosen.zones}
        assert (values[west] == 1) == there
    assert "Nom d’aujourd’hui" not in _rows(client, BETWEEN)
    assert "Nom d’aujourd’hui" in _rows(client, AFTER)


def test_before_the_first_publication_the_page_says_so(client, two_dates) -> None:
    page = _rows(client, BEFORE)
    assert "Rien n’est publié ici avant le 10 janvier 2026" in page


@pytest.mark.parametrize("asked", ["demain", "2999-01-01", "2026-13-45", "../../etc"])
def test_what_is_no_date_of_the_past_is_said_and_kept(client, two_dates, asked: str) -> None:
    response = client.get(reverse("observe:map"), {"au": asked})
    assert response.status_code == 400
    assert f"« {asked} » n’est pas une date passée" in response.content.decode().replace("\xa0", " ")
    assert client.get(reverse("observe:tile", args=[0, 0, 0]), {"au": asked}).status_code == 404


def test_who_is_masked_now_is_on_no_map_of_the_past(
    client, two_dates, django_capture_on_commit_callbacks
) -> None:
    asked = ask_masking(party=Party.objects.get(name="Nouvelle fictive"), reason="Fermée", by=None)
    with django_capture_on_commit_callbacks(execute=True):
        answer_masking(request=asked, granted=True, answer="Demande fondée", by=make_user("", "steward"))
    for day in (BETWEEN, AFTER):
        assert _names_on_map(client, day) == set()


def test_the_focus_and_the_links_are_of_the_date(client, two_dates) -> None:
    page = _rows(client, BETWEEN, territoire=f"commune:{two_dates.west_1.code}")
    assert f"/commune/{two_dates.west_1.code}/?au=2026-01-15" in page
    assert "Page du passé" in page


def test_two_maps_of_a_date_cost_the_same_few_queries(
    client, two_dates, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(14):
        _rows(client, BETWEEN)
