"""Territories as the engines read them."""

from terreau.observe import bridge
from terreau.observe.bridge import Territory

COMMUNES = [("a", True), ("b", True), ("c", True), ("x", False)]
BELONGS = [
    ("a", "D1"),
    ("b", "D1"),
    ("c", "D2"),
    ("a", "E"),
    ("c", "E"),
    ("x", "E"),
    *((c, "R") for c in "abc"),
]


def places_in(territory: Territory) -> set[tuple[str, str, bool]]:
    return set(territory.membership.iter_rows())


def test_a_commune_is_a_zone_too() -> None:
    assert ("a", "a", True) in places_in(Territory.build(COMMUNES, BELONGS, ["D1", "D2"]))


def test_a_departement_is_a_place_of_the_zones_that_hold_it_whole() -> None:
    rows = places_in(Territory.build(COMMUNES, BELONGS, ["D1", "D2"]))
    assert {zone for place, zone, _ in rows if place == "D1"} == {"D1", "R"}
    # E holds the only commune of D2: what is somewhere in D2 is in E.
    assert {zone for place, zone, _ in rows if place == "D2"} == {"D2", "E", "R"}


def test_communes_across_the_border_are_not_covered() -> None:
    rows = places_in(Territory.build(COMMUNES, BELONGS, ["D1", "D2"]))
    assert {row for row in rows if row[0] == "x"} == {("x", "E", False), ("x", "x", False)}


def test_no_territory_at_all() -> None:
    territory = Territory.build([], [], [])
    assert bridge.count_units([("1", None)], territory, exhaustive=True) == {}
    assert bridge.population_by_year([], territory) == {}


def test_compare_keeps_not_measured_apart() -> None:
    compared = bridge.compare({"a": 3.0, "b": None, "up": 2.0}, [("a", "up"), ("b", "up"), ("a", "nowhere")])
    assert compared["a", "up"] == bridge.Comparison(2.0, 1.0, 1.5)
    assert compared["b", "up"] == bridge.Comparison(2.0, None, None)
    assert compared["a", "nowhere"] == bridge.Comparison(None, None, None)
