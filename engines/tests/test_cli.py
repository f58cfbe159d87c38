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


def _two_sides(path: Path) -> None:
    rows = [
        f"p{who},s{about},{1 if (who < 6) == (about < 3) else -1}" for who in range(12) for about in range(6)
    ]
    path.write_text("participant,statement,vote\np0,s0,-1\n" + "\n".join(rows) + "\np99,s0,0\n")


def test_opinion_prints_groups_and_consensus(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _two_sides(files / "votes.csv")
    assert main(["opinion", "votes.csv", "--json", "--resamples", "2"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["k"] == 2
    assert {found["groups"][f"p{who}"] for who in range(6)} == {found["groups"]["p0"]}
    assert found["groups"]["p0"] != found["groups"]["p11"]
    assert found["groups"]["p99"] is None
    assert found["consensus"] == []
    assert len(found["divisive"]) == 6
    assert found["stability"]["resamples"] == 2
    assert main(["opinion", "votes.csv", "--method", "polis", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["k"] >= 2


def test_opinion_of_everybody_who_passes(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "votes.csv").write_text("participant,statement,vote\na,s,0\nb,s,0\n")
    for method in ("terreau", "polis"):
        assert main(["opinion", "votes.csv", "--method", method, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["k"], found["consensus"]) == (1, [])
    assert main(["opinion", "votes.csv"]) == 0
    assert capsys.readouterr().out.startswith("no clear groups")


def test_opinion_with_colleges(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"p{who},s0,1" for who in range(12)]
    (files / "votes.csv").write_text("participant,statement,vote\n" + "\n".join(rows) + "\n")
    colleges = [f"p{who},{'users' if who < 6 else 'towns'}" for who in range(12)]
    (files / "colleges.csv").write_text("participant,college\n" + "\n".join(colleges) + "\n")
    assert main(["opinion", "votes.csv", "--colleges", "colleges.csv", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["consensus"]
    assert (told["statement"], told["side"], told["stability"]) == ("s0", "agree", 1.0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty"),
        ("participant,statement,vote\n", "no vote, so no participant"),
        ("participant,vote\na,1\n", "missing column statement; found participant, vote"),
        ("participant,statement,vote\na,s,1\na,t,2\n", "line 3, column vote: '2' is not -1, 0 or 1"),
        ("participant,statement,vote\na,s,\n", "line 2, column vote: None is not -1, 0 or 1"),
        ("participant,statement,vote\n,s,1\n", "line 2: an identifier is empty"),
    ],
)
def test_opinion_refuses_wrong_files(
    files: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
) -> None:
    (files / "votes.csv").write_text(content)
    assert main(["opinion", "votes.csv", "--json"]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""


def test_knows_no_django() -> None:
    """Importing every engine in a fresh interpreter loads nothing of the web."""
    check = "import sys, terreau_engines.cli; sys.exit('django' in sys.modules or 'terreau' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
