"""The published method: what its servers stored, given the groups that they stored."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pytest

from terreau_engines.opinion import map_opinions, polis, polis_priorities, polis_statistics
from terreau_engines.opinion.shares import SIDES
from terreau_engines.opinion.votes import read_votes

STORED = Path(__file__).resolve().parents[3] / "shared" / "data" / "votes" / "polis-reference"
FOLDERS = (
    "biodiversity",
    "vw",
    "red-dwarf-fixtures/150ptpt-3gp-no-strict-no-meta",
    "red-dwarf-fixtures/25ptpt-3gp-no-strict-with-meta",
    "red-dwarf-fixtures/50ptpt-3gp-strict-no-meta",
    "red-dwarf-fixtures/above-100-ptpts",
    "red-dwarf-fixtures/below-100-ptpts",
)
# This server stored the priority of a statement on the conversation, 49, for every statement.
NO_PRIORITY = "red-dwarf-fixtures/50ptpt-3gp-strict-no-meta"
CLOSE = 1e-6


class Server(NamedTuple):
    stored: dict[str, Any]
    votes: pl.DataFrame
    groups: pl.DataFrame


def _rows(folder: Path) -> Iterator[tuple[int, int, int, float]]:
    if (folder / "votes.json").is_file():
        for row in json.loads((folder / "votes.json").read_text()):
            person, statement = (
                row.get("pid", row.get("participant_id")),
                row.get("tid", row.get("statement_id")),
            )
            yield person, statement, row["vote"], float(row["modified"])
    else:
        (path,) = folder.glob("*votes.csv")
        for line in csv.DictReader(io.StringIO(path.read_text())):
            yield int(line["voter-id"]), int(line["comment-id"]), int(line["vote"]), float(line["timestamp"])


@pytest.fixture(params=FOLDERS)
def server(request: pytest.FixtureRequest) -> Server:
    folder = STORED / request.param
    if not folder.is_dir():
        pytest.skip("the outputs that servers stored are not beside this repository (../shared/data/votes)")
    (path,) = [*folder.glob("*math_blob.json"), *folder.glob("math-pca2.json")]
    stored = json.loads(path.read_text())
    rows = sorted(_rows(folder), key=lambda row: row[3])
    votes = pl.DataFrame(
        [row[:3] for row in rows if row[1] in set(stored["tids"])],
        schema=["participant", "statement", "vote"],
        orient="row",
    )
    base = stored["base-clusters"]
    members = dict(zip(base["id"], base["members"], strict=True))
    groups = [
        (person, group["id"])
        for group in stored["group-clusters"]
        for one in group["members"]
        for person in members[one]
    ]
    return Server(stored, votes, pl.DataFrame(groups, schema=["participant", "group"], orient="row"))


def test_representativeness(server: Server) -> None:
    tables = {
        side: {
            (row["statement"], row["group"]): row
            for row in polis_statistics(server.votes, server.groups, side=side).value.to_dicts()
        }
        for side in SIDES
    }
    compared = 0
    for group, statements in server.stored["repness"].items():
        for told in statements:
            found = tables[told["repful-for"]][told["tid"], int(group)]
            for ours, theirs in (
                ("votes", "n-success"), ("cast", "n-trials"), ("share", "p-success"), ("share_score", "p-test"),
                ("ratio", "repness"), ("ratio_score", "repness-test"),
            ):  # fmt: skip
                assert found[ours] == pytest.approx(told[theirs], abs=CLOSE)
                compared += 1
    assert compared


def test_picked_statements(server: Server) -> None:
    read, group = _read(server)
    left_out = set(server.stored["mod-out"])
    allowed = np.array([name not in left_out for name in read.statements])
    counts = read.counts(group, int(group.max()) + 1)
    for number, picked in enumerate(polis.pick_representative(counts, allowed)):
        theirs = {(told["tid"], told["repful-for"]) for told in server.stored["repness"][str(number)]}
        ours = {(read.statements[at], side) for at, side in picked}
        assert (
            len(ours & theirs) >= min(len(ours), len(theirs)) - 1
        )  # the server keeps room for the most agreed with


def test_consensus(server: Server) -> None:
    read, _ = _read(server)
    everybody = read.counts(np.zeros(read.people, np.int64), 1)[0]
    place = {name: at for at, name in enumerate(read.statements)}
    left_out = set(server.stored["mod-out"]) | set(server.stored["meta-tids"])
    allowed = np.array([name not in left_out for name in read.statements])
    picked = polis.pick_consensus(everybody, allowed)
    for side in SIDES:
        votes, cast = polis.of_side(everybody, side)
        told = server.stored["consensus"][side]
        assert {read.statements[at] for at in picked[side]} == {one["tid"] for one in told}
        for one in told:
            at = place[one["tid"]]
            assert polis.smoothed(votes, cast)[at] == pytest.approx(one["p-success"], abs=CLOSE)
            assert polis.one_proportion(votes, cast)[at] == pytest.approx(one["p-test"], abs=CLOSE)


def test_group_aware_consensus_and_priorities(server: Server, request: pytest.FixtureRequest) -> None:
    pca = server.stored["pca"]
    reach = polis.extremity(
        np.array(pca["center"]), np.array(pca["comps"])
    )  # centred on votes whose −1 agrees
    assert reach == pytest.approx(np.array(pca["comment-extremity"]), abs=CLOSE)
    extremity = pl.DataFrame({"statement": server.stored["tids"], "extremity": reach})
    found = polis_priorities(server.votes, server.groups, extremity).value
    meta = set(server.stored["meta-tids"])
    for row in found.to_dicts():
        name = str(row["statement"])
        assert row["consensus"] == pytest.approx(server.stored["group-aware-consensus"][name], abs=CLOSE)
        if NO_PRIORITY in request.node.name or row["statement"] in meta:
            assert server.stored["comment-priorities"][name] == polis.META_PRIORITY**2
        else:
            assert row["priority"] == pytest.approx(server.stored["comment-priorities"][name], abs=CLOSE)


def test_its_own_groups_are_compared(server: Server) -> None:
    """Starts and base clusters differ, so groups may: the benchmark prints how near."""
    found = map_opinions(server.votes, method="polis")
    assert 2 <= found.k <= 5
    assert set(server.groups["participant"]) <= set(found.participants["participant"])


def _read(server: Server) -> tuple[Any, np.ndarray]:
    from terreau_engines.opinion.tables import group_of

    read = read_votes(server.votes)
    return read, group_of(read, server.groups)
