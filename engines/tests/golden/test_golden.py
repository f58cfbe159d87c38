"""What this version prints for fixed files is what it printed when the version was made."""

import json
from pathlib import Path

import pytest

from terreau_engines import __version__
from terreau_engines.cli import main

FOLDER = Path(__file__).parent
RUNS = {
    "units": ["units.csv", "--by", "membership.csv", "--population", "population.csv", "--year", "2020"],
    "amounts": ["amounts.csv", "--by", "membership.csv"],
}


@pytest.mark.parametrize("run", RUNS)
def test_golden(run: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    golden = json.loads((FOLDER / f"{__version__}.json").read_text(encoding="utf-8"))
    assert main(["indicators", *RUNS[run], "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == golden[run]
