import json

import pytest
import shapely

from terreau.commons.models import CommuneChange, JournalEntry
from terreau.observe import boundaries
from terreau.observe.actions.boundaries import build_boundaries
from tests.factories import make_place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "state"


def contours(folder, codes):
    features = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": json.loads(shapely.to_geojson(shapely.box(place, 47, place + 1, 48))),
        }
        for place, code in enumerate(codes)
    ]
    path = folder / "99.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def layer(zoning):
    features = json.loads(boundaries.layer_path(zoning).read_bytes())["features"]
    return {
        f["properties"]["code"]: (f["properties"]["name"], shapely.from_geojson(json.dumps(f["geometry"])))
        for f in features
    }


def test_each_zoning_of_the_database_gets_its_layer(tmp_path):
    communes = [make_place(code) for code in ("99001", "99002", "99003")]
    make_place("990000001", "epci", communes[:2], name="CC fictive")
    make_place("99", "departement", communes, name="Fictif")
    make_place("98", "departement", [], name="Sans commune", communes_in_region=0)
    report = build_boundaries(contours=contours(tmp_path, ["99001", "99002", "99003"]))
    assert report.layers == {"commune": 3, "epci_2026": 1, "departement": 1}
    assert report.notes == []
    assert {code: name for code, (name, _) in layer("departement").items()} == {"99": "Fictif"}
    assert layer("epci_2026")["990000001"][1].equals(shapely.box(0, 47, 2, 48))
    assert boundaries.locate_communes([2.5], [47.5]) == ["99003"]
    entry = JournalEntry.objects.get()
    assert (entry.verb, entry.details["communes"]) == ("build-boundaries", 3)


def test_what_does_not_match_is_said(tmp_path):
    make_place("99001")
    make_place("99002")
    report = build_boundaries(contours=contours(tmp_path, ["99001", "98765"]))
    assert report.communes == 1
    assert len(report.notes) == 2
    assert "98765" in report.notes[0] and "99002" in report.notes[1]


def test_a_file_of_another_region_changes_nothing(tmp_path):
    make_place("99001")
    build_boundaries(contours=contours(tmp_path, ["99001"]))
    before = boundaries.layer_path("commune").read_bytes()
    with pytest.raises(boundaries.BoundariesError, match="aucun code"):
        build_boundaries(contours=contours(tmp_path, ["01001", "01002"]))
    assert boundaries.layer_path("commune").read_bytes() == before
    assert JournalEntry.objects.count() == 1


def test_a_file_older_than_a_merge_gives_the_commune_of_today(tmp_path):
    make_place("99001")
    CommuneChange.objects.create(
        date="2019-01-01",
        kind="merge",
        code_before="99002",
        name_before="B",
        code_after="99001",
        name_after="A",
    )
    report = build_boundaries(contours=contours(tmp_path, ["99001", "99002"]))
    assert report.communes == 1
    assert "99002" in report.notes[0]
    assert layer("commune")["99001"][1].equals(shapely.box(0, 47, 2, 48))
    assert boundaries.locate_communes([1.5], [47.5]) == ["99001"]


def test_names_of_towns_are_written_the_largest_first(tmp_path):
    make_place("99001", name="Petite", population=10)
    make_place("99002", name="Grande", population=1000, lon=1.25, lat=47.25)
    build_boundaries(contours=contours(tmp_path, ["99001", "99002"]))
    features = json.loads(boundaries.layer_path(boundaries.TOWN_NAMES).read_bytes())["features"]
    assert [f["properties"]["name"] for f in features] == ["Grande", "Petite"]
    assert [f["geometry"]["coordinates"] for f in features] == [[1.25, 47.25], [0.5, 47.5]]
