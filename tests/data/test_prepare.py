"""The shipped tables are what the script makes of the published files, byte for byte."""

import gzip
import importlib.util
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

SCRIPT = Path(__file__).parents[2] / "data" / "prepare.py"
SHIPPED = SCRIPT.parent / "territories"


@pytest.fixture(scope="module")
def prepare():
    spec = importlib.util.spec_from_file_location("prepare", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_shipped_tables_come_from_the_published_files(prepare, shared_data, tmp_path, capsys):
    prepare.prepare_territories(shared_data / "territories", tmp_path)
    made = {path.relative_to(tmp_path): path for path in tmp_path.rglob("*") if path.is_file()}
    assert len(made) == 6
    for name, path in made.items():
        assert path.read_bytes() == (SHIPPED / name).read_bytes(), name
    assert "communes.parquet: 34,969 rows" in capsys.readouterr().out


def test_tables_agree_with_each_other():
    communes = pl.read_parquet(SHIPPED / "communes.parquet")
    zonings = pl.read_parquet(SHIPPED / "zonings.parquet")
    labels = pl.read_parquet(SHIPPED / "zoning_labels.parquet")
    assert communes["code"].is_sorted() and communes["code"].is_unique().all()
    assert zonings["code"].to_list() == communes["code"].to_list()
    for zoning in zonings.columns[1:]:
        known = labels.filter(zoning=zoning)["code"]
        assert zonings[zoning].drop_nulls().is_in(known.implode()).all()
    counts = pl.read_parquet(SHIPPED / "population.parquet")
    assert counts.join(communes, on="code", how="anti").height == 0
    # No zone is missing but for overseas collectivities, and Mayotte in 2012.
    regions = communes.filter(pl.col("region").str.len_chars() == 2).join(zonings, on="code")
    assert regions.filter(pl.col("bassin_de_vie_2022").is_null()).height == 0
    assert set(regions.filter(pl.col("bassin_de_vie_2012").is_null())["region"]) == {"06"}


def test_contours_are_of_every_commune_of_the_region():
    communes = pl.read_parquet(SHIPPED / "communes.parquet").filter(region="24")
    features = json.loads(gzip.decompress((SHIPPED / "contours" / "24.geojson.gz").read_bytes()))["features"]
    assert [feature["properties"]["code"] for feature in features] == communes["code"].to_list()
    assert {tuple(feature["properties"]) for feature in features} == {("code",)}


def test_no_false_jump_is_left_in_the_population(prepare):
    """A commune that merged would double in a year if its former partners were forgotten before."""
    counts = pl.read_parquet(SHIPPED / "population.parquet").sort("code", "year")
    before = pl.col("population").shift(1).over("code")
    change = counts.with_columns(change=pl.col("population") - before, ratio=pl.col("population") / before)
    jumps = change.filter(pl.col("change").abs() > 80, (pl.col("ratio") > 1.2) | (pl.col("ratio") < 0.8))
    merged = pl.read_parquet(SHIPPED / "changes.parquet").filter(
        pl.col("kind") == "merge", pl.col("date").dt.year() > 2014
    )
    assert jumps.height < 25
    assert jumps.join(merged, left_on="code", right_on="code_after", how="semi").height == 0


def test_a_new_commune_takes_the_zone_of_the_most_populated_it_comes_from(prepare):
    table = pl.DataFrame({"CODGEO": ["A", "B", "C"], "zone": ["small", "large", "kept"]})
    changes = pl.DataFrame(
        {
            "date": ["2023-01-01"] * 3,
            "kind": ["merge"] * 3,
            "code_before": ["A", "B", "C"],
            "name_before": ["A", "B", "C"],
            "code_after": ["N", "N", "C"],
            "name_after": ["N", "N", "C"],
        }
    ).with_columns(pl.col("date").str.to_date())
    people = pl.DataFrame({"codgeo": ["A", "B", "C"], "people": [10, 90, 5]})
    today = pl.DataFrame({"code": ["C", "N"]})
    made = prepare.in_todays_communes(table, date(2022, 1, 1), today, changes, people)
    assert dict(made.iter_rows()) == {"C": "kept", "N": "large"}
