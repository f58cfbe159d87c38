"""Our encoder against an independent decoder: nothing lost, nothing counted twice, the same for everyone."""

import gzip
from collections import Counter

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terreau.lake.tiles import EXTENT, MAX_ZOOM, InvalidTile, PointIndex, tile
from terreau.lake.tiles.encode import BUFFER, MOST_FEATURES, POINT_ZOOM
from terreau.lake.tiles.grid import grid_position, morton, unmorton

TOURS = (0.6889, 47.3941)


def build(positions) -> PointIndex:
    positions = np.asarray(positions, dtype=float).reshape(-1, 2)
    ids = [f"p{number}" for number in range(len(positions))]
    names = [f"Épicerie n° {number} « d’à côté »" for number in range(len(positions))]
    return PointIndex.build(positions[:, 0], positions[:, 1], {"id": ids, "name": names})


def decode(content: bytes) -> list[tuple[int, int, int, dict]]:
    """(x, y, count, properties) of every feature."""
    layers = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True}) if content else {}
    assert set(layers) <= {"clusters", "points"}
    assert all(layer["extent"] == EXTENT for layer in layers.values())
    return [
        (*feature["geometry"]["coordinates"], feature["properties"].get("count", 1), feature["properties"])
        for layer in layers.values()
        for feature in layer["features"]
    ]


def own(features):
    """Without the buffer."""
    return [f for f in features if 0 <= f[0] < EXTENT and 0 <= f[1] < EXTENT]


def tiles_with_points(positions, z: int) -> set[tuple[int, int]]:
    columns, rows = grid_position(*np.asarray(positions, dtype=float).T)
    return {(int(c) >> (32 - z), int(r) >> (32 - z)) for c, r in zip(columns, rows, strict=True)}


@pytest.fixture(scope="module")
def cloud():
    random = np.random.default_rng(20)
    towns = random.uniform((0.2, 46.5), (3.0, 48.8), (40, 2))
    return np.concatenate(
        [
            towns[random.integers(0, 40, 3000)] + random.normal(0, 0.004, (3000, 2)),
            np.repeat(towns[:2], 50, axis=0),  # many at one address
        ]
    )


@pytest.mark.parametrize("cells", [16, 64])
@pytest.mark.parametrize("z", [0, 3, 6, 8, 10, 13, 14, 16, 18])
def test_every_point_is_in_exactly_one_tile_of_a_zoom(cloud, z, cells):
    index = build(cloud)
    features = [
        feature
        for x, y in tiles_with_points(cloud, z)
        for feature in own(decode(tile(index, z, x, y, cells=cells)))
    ]
    assert sum(count for _, _, count, _ in features) == len(cloud)
    alone = Counter(properties["id"] for *_, properties in features if "id" in properties)
    assert set(alone.values()) <= {1}


def test_attributes_are_those_of_the_point_at_its_place():
    index = build([TOURS, (0.70, 47.40)])
    z = 16
    column, row = grid_position(*TOURS)
    x, y = int(column) >> (32 - z), int(row) >> (32 - z)
    ((px, py, _, properties),) = own(decode(tile(index, z, x, y)))
    assert properties == {"id": "p0", "name": "Épicerie n° 0 « d’à côté »"}
    assert (x * EXTENT + px, y * EXTENT + py) == (int(column) >> (20 - z), int(row) >> (20 - z))


def test_low_zoom_clusters_and_high_zoom_tells_them_apart():
    near = [TOURS, (TOURS[0] + 0.0001, TOURS[1])]
    index = build(near)
    for z, expected in [(6, [2]), (POINT_ZOOM, [1, 1])]:
        ((x, y),) = tiles_with_points(near, z)
        assert sorted(f[2] for f in own(decode(tile(index, z, x, y, cells=16)))) == expected


def test_hundreds_at_one_address_stay_a_cluster_and_the_tile_stays_small():
    index = build([TOURS] * 700 + [(TOURS[0] + 0.01, TOURS[1])] * 5)
    for z in (POINT_ZOOM, MAX_ZOOM):
        column, row = grid_position(*TOURS)
        features = own(decode(tile(index, z, int(column) >> (32 - z), int(row) >> (32 - z), cells=16)))
        assert len(features) <= MOST_FEATURES
        assert max(f[2] for f in features) == 700


@pytest.mark.parametrize("z", [7, 9, 11, 14])
def test_a_buffer_shows_the_neighbours_own_clusters(cloud, z):
    index = build(cloud)
    everywhere = tiles_with_points(cloud, z)
    seen = 0
    for x, y in everywhere:
        for px, py, count, _ in decode(tile(index, z, x, y)):
            dx, dy = px // EXTENT, py // EXTENT
            if (dx, dy) == (0, 0):
                continue
            seen += 1
            assert -BUFFER <= px < EXTENT + BUFFER and -BUFFER <= py < EXTENT + BUFFER
            neighbour = own(decode(tile(index, z, x + dx, y + dy)))
            assert (px - dx * EXTENT, py - dy * EXTENT, count) in [f[:3] for f in neighbour]
    assert seen or z == 14


def test_buffer_holds_all_that_the_neighbour_has_there(cloud):
    index, z = build(cloud), 8
    for x, y in tiles_with_points(cloud, z):
        east = [f for f in own(decode(tile(index, z, x + 1, y))) if f[0] < BUFFER]
        there = [f for f in decode(tile(index, z, x, y)) if f[0] >= EXTENT and 0 <= f[1] < EXTENT]
        assert sorted((px + EXTENT, py, count) for px, py, count, _ in east) == sorted(f[:3] for f in there)


def test_the_order_of_input_changes_nothing(cloud):
    ids = np.array([f"p{number}" for number in range(len(cloud))])
    shuffled = np.random.default_rng(1).permutation(len(cloud))
    one = PointIndex.build(*cloud.T, {"id": ids.tolist()})
    other = PointIndex.build(*cloud[shuffled].T, {"id": ids[shuffled].tolist()})
    assert one.digest == other.digest
    for z in (5, 9, 14):
        for x, y in tiles_with_points(cloud, z):
            assert tile(one, z, x, y) == tile(other, z, x, y)


def test_a_changed_name_changes_the_digest():
    assert (
        PointIndex.build([0], [0], {"name": ["a"]}).digest
        != PointIndex.build([0], [0], {"name": ["b"]}).digest
    )


def test_saved_and_mapped_again_it_gives_the_same_tiles(cloud, tmp_path):
    index = build(cloud)
    assert PointIndex.open(tmp_path / "absent") is None
    index.save(tmp_path)
    index.save(tmp_path)  # the same twice changes nothing
    opened = PointIndex.open(tmp_path)
    for x, y in tiles_with_points(cloud, 9):
        assert tile(opened, 9, x, y) == tile(index, 9, x, y)
    smaller = build(cloud[:10])
    smaller.save(tmp_path)
    assert len(PointIndex.open(tmp_path)) == 10
    assert len(opened) == len(cloud)  # who reads the old one still can
    assert tile(opened, 0, 0, 0) == tile(index, 0, 0, 0)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([smaller.digest, "current"])


def test_no_point_at_all(tmp_path):
    build([]).save(tmp_path)
    assert tile(PointIndex.open(tmp_path), 0, 0, 0) == b""


def test_far_from_every_point_a_tile_is_empty(cloud):
    assert tile(build(cloud), 10, 0, 0) == b""


def test_the_antimeridian_has_two_sides_and_one_buffer():
    index, z = build([(179.999, 0.5), (-179.999, 0.5), (180, 10), (-180, -10)]), 4
    last = 2**z - 1
    west, east = decode(tile(index, z, 0, 7)), decode(tile(index, z, last, 7))
    assert (len(own(west)), len(own(east))) == (1, 2)  # longitude 180, at latitude 10, is on the east side
    everywhere = [f for x in (0, last) for y in (7, 8) for f in own(decode(tile(index, z, x, y)))]
    assert sum(f[2] for f in everywhere) == 4
    assert any(f[0] < 0 for f in west) and any(f[0] >= EXTENT for f in east)


@pytest.mark.parametrize("lat", [90, -90, 86, -86, 85.05112878])
def test_beyond_the_limits_of_mercator_a_point_goes_to_the_edge(lat):
    index = build([(10, lat)])
    ((_, y, count, _),) = own(decode(tile(index, 0, 0, 0)))
    assert count == 1
    assert y == (0 if lat > 0 else EXTENT - 1)


@pytest.mark.parametrize(
    "lon, lat", [(float("nan"), 0), (0, float("nan")), (181, 0), (0, -91), (float("inf"), 0)]
)
def test_a_position_that_is_not_on_earth_is_refused(lon, lat):
    with pytest.raises(ValueError, match="not within"):
        build([(lon, lat)])


def test_attributes_must_be_as_many_as_points():
    with pytest.raises(ValueError, match="one text for each point"):
        PointIndex.build([0, 1], [0, 1], {"name": ["a"]})


@pytest.mark.parametrize(
    "z, x, y", [(-1, 0, 0), (MAX_ZOOM + 1, 0, 0), (3, 8, 0), (3, 0, 8), (0, -1, 0), (2, 0, -1)]
)
def test_a_tile_that_does_not_exist_is_refused(z, x, y):
    with pytest.raises(InvalidTile):
        tile(build([TOURS]), z, x, y)


@pytest.mark.parametrize("cells", [0, 3, 128])
def test_cells_must_be_a_power_of_two(cells):
    with pytest.raises(ValueError, match="power of two"):
        tile(build([TOURS]), 3, 4, 2, cells=cells)


def test_world_corners_at_every_zoom():
    index = build([(-180, 85.06), (180, -85.06)])
    for z in range(MAX_ZOOM + 1):
        last = 2**z - 1
        total = {feature[3]["id"] for xy in (0, last) for feature in own(decode(tile(index, z, xy, xy)))}
        assert total == {"p0", "p1"}


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_morton_keys_go_both_ways(column, row):
    key = morton(column, row)
    naive = sum((column >> bit & 1) << 2 * bit | (row >> bit & 1) << 2 * bit + 1 for bit in range(32))
    assert int(key) == naive
    assert [int(part) for part in unmorton(key)] == [column, row]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-85, 85)), min_size=1, max_size=60),
    st.integers(0, 17),
    st.sampled_from([4, 16, 64]),
)
def test_against_a_naive_count(positions, z, cells):
    """Each cell counted by hand, one point after the other."""
    index = build(positions)
    columns, rows = grid_position(*np.asarray(positions, dtype=float).T)
    unit = 32 - z - 12
    expected: dict = {}
    for column, row in zip(columns.tolist(), rows.tolist(), strict=True):
        cell = (column >> unit) * cells // EXTENT, (row >> unit) * cells // EXTENT
        expected.setdefault(cell, []).append((column, row))
    one_by_one = MOST_FEATURES // cells**2 if z >= POINT_ZOOM else 1
    wanted: Counter = Counter()
    for members in expected.values():
        if len(members) <= one_by_one:
            wanted.update((column >> unit, row >> unit, 1) for column, row in members)
        else:
            mean = [sum(axis) // len(members) for axis in zip(*members, strict=True)]
            wanted[(mean[0] >> unit, mean[1] >> unit, len(members))] += 1
    found: Counter = Counter()
    for x, y in tiles_with_points(positions, z):
        for px, py, count, _ in own(decode(tile(index, z, x, y, cells=cells))):
            found[(x * EXTENT + px, y * EXTENT + py, count)] += 1
    assert found == wanted


def test_a_full_tile_is_light_once_compressed(cloud):
    index = build(cloud)
    sizes = [len(gzip.compress(tile(index, 8, x, y, cells=16))) for x, y in tiles_with_points(cloud, 8)]
    assert max(sizes) < 20_000
