"""Contours: read, mended or refused; layers that fit together; the commune of a position."""

import gzip
import json

import numpy as np
import pytest
import shapely

from terreau.observe import boundaries
from terreau.observe.boundaries import BoundariesError, dissolve, locate_communes, read_contours, simplified


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "state"


def square(west: float, south: float, side: float = 1) -> dict:
    ring = [
        [west, south],
        [west + side, south],
        [west + side, south + side],
        [west, south + side],
        [west, south],
    ]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(code: object, geometry: dict | None) -> dict:
    return {"type": "Feature", "properties": {"code": code}, "geometry": geometry}


def write(folder, features: list, name: str = "contours.geojson"):
    path = folder / name
    content = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


GOOD = [feature("99002", square(2, 47)), feature("99001", square(1, 47)), feature("99003", square(3, 47))]
BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
LINE = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
FLAT = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]}
LAMBERT = square(652000, 6862000)


@pytest.mark.parametrize("name", ["contours.geojson", "contours.geojson.gz"])
def test_a_good_file_is_read_in_the_order_of_codes(tmp_path, name):
    read = read_contours(write(tmp_path, GOOD, name))
    assert list(read.communes) == ["99001", "99002", "99003"]
    assert read.notes == []


@pytest.mark.parametrize(
    "features, said",
    [
        ([], "aucun contour"),
        ([{"type": "Feature", "properties": {}, "geometry": square(0, 0)}], "n° 1"),
        ([*GOOD, feature(None, square(0, 0))], "n° 4"),
        ([feature(45234, square(0, 0))], "en texte"),
        ([{"type": "Feature", "geometry": square(0, 0)}], "« code »"),
        (["text"], "« code »"),
        ([feature("99001", None)], "ni polygone"),
        ([feature("99001", LINE)], "ni polygone"),
        ([feature("99001", {"type": "Polygon", "coordinates": []})], "ni polygone"),
        ([feature("99001", {"type": "Polygon", "coordinates": "text"})], "ni polygone"),
        ([feature("99001", FLAT)], "sans surface"),
        ([feature("99001", LAMBERT)], "hors de la Terre"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_the_reason_said(tmp_path, features, said):
    with pytest.raises(BoundariesError, match=said):
        read_contours(write(tmp_path, features))


@pytest.mark.parametrize(
    "content, said",
    [
        (b'{"type": "FeatureCollection", "features": [', "ligne 1"),
        (b"", "JSON"),
        (b"[1, 2]", "FeatureCollection"),
        (b'{"type": "Topology"}', "FeatureCollection"),
        (b'{"type": "FeatureCollection"}', "aucun contour"),
        ('{"nom": "Évaux"}'.encode("latin-1"), "UTF-8"),
        (gzip.compress(json.dumps(GOOD).encode(), mtime=0)[:-20], "abîmé"),
        (b"\x1f\x8b\x08\x00nonsense", "abîmé"),
    ],
)
def test_a_broken_file_is_refused_and_the_reason_said(tmp_path, content, said):
    path = tmp_path / "contours.geojson"
    path.write_bytes(content)
    with pytest.raises(BoundariesError, match=said):
        read_contours(path)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(BoundariesError, match="n’existe pas"):
        read_contours(tmp_path / "absent.geojson")


def test_what_can_be_mended_is_mended_and_said(tmp_path):
    overlapping = feature("99004", square(1.5, 47))
    read = read_contours(
        write(tmp_path, [*GOOD, feature("99001", square(0, 47)), feature("99005", BOW_TIE), overlapping])
    )
    assert read.communes["99001"].area == pytest.approx(2)
    assert read.communes["99005"].is_valid and read.communes["99005"].area == pytest.approx(0.5)
    assert len(read.notes) == 3
    assert "99005" in read.notes[0] and "99001" in read.notes[1] and "chevauchent" in read.notes[2]


def test_zones_are_dissolved_from_communes(tmp_path):
    communes = read_contours(write(tmp_path, GOOD)).communes
    zones = dissolve(communes, {"B": ["99003"], "A": ["99001", "99002", "absente"], "C": ["absente"]})
    assert list(zones) == ["A", "B"]
    assert zones["A"].equals(shapely.box(1, 47, 3, 48))


def test_overlapping_contours_are_dissolved_too():
    shapes = {"1": shapely.box(0, 0, 2, 1), "2": shapely.box(1, 0, 3, 1)}
    assert dissolve(shapes, {"A": ["1", "2"]})["A"].equals(shapely.box(0, 0, 3, 1))


def test_a_tiny_commune_does_not_vanish():
    tiny = {"1": shapely.box(0, 0, 0.00001, 0.00001), "2": shapely.box(1, 0, 2, 1)}
    light = simplified(tiny)
    assert all(shape.is_valid and not shape.is_empty for shape in light.values())


def test_the_commune_of_a_position(tmp_path):
    communes = read_contours(write(tmp_path, GOOD)).communes
    boundaries.write_layer(boundaries.FULL_CONTOURS, communes, {})
    lons = [1.5, 2.5, 2.0, 9.0, None, float("nan"), 1.5]
    lats = [47.5, 47.5, 47.5, 47.5, 47.5, 47.5, None]
    assert locate_communes(lons, lats) == ["99001", "99002", "99001", "", "", "", ""]
    assert locate_communes([], []) == []


def test_a_new_file_of_contours_is_seen_at_once(tmp_path):
    boundaries.write_layer(boundaries.FULL_CONTOURS, {"99001": shapely.box(0, 0, 1, 1)}, {})
    assert locate_communes([0.5], [0.5]) == ["99001"]
    boundaries.write_layer(boundaries.FULL_CONTOURS, {"99009": shapely.box(0, 0, 1, 1)}, {})
    assert locate_communes([0.5], [0.5]) == ["99009"]


def test_without_contours_no_position_has_a_commune():
    assert locate_communes([1.5], [47.5]) == [""]


def test_a_layer_is_geojson_plain_and_compressed():
    boundaries.write_layer("essai", {"99001": shapely.box(0, 0, 1, 1)}, {"99001": {"name": "L’Été <b>"}})
    path = boundaries.layer_path("essai")
    layer = json.loads(path.read_bytes())
    assert layer["features"][0]["properties"] == {"code": "99001", "name": "L’Été <b>"}
    assert layer["bbox"] == [0, 0, 1, 1]
    assert gzip.decompress(path.with_name("essai.geojson.gz").read_bytes()) == path.read_bytes()
    assert [p.name for p in path.parent.iterdir() if p.name.startswith(".")] == []


# On the published file of the region --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published():
    """The region's communes, and the zones that the file itself names."""
    from tests.conftest import SHARED_DATA

    folder = SHARED_DATA / "territories" / "contours"
    if not folder.is_dir():
        pytest.skip("needs the full published files, which are not on this machine")
    read = read_contours(folder / "communes_CVL.geojson")
    features = json.loads((folder / "communes_CVL.geojson").read_bytes())["features"]
    zones: dict = {"epci": {}, "bv2022": {}, "departement": {}, "ze2020": {}}
    for properties in (f["properties"] for f in features):
        for kind, of_kind in zones.items():
            of_kind.setdefault(properties[kind], []).append(properties["code"])
    return folder, read, zones


def area_km2(shape) -> float:
    """Rough, good enough to compare: degrees at the latitude of the region."""
    return shape.area * 111.2**2 * np.cos(np.radians(47.5))


@pytest.mark.parametrize(
    "kind, file, zones_expected",
    [
        ("epci", "epci", 82),
        ("bv2022", "bassins_de_vie", 117),
        ("departement", "departements", 6),
        ("ze2020", "zones_emploi", 19),
    ],
)
def test_dissolved_layers_are_the_published_ones(published, kind, file, zones_expected):
    folder, read, zones = published
    assert read.notes == [] and len(read.communes) == 1754
    features = json.loads((folder / f"{file}_CVL.geojson").read_bytes())["features"]
    theirs = {f["properties"]["code"]: shapely.from_geojson(json.dumps(f["geometry"])) for f in features}
    exact = dissolve(read.communes, zones[kind])
    light = dissolve(simplified(read.communes), zones[kind])
    assert set(exact) == set(light) == set(theirs) and len(theirs) == zones_expected
    for code, published_shape in theirs.items():
        assert (
            exact[code].symmetric_difference(shapely.make_valid(published_shape)).area
            <= 1e-3 * published_shape.area
        )
        assert light[code].area == pytest.approx(published_shape.area, rel=0.02), code
    shapes = np.array(list(light.values()))
    assert shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)


def test_layers_fit_in_one_another(published):
    """The same vertices on both sides: the six départements cover exactly what 1,754 communes cover."""
    _, read, zones = published
    light = simplified(read.communes)
    everything = shapely.coverage_union_all(list(light.values()))
    for of_kind in zones.values():
        together = shapely.coverage_union_all(list(dissolve(light, of_kind).values()))
        assert together.symmetric_difference(everything).area < 1e-9


def test_every_commune_finds_itself(published):
    _, read, _ = published
    boundaries.write_layer(boundaries.FULL_CONTOURS, read.communes, {})
    inside = shapely.get_coordinates(shapely.point_on_surface(list(read.communes.values())))
    assert locate_communes(*inside.T.tolist()) == list(read.communes)
