"""Real conversations come in whole, and the votes that leave from here give what the raw export gives."""

import csv
import io
import json
from pathlib import Path

import pytest

from terreau.deliberate.actions.polis_import import import_polis
from terreau.deliberate.bridge import read_opinion
from terreau.deliberate.importing.polis import which_file
from terreau.deliberate.web.result_files import write_file
from terreau_engines.cli import main
from tests.deliberate.polis_files import values
from tests.factories.deliberate import make_process

pytestmark = pytest.mark.django_db

EXPORTS = (
    "polis/brexit-consensus",
    "polis/london.youth.policing",
    "polis/scoop-hivemind.biodiversity",
    "polis/scoop-hivemind.ubi",
    "polis-reference/biodiversity",
    "polis-reference/vw",
)


def content_of(shared_data: Path, export: str) -> dict[str, bytes]:
    folder = shared_data / "votes" / export
    if not folder.is_dir():
        pytest.skip(f"needs the conversation {export}, which is not on this machine")
    return {name: path.read_bytes() for path in folder.glob("*.csv") if (name := which_file(path.name))}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def last_votes(content: dict[str, bytes]) -> dict[tuple[str, str], int]:
    ordered = sorted(rows_of(content["votes.csv"]), key=lambda row: int(row["timestamp"]))
    return {(row["voter-id"], row["comment-id"]): int(row["vote"]) for row in ordered}


@pytest.mark.parametrize("export", EXPORTS)
def test_a_real_conversation_comes_in_whole_and_once(shared_data: Path, export: str) -> None:
    process, content = make_process(), content_of(shared_data, export)
    done = import_polis(process=process, files=content, agree=1, by=None)
    said, wanted = rows_of(content["comments.csv"]), last_votes(content)
    assert (done.problems, done.statements, done.votes) == ([], len(said), len(wanted))
    assert {one.external_id: one.words for one in process.statements.all()} == {
        row["comment-id"]: " ".join(row["comment-body"].split()) for row in said
    }
    assert values(process) == wanted
    for row in rows_of(content.get("participants-votes.csv", b"participant\n")):
        mine = [value for (person, _statement), value in wanted.items() if person == row["participant"]]
        assert (str(mine.count(1)), str(mine.count(-1))) == (row["n-agree"], row["n-disagree"])
    again = import_polis(process=process, files=content, agree=1, by=None)
    assert (again.statements, again.reviewed, again.participants, again.votes, again.older) == (0, 0, 0, 0, 0)


def test_the_two_exports_of_one_conversation_are_one(shared_data: Path) -> None:
    """In milliseconds in 2019, in seconds in 2025."""
    process = make_process()
    import_polis(process=process, files=content_of(shared_data, "polis/scoop-hivemind.biodiversity"), by=None)
    later = content_of(shared_data, "polis-reference/biodiversity")
    done = import_polis(process=process, files=later, agree=1, by=None)
    assert (done.statements, done.reviewed, done.participants, done.votes, done.older) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("export", ["polis/brexit-consensus", "polis/scoop-hivemind.ubi"])
def test_votes_that_leave_give_what_the_raw_export_gives(
    shared_data: Path, export: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    process, content = make_process(hides_results=False), content_of(shared_data, export)
    import_polis(process=process, files=content, by=None)
    (tmp_path / "here.csv").write_bytes(write_file("votes.csv", process, read_opinion(process), None))
    accepted = {row["comment-id"] for row in rows_of(content["comments.csv"]) if row["moderated"] == "1"}
    with (tmp_path / "raw.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("participant", "statement", "vote"))
        writer.writerows((*pair, vote) for pair, vote in last_votes(content).items() if pair[1] in accepted)
    for method in ("terreau", "polis"):
        here, raw = (_opinion(tmp_path / name, method, capsys) for name in ("here.csv", "raw.csv"))
        people = dict(process.participants.values_list("token", "external_id"))
        statements = {str(one.number): one.external_id for one in process.statements.all()}
        assert here["k"] == raw["k"]
        assert _together({people[who]: group for who, group in here["groups"].items()}) == _together(
            raw["groups"]
        )
        assert {statements[one["statement"]] for one in here["consensus"]} == {
            one["statement"] for one in raw["consensus"]
        }


def _opinion(path: Path, method: str, capsys: pytest.CaptureFixture[str]) -> dict:
    assert main(["opinion", str(path), "--method", method, "--json", "--resamples", "2"]) == 0
    return json.loads(capsys.readouterr().out)


def _together(groups: dict[str, int | None]) -> set[frozenset[str]]:
    """Who is with whom, whatever their group is called."""
    found: dict[int | None, set[str]] = {}
    for person, group in groups.items():
        found.setdefault(group, set()).add(person)
    return {frozenset(people) for people in found.values()}
