"""The command: small files in, figures out; wrong files are refused with a line that helps."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from terreau_engines.cli import main


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "units.csv").write_text("unit,commune\na,1\na,2\nb,1\nc,\n")
    (tmp_path / "by.csv").write_text("commune,zone\n1,E\n2,E\n3,F\n")
    (tmp_path / "people.csv").write_text("commune,year,population\n1,2021,150\n2,2021,50\n3,2021,7\n")
    return tmp_path


def test_prints_a_table(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["indicators", "units.csv", "--by", "by.csv"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "zone\tvalue\tunplaced\tplaces\tplaces_covered",
        "E\t2\t1\t2\t2",
        "F\t\t1\t1\t1",
    ]


def test_explains_every_step(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["indicators", "units.csv", "--by", "by.csv", "--population", "people.csv", "--explain"]) == 0
    out = capsys.readouterr().out
    assert "formula     for each zone, the number of different units" in out
    assert "formula     10000 × numerator ÷ denominator" in out
    assert "1  units with a row whose place is empty or unknown" in out
    assert "E\t100.0" in out


def test_json_holds_all_that_is_needed_to_contest(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["indicators", "units.csv", "--by", "by.csv", "--format", "json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)
    assert set(result) == {
        "engine", "version", "formula", "parameters", "seed", "input_digest", "trace", "value",
    }  # fmt: skip
    assert len(result["input_digest"]) == 64


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.csv", None, "no such file"),
        ("units.csv", b"", "the file is empty"),
        ("units.csv", b"siren,commune\na,1\n", "missing column unit; found siren, commune"),
        ("units.csv", "unit,commune\né,1\n".encode("latin-1"), "line 2 is not UTF-8"),
        ("units.csv", b"unit,commune,amount\na,1,1.234\n", "line 2, column amount: '1.234' is not an amount"),
        ("units.csv", b"unit,commune,amount\na,1,12\nb,1,\n", "line 3, column amount: None is not an amount"),
        ("units.csv", b"unit,commune\n,1\n", "units.unit: empty in row 1"),
        ("units.csv", b"unit,commune\na,1,2,3\n", "found more fields"),
        ("by.csv", b"commune,zone\n1,E\n1,E\n", "place + zone (1, E) is given twice, first in row 1"),
        ("by.csv", b"commune,zone,covered\n1,E,maybe\n", "'maybe' is not true or false"),
        ("people.csv", b"commune,year,population\n1,2021,-4\n", "'-4' is not a whole number"),
        (
            "people.csv",
            b"commune,year,population\n1,2021,4\n1,2021,5\n",
            "place + year (1, 2021) is given twice",
        ),
    ],
)
def test_refuses_wrong_files(
    files: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (files / name).write_bytes(content)
    units = "absent.csv" if name == "absent.csv" else "units.csv"
    assert main(["indicators", units, "--by", "by.csv", "--population", "people.csv"]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


def test_refuses_a_year_without_population(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["indicators", "units.csv", "--by", "by.csv", "--population", "people.csv", "--year", "1999"]
    assert main(command) == 2
    assert "no population for the year 1999" in capsys.readouterr().err


def test_knows_no_django() -> None:
    """Importing every engine in a fresh interpreter loads nothing of the web."""
    check = "import sys, terreau_engines.cli; sys.exit('django' in sys.modules or 'terreau' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
