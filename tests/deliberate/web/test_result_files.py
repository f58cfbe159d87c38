"""The files of a result: anybody computes it again from them; nobody is found in them."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from terreau.commons.enums import College
from terreau.deliberate.actions.closing import publish_results
from terreau.deliberate.models import Process
from tests.factories import make_place
from tests.factories.deliberate import close, make_process, make_statement
from tests.factories.opinions import make_opinions, two_camps

pytestmark = pytest.mark.django_db
COLLEGES = [College.CITIZENS, College.ASSOCIATIONS]


@pytest.fixture
def process() -> Process:
    found = make_process(asks_college=True)
    make_opinions(found, two_camps(20, common=0.9), [COLLEGES[at % 2] for at in range(40)])
    close(found)
    return Process.objects.get(pk=found.pk)


def fetch(process: Process, name: str) -> bytes:
    answer = Client().get(reverse("deliberate:result_file", args=[process.slug, name]))
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="{process.slug}-{name}"'
    return answer.content


def rows(process: Process, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(fetch(process, name).decode())))


def recompute(process: Process, folder: Path) -> dict:
    for name in ("votes.csv", "participants.csv"):
        (folder / name).write_bytes(fetch(process, name))
    engine = Path(sys.executable).with_name("terreau-engines")
    done = subprocess.run(
        [str(engine), "opinion", "votes.csv", "--colleges", "participants.csv", "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_anybody_finds_the_groups_of_the_page_again(process: Process, tmp_path: Path) -> None:
    result = publish_results(process=process, by=None)
    again = recompute(process, tmp_path)
    shown = json.loads(fetch(process, "result.json"))
    assert again["input_digest"] == result.votes_digest == shown["input_digest"]
    assert again["k"] == shown["k"] == 2
    letters = {token: "AB"[group] for token, group in again["groups"].items()}
    assert letters == {token: placed[0] for token, placed in shown["positions"].items()}
    assert [row["statement"] for row in again["consensus"]] == [row["statement"] for row in shown["unites"]]
    assert shown["number"] == 1 and shown["consultative"] is True
    assert shown["signs"] == {"1": "agree", "0": "pass", "-1": "disagree"}


def test_votes_are_those_cast_with_the_sign_that_is_declared(process: Process) -> None:
    found = rows(process, "votes.csv")
    assert len(found) == 400
    first = process.participants.first()
    assert {row["statement"]: int(row["vote"]) for row in found if row["participant"] == first.token} == {
        str(vote.statement.number): vote.value for vote in first.votes.select_related("statement")
    }
    assert "1 : d’accord ; 0 : passe ; -1 : pas d’accord" in fetch(process, "LISEZMOI.txt").decode()


def test_parquet_holds_what_the_csv_holds(process: Process) -> None:
    parquet = pl.read_parquet(fetch(process, "votes.parquet"))
    text = pl.read_csv(fetch(process, "votes.csv"), schema_overrides={"statement": pl.String})
    assert parquet.equals(text)


def test_participants_have_no_territory_and_no_college_of_few() -> None:
    process = make_process(asks_college=True)
    few = [College.ELECTED, College.OFFICERS] * 3
    make_opinions(process, ["+-"] * 20, few + [College.CITIZENS] * 14)
    place = make_place("99001")
    process.participants.update(place=place)
    close(process)
    found = rows(process, "participants.csv")
    assert sorted(found[0]) == ["channel", "college", "participant"]
    assert sorted(row["college"] for row in found) == [""] * 6 + ["citizens"] * 14
    assert place.name not in fetch(process, "participants.csv").decode()


def test_a_statement_is_no_formula_and_not_its_author_s(process: Process) -> None:
    author = process.participants.first()
    make_statement(process, words="=HYPERLINK(0)", author=author)
    make_statement(process, words="Refusée fictive", moderation="refused", motive="Hors sujet.")
    make_statement(process, words="En attente fictive", moderation="waiting")
    text = fetch(process, "statements.csv").decode()
    assert "'=HYPERLINK(0)" in text
    assert "Refusée fictive" not in text and "Hors sujet." in text
    assert "En attente fictive" not in text
    assert author.token not in text
    counts = {row["statement"]: row for row in rows(process, "statements.csv")}["9"]
    assert (counts["agree"], counts["passed"], counts["disagree"]) == ("22", "0", "18")


def test_a_provisional_file_says_so(process: Process) -> None:
    assert "provisoire" in fetch(process, "LISEZMOI.txt").decode()
    publish_results(process=process, by=None)
    assert "Résultat n° 1" in fetch(process, "LISEZMOI.txt").decode()
