"""Where a row is: commune of today, département, point; and whether that is in the region."""

from typing import Any

import polars as pl
import pytest

from terreau.observe.sources.placing import Territory, commune_key, place

from .conftest import TOURS

NOTHING: dict[str, Any] = dict.fromkeys(("commune", "commune_name", "post_code", "departement", "lon", "lat"))
TYPES = {**dict.fromkeys(NOTHING, pl.String), "lon": pl.Float64, "lat": pl.Float64}


def place_one(territory: Territory, **said: Any) -> tuple[dict[str, Any], set[str]]:
    """The row placed, and the reasons met."""
    found = place(pl.DataFrame([{**NOTHING, **said}], schema=TYPES), territory)
    reasons = {p.reason.value for some in found.problems.values() for p in some if p.rows.any()}
    return found.frame.to_dicts()[0], reasons


@pytest.mark.parametrize(
    ("said", "commune", "departement", "in_region", "reasons"),
    [
        ({"commune": "37261"}, "37261", "37", True, set()),
        ({"commune": "86194"}, "86194", None, False, set()),
        ({"commune": "75056"}, None, None, False, set()),
        ({"commune": "41082"}, "41059", "41", True, {"merged_commune"}),
        ({"commune": "45999"}, None, "45", True, {"unknown_commune"}),
        ({"commune": "37999"}, None, "37", True, {"unknown_commune"}),
        ({"commune_name": "TOURS", "departement": "37"}, "37261", "37", True, set()),
        ({"commune_name": "Feings", "departement": "41"}, "41059", "41", True, set()),
        ({"commune_name": "Jouè les Tours", "post_code": "37300"}, "37122", "37", True, set()),
        ({"commune_name": "ST-CYR S/ LOIRE CEDEX", "post_code": "37540"}, "37214", "37", True, set()),
        ({"commune_name": "Trous", "departement": "37"}, None, "37", True, {"unknown_commune"}),
        ({"commune_name": "Trous", "departement": "75"}, None, None, False, set()),
        ({"post_code": "37100"}, "37261", "37", True, set()),
        ({"post_code": "37999"}, None, "37", True, set()),
        ({"post_code": "20000"}, None, None, False, set()),
        ({"departement": "45"}, None, "45", True, set()),
        ({"departement": "2A"}, None, None, False, set()),
        ({}, None, None, None, set()),
        ({"commune_name": "Tours"}, None, None, None, set()),
    ],
)
def test_where(
    territory: Territory,
    said: dict[str, str],
    commune: str | None,
    departement: str | None,
    in_region: bool | None,
    reasons: set[str],
) -> None:
    found, met = place_one(territory, **said)
    assert (found["commune"], found["departement"], found["in_region"]) == (commune, departement, in_region)
    assert met == reasons


@pytest.mark.parametrize(
    ("lon", "lat", "point", "reasons"),
    [
        (*TOURS, TOURS, set()),
        (TOURS[1], TOURS[0], TOURS, {"swapped_coordinates"}),
        (0.0, 0.0, (None, None), {"outside_france"}),
        (23.3, 42.7, (None, None), {"outside_france"}),
        (652_000.0, 6_862_000.0, (None, None), {"outside_france"}),
        (2.35, 48.85, (None, None), {"outside_commune"}),
        (55.5, -21.1, (None, None), {"outside_commune"}),
        (TOURS[0], None, (None, None), set()),
    ],
)
def test_points(
    territory: Territory,
    lon: float,
    lat: float | None,
    point: tuple[float | None, float | None],
    reasons: set[str],
) -> None:
    found, met = place_one(territory, commune="37261", lon=lon, lat=lat)
    assert (found["lon"], found["lat"]) == point
    assert met == reasons
    assert found["commune"] == "37261"


def test_a_point_abroad_is_out_of_the_region_and_one_in_an_empty_cell_is_nowhere(
    territory: Territory,
) -> None:
    assert place_one(territory, lon=23.3, lat=42.7)[0]["in_region"] is False
    assert place_one(territory, lon=0.0, lat=0.0)[0]["in_region"] is None


def test_without_contours_a_point_alone_says_nothing(
    territory: Territory, settings: Any, tmp_path: Any
) -> None:
    settings.DATA_DIR = tmp_path
    assert place_one(territory, lon=TOURS[0], lat=TOURS[1])[0]["in_region"] is None


def test_an_ambiguous_name_is_no_commune(territory: Territory) -> None:
    twin = pl.DataFrame(
        [("37998", "Tours", "37", True, 0.0, 47.0)], schema=territory.communes.schema, orient="row"
    )
    twins = Territory(
        pl.concat([territory.communes, twin]),
        territory.former_codes,
        territory.former_names,
        territory.post_codes,
        territory.departements,
    )
    found, met = place_one(twins, commune_name="Tours", departement="37")
    assert (found["commune"], met) == (None, {"unknown_commune"})
    assert place_one(twins, commune_name="Tours", post_code="37000")[0]["commune"] == "37261"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SAINT-PIERRE-DES-CORPS", "St Pierre des Corps"),
        ("Ste Maure de Touraine", "Sainte-Maure-de-Touraine"),
        ("CHATEAU NEUF SUR LOIRE", "Châteauneuf-sur-Loire"),
        ("Les Aix-d’Angillon", "LES AIX D'ANGILLON"),
        ("Tours Cedex 2", "TOURS"),
        ("PARIS 14", "Paris 14e"),
        ("Œuilly", "OEUILLY"),
    ],
)
def test_spellings_of_one_name(one: str, other: str) -> None:
    keys = pl.DataFrame({"n": [one, other]}).select(commune_key(pl.col("n")))["n"].to_list()
    assert keys[0] == keys[1]
    assert keys[0]
