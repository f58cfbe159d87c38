"""The pace of votes is one for all the processes of the server, and says nothing of who votes."""

import os
import sqlite3
import subprocess
import sys

import pytest

from terreau.deliberate.web import pace
from terreau.deliberate.web.pace import forget_paces, is_slow_enough

_VOTE_FAST = """
import django
django.setup()
from django.conf import settings
from terreau.deliberate.web.pace import is_slow_enough
settings.VOTING_PACES = {"vote": (120, 10**10)}
print("ready", flush=True)
input()
print(sum(is_slow_enough("vote", "the same person") for _time in range(100)))
"""


@pytest.fixture(autouse=True)
def data(tmp_path, settings) -> None:
    settings.DATA_DIR = tmp_path


def test_two_processes_count_as_one(tmp_path) -> None:
    """Two hundred acts, one hundred in each at the same time: 120 are let through, not one more."""
    environment = {
        **os.environ,
        "TERREAU_DATA": str(tmp_path),
        "TERREAU_SECRET_KEY": "the same in both",
        "DJANGO_SETTINGS_MODULE": "terreau.portal.settings",
    }
    both = [
        subprocess.Popen(
            [sys.executable, "-c", _VOTE_FAST],
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _process in range(2)
    ]
    for one in both:
        assert one.stdout is not None and one.stdout.readline() == "ready\n"
    for one in both:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    let_through = [int(one.communicate()[0]) for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sum(let_through) == 120


def test_each_person_and_each_act_has_its_own(settings) -> None:
    settings.VOTING_PACES = {"vote": (2, 10**10), "take_part": (1, 10**10)}
    assert [is_slow_enough("vote", "a") for _time in range(3)] == [True, True, False]
    assert [is_slow_enough("take_part", "a") for _time in range(2)] == [True, False]
    assert is_slow_enough("vote", "b")


def test_a_server_that_starts_counts_from_nothing(settings, tmp_path) -> None:
    is_slow_enough("vote", "a")
    forget_paces()
    assert list((tmp_path / "cache").iterdir()) == []


def test_what_is_over_is_wiped_and_nobody_is_named(settings, tmp_path) -> None:
    settings.VOTING_PACES = {"vote": (2, 10**10), "take_part": (9, 10**10)}
    file = tmp_path / "cache" / "paces.sqlite3"
    is_slow_enough("take_part", "198.51.100.7")
    with sqlite3.connect(file) as other:
        other.execute("INSERT INTO acts VALUES (x'00', 1, 1)")
    pace._last_wiped = 0
    is_slow_enough("vote", "user-7")
    with sqlite3.connect(file) as other:
        keys = [key for (key,) in other.execute("SELECT key FROM acts")]
    assert len(keys) == 2 and b"\x00" not in keys
    assert b"198.51" not in file.read_bytes() and b"user-7" not in file.read_bytes()


def test_what_cannot_be_counted_stops_no_vote(tmp_path, caplog) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "paces.sqlite3").write_bytes(b"no database" * 100)
    assert is_slow_enough("vote", "user-7")
    assert "the pace of votes is not counted" in caplog.text
