"""Statements, votes and results leave and come back; hidden votes, refused words and small colleges stay."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from django.utils import timezone

from terreau.commons.enums import College
from terreau.deliberate.actions import publish_results
from terreau.deliberate.bridge import read_opinion
from terreau.deliberate.enums import Channel, Moderation
from terreau.deliberate.models import OpinionResult, Participant, Process, Statement, Vote
from terreau.lake.dump import insert_content, read_dump, write_dump
from tests.factories.deliberate import close, make_participant, make_process, make_statement
from tests.factories.opinions import make_opinions, two_camps
from tests.lake.dump.made import contents, empty

pytestmark = pytest.mark.django_db


def table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"{name}.parquet")


def test_a_result_comes_back_and_is_found_again_from_the_votes(tmp_path) -> None:
    process = make_process(slug="fictive")
    colleges = [College.CITIZENS, College.FIRMS] * 10
    statements, _people = make_opinions(process, two_camps(10), colleges)
    make_statement(process, "Dit autrement", same_as=statements[0], same_because="Même sens.")
    close(process)
    published = publish_results(process=process, by=None)
    write_dump(tmp_path / "a")
    empty()
    insert_content(read_dump(tmp_path / "a"))
    back = Process.objects.get(slug="fictive")
    assert OpinionResult.objects.get().result == published.result == read_opinion(back)
    assert back.statements.get(words="Dit autrement").same_as.words == statements[0].words
    write_dump(tmp_path / "b")
    assert contents(tmp_path / "b") == contents(tmp_path / "a")


def test_hidden_votes_stay_until_the_closing(tmp_path) -> None:
    hidden, shown = make_process(), make_process(hides_results=False)
    for process in (hidden, shown):
        make_opinions(process, ["+-", "-+"])
    write_dump(tmp_path / "a")
    of_shown = set(shown.statements.values_list("token", flat=True))
    assert set(table(tmp_path / "a", "votes")["statement"]) == of_shown
    assert table(tmp_path / "a", "statements").height == 4
    close(hidden)
    publish_results(process=hidden, by=None)
    write_dump(tmp_path / "b")
    assert table(tmp_path / "b", "votes").height == 8
    assert table(tmp_path / "b", "opinion_results").height == 1
    hidden.steps.update(ends_at=timezone.now() + dt.timedelta(days=1))
    write_dump(tmp_path / "c")
    assert table(tmp_path / "c", "opinion_results").height == 0, "opened again"


def test_of_refused_or_erased_words_nothing_leaves_and_of_those_that_wait_not_a_line(tmp_path) -> None:
    process = make_process(hides_results=False)
    author = make_participant(process)
    for number in (1, 2):
        make_statement(
            process, f"Secret fictif {number}", moderation=Moderation.REFUSED, motive="Nomme une personne.",
            appeal="Secret fictif encore", author=author,
        )  # fmt: skip
    make_statement(process, "Secret fictif effacé", is_erased=True)
    make_statement(process, "Secret fictif en attente", moderation=Moderation.WAITING)
    for row in Statement.objects.all():
        Vote.objects.create(participant=author, statement=row, value=1)
    write_dump(tmp_path / "a")
    said = b"".join(contents(tmp_path / "a").values()).lower()
    assert b"secret fictif" not in said
    rows = table(tmp_path / "a", "statements")
    assert rows["motive"].to_list().count("Nomme une personne.") == 2 and rows.height == 3
    assert author.token not in rows.write_csv()
    assert table(tmp_path / "a", "votes").height == 1, "of what is public"
    empty()
    insert_content(read_dump(tmp_path / "a"))
    write_dump(tmp_path / "b")
    assert contents(tmp_path / "b") == contents(tmp_path / "a")


def test_the_college_and_the_channel_of_a_few_voters_stay(tmp_path) -> None:
    process = make_process()
    colleges = (
        [College.CITIZENS] * 6 + [College.FIRMS] * 6 + [College.ELECTED] * 2 + [College.ASSOCIATIONS] * 5
    )
    _statements, people = make_opinions(process, ["+"] * 19, colleges)
    Participant.objects.filter(pk=people[0].pk).update(channel=Channel.PAPER)
    silent = make_participant(process, college=College.ELECTED)
    write_dump(tmp_path / "a")
    rows = {row["token"]: row for row in table(tmp_path / "a", "participants").to_dicts()}
    told = [rows[one.token]["college"] for one in people]
    assert told == ["citizens"] * 6 + ["firms"] * 6 + [""] * 7, "two elected, hidden with the smallest other"
    assert rows[people[0].token]["channel"] == "" and rows[people[6].token]["channel"] == "web"
    assert rows[silent.token]["college"] == "elected", "has no opinion to be known by"
    empty()
    insert_content(read_dump(tmp_path / "a"))
    write_dump(tmp_path / "b")
    assert contents(tmp_path / "b") == contents(tmp_path / "a")
