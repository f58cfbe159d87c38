import gzip
import json
import re

import mapbox_vector_tile
import pytest
import shapely
from django.urls import reverse

from terreau.commons.enums import Diffusion
from terreau.commons.models import Place
from terreau.observe import boundaries
from terreau.observe.actions.tiles import build_point_index
from terreau.observe.models import IndicatorValue
from tests.factories import make_party, make_place, make_site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def places():
    communes = [make_place(f"9900{number}", name=f"Fictive-{number}-sur-Loire") for number in range(3)]
    make_place("990000001", "epci", communes, name="CC fictive")
    return communes


def settings_of(response) -> dict:
    found = re.search(
        r'<script id="map-settings" type="application/json">(.*?)</script>', response.text, re.DOTALL
    )
    return json.loads(found.group(1))


# Page ---------------------------------------------------------------------------------------------------------


def test_on_an_empty_site_the_page_says_what_to_do(client):
    page = client.get("/carte/")
    assert page.status_code == 200
    assert "terreau init" in page.text
    assert "map.js" not in page.text


def test_the_table_says_what_the_map_shows(client, places):
    for place, value in zip(places, [7, None], strict=False):
        IndicatorValue.objects.create(indicator="organisations", place=place, period="2026", value=value)
    page = client.get("/carte/", {"zonage": "commune", "indicateur": "organisations"})
    rows = re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)[1:]
    texts = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]
    assert texts[0].endswith("7")
    assert "aucune" not in texts[0] and "mesuré" not in texts[0]
    assert "non mesuré" in texts[2]
    assert not any(text.endswith(" 0") for text in texts)
    assert reverse("observe:place", args=["commune", "99000"]) in rows[0]
    assert "?territoire=commune:99000" in rows[0]
    assert settings_of(page)["zones"] == {
        "99000": [0, True, "7"],
        "99001": [None, True, "aucun dans nos sources"],
        "99002": [None, False, "non mesuré"],
    }


def test_the_epci_are_shown_first(client, places):
    page = client.get("/carte/")
    assert "CC fictive" in page.text
    assert 'value="epci_2026" selected' in page.text


@pytest.mark.parametrize("query", [{"zonage": "cantons"}, {"indicateur": "bonheur"}])
def test_what_does_not_exist_is_not_found(client, places, query):
    assert client.get("/carte/", query).status_code == 404


def test_names_are_text_and_not_markup(client, places):
    make_place("99010", name="<script>alert(1)</script>")
    page = client.get("/carte/", {"zonage": "commune"})
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


@pytest.mark.parametrize("more", [1, 3])
def test_the_page_is_a_fixed_number_of_queries(client, django_assert_max_num_queries, more):
    for number in range(more):
        IndicatorValue.objects.create(
            indicator="organisations_per_10000", place=make_place(f"9900{number}"), period="2026", value=1
        )
    with django_assert_max_num_queries(8):
        client.get("/carte/", {"zonage": "commune"})


def test_three_hundred_zones_are_paged(client):
    for number in range(300):
        make_place(f"{99000 + number}")
    page = client.get("/carte/", {"zonage": "commune", "page": 3})
    assert page.text.count('<th scope="row">') == 60
    assert len(settings_of(page)["zones"]) == 300
    assert "Page 3 sur 3" in page.text


def test_script_and_addresses_are_of_this_site(client, places):
    make_site(make_party(), lon=1.5, lat=47.5)
    build_point_index()
    boundaries.write_layer("epci_2026", {"990000001": shapely.box(0, 0, 1, 1)}, {})
    page = client.get("/carte/")
    given = settings_of(page)
    assert given["tiles"].startswith("/carte/tuiles/{z}/{x}/{y}.mvt?v=")
    assert given["layers"]["zones"].startswith("/carte/contours/epci_2026.geojson?v=")
    assert "region" not in given["layers"]  # never built here
    assert not re.search(r'(src|href)="(https?:)?//', page.text.split("<main")[1].split("</main>")[0])
    english = settings_of(client.get("/en/carte/"))
    assert english["party"].startswith("/en/")


def test_a_territory_asked_for_is_told_first(client, places):
    boundaries.write_layer("epci_2026", {"990000001": shapely.box(0, 0, 1, 1)}, {})
    epci = Place.objects.get(code="990000001")
    IndicatorValue.objects.create(indicator="organisations", place=epci, period="2026", value=7)
    page = client.get("/carte/", {"territoire": "epci_2026:990000001", "indicateur": "organisations"})
    given = settings_of(page)
    assert given["focus"] == "990000001"
    assert given["layers"]["focus"] == given["layers"]["zones"]
    assert "<strong>Organisations\u00a0: 7</strong>" in page.text
    other = client.get("/carte/", {"territoire": "epci_2026:990000001", "zonage": "commune"})
    assert "epci_2026" in settings_of(other)["layers"]["focus"]  # near the EPCI, drawn by commune


@pytest.mark.parametrize("asked", ["epci_2026:0", "commune", "x:y:z", "commune:88001", "a\x00"])
def test_a_territory_that_is_not_here_is_not_found(client, places, asked):
    make_place("88001", communes_in_region=0, communes_total=1)
    assert client.get("/carte/", {"territoire": asked}).status_code == 404


# Tiles --------------------------------------------------------------------------------------------------------


def decoded(response):
    content = response.content
    if response.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    return mapbox_vector_tile.decode(content) if content else {}


def test_a_tile_holds_visible_parties_only(client):
    shown, masked = (
        make_party("Montrée", nature="cooperative"),
        make_party("Cachée", diffusion=Diffusion.MASKED),
    )
    for party in (shown, masked):
        make_site(party, lon=1.5, lat=47.5)
    build_point_index()
    tile = client.get("/carte/tuiles/0/0/0.mvt")
    assert tile["Content-Type"] == "application/vnd.mapbox-vector-tile"
    (feature,) = decoded(tile)["points"]["features"]
    assert feature["properties"] == {"public_id": shown.public_id, "name": "Montrée", "nature": "cooperative"}


def test_a_tile_asks_nothing_of_the_database(client, django_assert_num_queries):
    make_site(make_party(), lon=1.5, lat=47.5)
    build_point_index()
    with django_assert_num_queries(0):
        assert client.get("/carte/tuiles/6/32/22.mvt").status_code == 200


def test_compressed_or_not_it_is_the_same_tile(client):
    make_site(make_party(), lon=1.5, lat=47.5)
    build_point_index()
    plain = client.get("/carte/tuiles/0/0/0.mvt")
    compressed = client.get("/carte/tuiles/0/0/0.mvt", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain and compressed["Content-Encoding"] == "gzip"
    assert gzip.decompress(compressed.content) == plain.content
    assert "Accept-Encoding" in plain["Vary"]


def test_a_tile_is_kept_by_the_browser_until_the_points_change(client, places):
    party = make_party()
    make_site(party, lon=1.5, lat=47.5)
    build_point_index()
    address = settings_of(client.get("/carte/"))["tiles"].format(z=0, x=0, y=0)
    tile = client.get(address)
    assert "immutable" in tile["Cache-Control"]
    again = client.get(address, headers={"If-None-Match": tile["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    party.name = "Renommée"
    party.save()
    build_point_index()
    newer = client.get(address, headers={"If-None-Match": tile["ETag"]})
    assert newer.status_code == 200 and newer["Cache-Control"] == "no-cache"
    assert settings_of(client.get("/carte/"))["tiles"].format(z=0, x=0, y=0) != address


def test_before_any_harvest_tiles_are_empty(client):
    tile = client.get("/carte/tuiles/3/4/2.mvt")
    assert (tile.status_code, tile.content) == (200, b"")


@pytest.mark.parametrize(
    "address", ["3/8/0", "3/0/8", "21/0/0", "99/0/0", "3/-1/0", "a/0/0", "3/0/99999999999999999999"]
)
def test_a_tile_that_does_not_exist_is_not_found(client, address):
    assert client.get(f"/carte/tuiles/{address}.mvt").status_code == 404


# Boundaries ---------------------------------------------------------------------------------------------------


def test_a_layer_is_given_compressed_and_kept(client):
    boundaries.write_layer("departement", {"99": shapely.box(0, 0, 1, 1)}, {"99": {"name": "Fictif"}})
    plain = client.get("/carte/contours/departement.geojson")
    assert plain["Content-Type"] == "application/geo+json"
    assert plain.json()["features"][0]["properties"]["name"] == "Fictif"
    compressed = client.get("/carte/contours/departement.geojson", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(compressed.content) == plain.content
    assert (
        client.get(
            "/carte/contours/departement.geojson", headers={"If-None-Match": plain["ETag"]}
        ).status_code
        == 304
    )


@pytest.mark.parametrize("name", ["absent", "..%2F..%2Fterreau", "%2Fetc%2Fpasswd"])
def test_a_layer_that_was_not_built_is_not_found(client, name):
    assert client.get(f"/carte/contours/{name}.geojson").status_code == 404


def test_only_reading(client):
    assert client.post("/carte/").status_code == 405
    assert client.post("/carte/tuiles/0/0/0.mvt").status_code == 405
