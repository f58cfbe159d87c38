"""``kill -9`` while acts are appended: none that was acknowledged is lost, and every checkpoint ever signed holds.

A few rounds here; ``python -m tests.crash.appending 200`` does as many as one likes.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.factories.tables import copy_tables
from tests.portal.site import SERVER, Site

ROUNDS = 6
REPOSITORY = Path(__file__).resolve().parents[2]


def test_no_acknowledged_act_is_lost(tmp_path: Path) -> None:
    site = Site(tmp_path / "var")
    site.folder.mkdir()
    if not SERVER:
        copy_tables(site.folder)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.crash.appending", str(ROUNDS)],
            env={**site.variables(), "PYTHONPATH": os.pathsep.join(sys.path)},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
        )
    finally:
        site.drop()
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["acknowledged"] >= ROUNDS
    assert (found["lost"], found["holes"], found["problems"]) == ([], [], [])
    assert found["verified"] == found["entries"] >= found["acknowledged"]
