"""An imported statement may be longer than those written here: wherever it is read, it is read whole."""

import csv
import io

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from terreau.deliberate.actions import cast_vote
from terreau.deliberate.datasets import read_affirmations
from terreau.deliberate.enums import Channel, Power
from terreau.deliberate.models import Process, Statement
from terreau.lake.dump import insert_content, read_dump, write_dump
from tests.factories.deliberate import close, give_power, make_participant, make_process, make_statement
from tests.lake.dump.made import empty

pytestmark = pytest.mark.django_db

WORDS = ("Chaque mot de cette affirmation a été lu, et c’est sur elle entière qu’on a voté. " * 13)[:1000]


@pytest.fixture
def process() -> Process:
    found = make_process(hides_results=False)
    row = make_statement(found, WORDS, channel=Channel.IMPORTED, external_id="0")
    for value in (1, 1, 1, 1, -1):
        participant = make_participant(found)
        cast_vote(
            process=found, participant=participant, statement=row, value=value, by=None, now=timezone.now()
        )
    return found


def test_it_is_whole_on_every_page_that_shows_it(process: Process) -> None:
    assert len(Statement.objects.get().words) == 1000
    client = Client()
    client.force_login(give_power(process, Power.FACILITATOR))
    token = Statement.objects.get().token
    for name, arguments in (
        ("statements", ()),
        ("statement", (token,)),
        ("vote", ()),
        ("sheet_desk", ()),
        ("screen", ()),
        ("results", ()),
        ("proposal_draw", ()),
    ):
        page = client.get(reverse(f"deliberate:{name}", args=[process.slug, *arguments]))
        assert page.status_code == 200 and escape(WORDS.strip()) in page.text, name
    sheets = client.get(reverse("deliberate:sheets", args=[process.slug]) + "?first=1&last=2").text
    assert sheets.count(escape(WORDS.strip())) == 2


def test_it_leaves_and_comes_back_whole(process: Process, tmp_path) -> None:
    assert WORDS in read_affirmations().frame["words"].to_list()
    close(process)
    answer = Client().get(reverse("deliberate:result_file", args=[process.slug, "statements.csv"]))
    (row,) = csv.DictReader(io.StringIO(answer.content.decode()))
    assert row["words"] == WORDS
    write_dump(tmp_path / "a")
    assert pl.read_parquet(tmp_path / "a" / "statements.parquet")["words"].to_list() == [WORDS]
    empty()
    insert_content(read_dump(tmp_path / "a"))
    assert Statement.objects.get().words == WORDS
