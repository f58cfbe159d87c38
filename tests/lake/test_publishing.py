"""Publishing: the declared columns or nothing, the same bytes for the same rows, no formula in a spreadsheet."""

import csv
import datetime as dt
import hashlib
import io
import json
import re

import polars as pl
import pytest

from terreau.lake.catalogue import Column, Content, Dataset
from terreau.lake.publishing import WrongColumns, manifest, publish, published_file

COLUMNS = (
    Column("code", "string", "Code"),
    Column("on", "date", "Date"),
    Column("lon", "number", "Longitude"),
    Column("lat", "number", "Latitude"),
)


def _dataset(frame: pl.DataFrame, point: tuple[str, str] | None = ("lon", "lat")) -> Dataset:
    content = Content(frame, "etalab-2.0", "Éditeur fictif")
    return Dataset("essai", "Essai", "Pour l’essai", ("code",), COLUMNS, lambda: content, point)


@pytest.fixture
def frame(tmp_path, settings) -> pl.DataFrame:
    settings.DATA_DIR = tmp_path
    return pl.DataFrame(
        {
            "code": ["=HYPERLINK(1)", "b"],
            "on": [dt.date(2026, 1, 2), None],
            "lon": [1.5, None],
            "lat": [47.5, None],
        }
    )


def test_all_formats_hold_the_same_rows(frame: pl.DataFrame) -> None:
    entry = publish(_dataset(frame))
    assert entry["rows"] == 2
    assert pl.read_parquet(published_file("essai", "parquet")).equals(frame)
    rows = json.loads(published_file("essai", "json").read_text())["rows"]
    assert rows[0] == {"code": "=HYPERLINK(1)", "on": "2026-01-02", "lon": 1.5, "lat": 47.5}
    features = json.loads(published_file("essai", "geojson").read_text())["features"]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [1.5, 47.5]}
    assert features[1]["geometry"] is None, "a row without coordinates is kept"


SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫−"
BEFORE = ("", " ", "\u00a0 ", "\t", "\r", "\n", '"', "'", ' "', "\ufeff")
FORMULAS = [
    *(f"{before}{sign}1+1" for sign in SIGNS for before in BEFORE),
    "\tplain",
    "\rplain",
    "\nplain",
    *(f"shop{cut}{sign}1+1{cut}x" for sign in SIGNS for cut in (";", "; ", "\t", "\n", ";\"")),
    ";=1;=2;=3",
]  # fmt: skip
# What a spreadsheet may drop before it looks at the first sign of a cell.
_DROPPED = ' \u00a0\t\r\n"\ufeff\u200b'


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_spreadsheet_runs_no_formula_wherever_it_cuts_cells(tmp_path, settings, separator: str) -> None:
    """The file is cut as a spreadsheet of each country does: no cell starts with a sign, spaces left aside."""
    settings.DATA_DIR = tmp_path
    frame = pl.DataFrame({"code": FORMULAS}).with_columns(
        pl.lit(None, pl.Date).alias("on"), pl.lit(-1.5).alias("lon"), pl.lit(47.5).alias("lat")
    )
    publish(_dataset(frame))
    written = published_file("essai", "csv").read_text()
    number = r"-1\.5(,47\.5)?"  # the one cell that may start with a sign
    cells = [
        cell for row in csv.reader(io.StringIO(written, newline=""), delimiter=separator) for cell in row
    ]
    runs = [
        cell for cell in cells if cell.lstrip(_DROPPED)[:1] in set(SIGNS) and not re.fullmatch(number, cell)
    ]
    assert runs == []
    assert pl.read_parquet(published_file("essai", "parquet"))["code"].to_list() == FORMULAS
    for format_, rows in (("json", "rows"), ("geojson", "features")):
        found = json.loads(published_file("essai", format_).read_text())[rows]
        assert [row.get("properties", row)["code"] for row in found] == FORMULAS


def test_ordinary_texts_stay_as_they_are(tmp_path, settings) -> None:
    settings.DATA_DIR = tmp_path
    texts = [
        "Aide-mémoire",
        "L’atelier",
        "a = b",
        "Café ; thé",
        'Chez "Léa"',
        "1-2",
        "",
        "contact@exemple.invalid",
    ]
    frame = pl.DataFrame({"code": texts}).with_columns(
        pl.lit(None, pl.Date).alias("on"), pl.lit(1.5).alias("lon"), pl.lit(47.5).alias("lat")
    )
    publish(_dataset(frame))
    with published_file("essai", "csv").open(newline="") as file:
        assert [row["code"] for row in csv.DictReader(file)] == texts


def test_the_manifest_gives_each_file_its_digest(frame: pl.DataFrame) -> None:
    publish(_dataset(frame))
    files = manifest("essai")["files"]
    assert set(files) == {"csv", "parquet", "json", "geojson"}
    for format_, file in files.items():
        content = published_file("essai", format_).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert len(content) == file["bytes"]


def test_publishing_the_same_rows_again_changes_nothing(frame: pl.DataFrame) -> None:
    first = publish(_dataset(frame))
    changed_at = published_file("essai", "csv").stat().st_mtime_ns
    assert publish(_dataset(frame)) == first
    assert published_file("essai", "csv").stat().st_mtime_ns == changed_at


def test_a_table_without_point_has_no_geojson(frame: pl.DataFrame) -> None:
    publish(_dataset(frame))
    publish(_dataset(frame, point=None))
    assert not published_file("essai", "geojson").exists(), "the folder is swapped in whole"


@pytest.mark.parametrize(
    "wrong",
    [
        pl.DataFrame({"code": ["a"]}),
        pl.DataFrame({"code": [1], "on": [None], "lon": [1.0], "lat": [1.0]}),
    ],
)
def test_other_columns_than_declared_are_refused_and_the_old_files_stay(frame, wrong) -> None:
    publish(_dataset(frame))
    with pytest.raises(WrongColumns, match="essai"):
        publish(_dataset(wrong))
    assert pl.read_parquet(published_file("essai", "parquet")).equals(frame)
    assert [p.name for p in published_file("essai", "csv").parent.parent.iterdir()] == ["essai"]
