"""Statements and votes leave and come back; hidden votes and refused words stay."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from terreau.deliberate.actions import cast_vote
from terreau.deliberate.actions.closing import publish_results
from terreau.deliberate.bridge import read_opinion
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Participant, Process, Statement, Vote
from terreau.deliberate.queries.results import published_result, results_due
from terreau.lake.dump import insert_content, read_dump, write_dump
from tests.factories.deliberate import close, make_participant, make_process, make_statement
from tests.factories.opinions import make_opinions, two_camps
from tests.lake.dump.made import contents, empty

pytestmark = pytest.mark.django_db


def table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"{name}.parquet")


def vote(statement: Statement, value: int) -> None:
    participant = make_participant(statement.process)
    cast_vote(
        process=statement.process, participant=participant, statement=statement, value=value, by=None,
        now=timezone.now(),
    )  # fmt: skip


def test_votes_leave_once_results_are_shown_and_not_before(tmp_path) -> None:
    hidden, shown = make_process(), make_process(hides_results=False)
    for process in (hidden, shown):
        row = make_statement(process)
        for value in (1, 1, -1, 0):
            vote(row, value)
    write_dump(tmp_path / "a")
    left = table(tmp_path / "a", "statement_votes")
    assert set(left["statement"]) == set(shown.statements.values_list("token", flat=True))
    assert sorted(left["value"]) == [-1, 0, 1, 1]
    close(hidden)
    write_dump(tmp_path / "b")
    assert len(table(tmp_path / "b", "statement_votes")) == 8


def test_they_come_back_the_same(tmp_path) -> None:
    process = make_process(hides_results=False)
    first = make_statement(process, "La halle reste ouverte", is_seed=True)
    make_statement(process, "La halle ne ferme pas", same_as=first, same_because="Même idée")
    make_statement(process, "Nom d’une personne", moderation=Moderation.REFUSED, motive="Nomme une personne")
    make_statement(process, "Mots qui attendent", moderation=Moderation.WAITING)
    make_statement(make_process(state="draft", opened_at=None), "Mots d’un brouillon")
    vote(first, 1)
    write_dump(tmp_path / "a")
    said = table(tmp_path / "a", "statements").write_csv() + str(contents(tmp_path / "a"))
    assert "Nomme une personne" in said
    for silent in ("Nom d’une personne", "nomdunepersonne", "Mots qui attendent", "Mots d’un brouillon"):
        assert silent not in said
    empty()
    insert_content(read_dump(tmp_path / "a"))
    assert list(Statement.objects.order_by("number").values_list("words", "moderation")) == [
        ("La halle reste ouverte", "published"),
        ("La halle ne ferme pas", "published"),
        ("", "refused"),
    ]
    assert Statement.objects.get(number=2).same_as == Statement.objects.get(number=1)
    assert Vote.objects.get().value == 1
    write_dump(tmp_path / "b")
    assert contents(tmp_path / "b") == contents(tmp_path / "a")


def test_the_college_and_the_channel_of_a_few_voters_stay(tmp_path) -> None:
    process = make_process(hides_results=False)
    colleges = ["citizens"] * 6 + ["firms"] * 6 + ["elected"] * 2 + ["associations"] * 5
    _statements, people = make_opinions(process, ["+"] * 19, colleges)
    Participant.objects.filter(pk=people[0].pk).update(channel="paper")
    silent = make_participant(process, college="elected")
    write_dump(tmp_path / "a")
    rows = {row["token"]: row for row in table(tmp_path / "a", "participants").to_dicts()}
    told = [rows[one.token]["college"] for one in people]
    assert told == ["citizens"] * 6 + ["firms"] * 6 + [""] * 7, "two elected, hidden with the smallest other"
    assert rows[people[0].token]["channel"] == "" and rows[people[6].token]["channel"] == "web"
    assert rows[silent.token]["college"] == "", "she gave no opinion: nothing is told of her"
    empty()
    insert_content(read_dump(tmp_path / "a"))
    write_dump(tmp_path / "b")
    assert contents(tmp_path / "b") == contents(tmp_path / "a")


def test_votes_on_refused_words_do_not_leave(tmp_path) -> None:
    row = make_statement(make_process(hides_results=False))
    vote(row, 1)
    Statement.objects.update(moderation=Moderation.REFUSED, motive="Nomme une personne")
    write_dump(tmp_path / "a")
    assert table(tmp_path / "a", "statement_votes").is_empty()


def results_page(process: Process) -> str:
    return Client().get(reverse("deliberate:results", args=[process.slug])).text.split("<main")[1]


def test_a_published_result_is_read_where_a_dump_is_loaded_as_it_was_published(tmp_path) -> None:
    process = make_process()
    make_opinions(process, two_camps(20, common=0.9), ["citizens", "associations"] * 20)
    for _ in range(12 - process.statements.count()):
        make_statement(process)
    close(process)
    before = publish_results(process=process, by=None)
    assert before.result["k"] == 2
    said = results_page(process)
    write_dump(tmp_path / "a")
    empty()
    insert_content(read_dump(tmp_path / "a"))
    back = Process.objects.get()
    kept = published_result(back)
    assert kept is not None and (kept.result, kept.computed_at) == (before.result, before.computed_at)
    assert results_page(back) == said, "nobody had to publish anything"
    assert results_due(timezone.now()) == []
    again = read_opinion(back)
    assert again == before.result, "and whoever computes it again from the votes finds the same"
    write_dump(tmp_path / "b")
    assert contents(tmp_path / "b") == contents(tmp_path / "a")


def test_a_result_does_not_leave_while_it_is_hidden_again(tmp_path) -> None:
    process = make_process()
    make_opinions(process, ["++", "+-", "--", "-+", "00"])
    close(process)
    publish_results(process=process, by=None)
    write_dump(tmp_path / "a")
    process.steps.update(ends_at=timezone.now() + dt.timedelta(days=1))
    write_dump(tmp_path / "b")
    assert '"votes_digest"' in "".join(
        file.read_text() for file in (tmp_path / "a").glob("opinion_results.*")
    )
    assert not "".join(file.read_text() for file in (tmp_path / "b").glob("opinion_results.*")).strip()
