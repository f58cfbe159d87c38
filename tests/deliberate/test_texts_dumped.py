"""Texts leave and come back with their versions and what they carry; refused words, authors and supports stay."""

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest
from django.urls import reverse
from django.utils import timezone

from terreau.deliberate.actions import contribute
from terreau.deliberate.models import Contribution, Participant, Process, Statement, Support, Text
from terreau.deliberate.queries.contributions import Acceptance, acceptance_of
from terreau.deliberate.queries.presence import presence_of
from terreau.deliberate.queries.texts import current_version, footprint_of, told_differences, version_read
from terreau.lake.dump import insert_content, read_dump, write_dump
from tests.factories import make_user
from tests.factories.deliberate import make_participant, make_process, make_statement
from tests.factories.texts import keys_of, make_contribution, make_text, next_version
from tests.lake.dump.made import contents, empty

pytestmark = pytest.mark.django_db


def test_texts_come_back_the_same_without_what_stays(tmp_path) -> None:
    text = make_text()
    process = text.process
    first = keys_of(text)[0]
    author = make_participant(process, college="citizens")
    kept = make_contribution(text, author, outcome="kept", outcome_reason="Oui.")
    lost = make_contribution(text, author, outcome="not_kept", outcome_reason="Non.", withdrawn_at=kept.at)
    make_contribution(text, author, kind="comment", words="Bonne idée.", answers=kept)
    refused = make_contribution(
        text, author, words="Mots refusés fictifs.", why="Mots refusés aussi.", moderation="refused",
        motive="Injure fictive.", outcome="not_kept", outcome_reason="Non : « Mots refusés ».", appeal="Mon recours.",
    )  # fmt: skip
    make_contribution(text, kind="comment", words="Réponse à ce qui est refusé.", answers=refused)
    make_contribution(text, words="Mots en attente fictifs.", moderation="waiting")
    next_version(text, {first: "Autrement."}, kept={kept.token: first})
    Support.objects.create(participant=author, version=current_version(text))
    make_text(make_process(state="draft", opened_at=None), title="Texte de brouillon fictif")
    write_dump(tmp_path / "a")
    left = b"".join(file.read_bytes() for file in (tmp_path / "a").iterdir())
    for stays in ("Mots refusés", "Mots en attente", "ce qui est refusé", "brouillon fictif", "Mon recours"):
        assert stays.encode() not in left, stays
    (dumped,) = (tmp_path / "a").glob("contributions.*")
    assert author.token.encode() not in dumped.read_bytes(), "nothing leads from words to opinions"
    Contribution.objects.filter(answers__isnull=False).delete()
    Process.objects.all().delete()
    empty()
    insert_content(read_dump(tmp_path / "a"))
    write_dump(tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    back = Text.objects.get()
    one, two = version_read(back, 1), version_read(back, 2)
    assert one is not None and two is not None
    assert [told.difference.key for told in told_differences(one, two) if told.contributions] == [first]
    assert [c.token for c in footprint_of(two)[0].contributions] == [kept.token]
    assert {c.token: (c.author, c.moderation, c.motive) for c in back.contributions.filter(answers=None)} == {
        kept.token: (None, "published", ""),
        lost.token: (None, "published", ""),
        refused.token: (None, "refused", "Injure fictive."),
    }
    assert acceptance_of(back, [], unknown="?", everyone="tous")[-1].total == 1
    assert not Support.objects.exists()


def test_texts_of_a_process_come_back_in_their_order(tmp_path) -> None:
    process = make_process(steps=("propose",))
    titles = [f"Texte fictif {number}" for number in range(5)]
    for title in titles:
        make_text(process, title=title)
    leave_and_come_back(tmp_path)
    assert [text.title for text in Process.objects.get().texts.all()] == titles


def leave_and_come_back(folder) -> None:
    write_dump(folder / "a")
    Contribution.objects.filter(answers__isnull=False).delete()
    Process.objects.all().delete()
    empty()
    insert_content(read_dump(folder / "a"))
    write_dump(folder / "b")
    assert contents(folder / "a") == contents(folder / "b")


def said_of_colleges(text: Text) -> tuple[list[Acceptance], list[list[str]]]:
    rows = acceptance_of(text, text.process.colleges, unknown="?", everyone="tous")
    return [replace(row, without_author=0) for row in rows], [
        mark.colleges for mark in footprint_of(current_version(text))
    ]


def ended(process: Process) -> Process:
    """What was written is in its step, which is over."""
    past = timezone.now() + dt.timedelta(seconds=-1)
    process.steps.update(ends_at=past)
    for model in (Contribution, Statement):
        for number, row in enumerate(model.objects.order_by("-pk"), 1):
            model.objects.filter(pk=row.pk).update(at=past - dt.timedelta(seconds=number))
    return Process.objects.get(pk=process.pk)


def seen_by_step(process: Process) -> list[tuple[list[int], int, bool]]:
    rows = presence_of(process, timezone.now())
    return [([cell.total for cell in row.cells], row.without.total, row.is_one_sided) for row in rows]


def test_what_is_said_by_college_is_the_same_where_a_dump_is_loaded(tmp_path) -> None:
    text = make_text(make_process(steps=("propose",), colleges=["elected", "citizens", "officers"]))
    first = keys_of(text)[0]
    outcomes = [("kept", "Oui."), ("partly", "Un peu."), ("not_kept", "Non."), ("", "")]
    people = [make_participant(text.process, college=one) for one in ("elected",) * 5 + ("citizens",) * 7]
    made = []
    for number, person in enumerate(people):
        for outcome, reason in (outcomes[number % 4], ("", "")):
            made.append(make_contribution(text, person, outcome=outcome, outcome_reason=reason))
    make_contribution(text, make_participant(text.process), outcome="kept", outcome_reason="Oui.")
    make_statement(text.process, author=people[0])
    make_statement(text.process, author=make_participant(text.process, college="officers"))
    next_version(text, {first: "Autrement."}, kept={made[0].token: first, made[16].token: first})
    process = ended(text.process)
    tables, seen = said_of_colleges(text), seen_by_step(process)
    assert tables[1][0] == ["élus", "habitants"] and seen == [([5, 7, 1], 1, False)]
    leave_and_come_back(tmp_path)
    back = Text.objects.get()
    assert said_of_colleges(back) == tables and seen_by_step(back.process) == seen
    assert not back.contributions.filter(author__isnull=False).exists()


def test_the_college_of_a_few_stays_and_the_table_says_so(tmp_path, client) -> None:
    text = make_text(make_process(steps=("propose",), colleges=["elected", "citizens"]))
    for college in ("elected",) * 2 + ("citizens",) * 6:
        person = make_participant(text.process, college=college)
        for _ in range(3):  # many words are not many people
            make_contribution(text, person)
    seen = seen_by_step(ended(text.process))
    address = reverse("deliberate:text_contributions", args=[text.process.slug, text.token])
    kept_back = "moins de cinq personnes"
    assert kept_back not in client.get(address).text
    leave_and_come_back(tmp_path)
    left = pl.read_parquet(tmp_path / "a" / "contributions.parquet")
    assert set(left["college"]) == {""}, "two elected, and the citizens that subtraction would tell them from"
    back = Text.objects.get()
    rows = acceptance_of(back, back.process.colleges, unknown="?", everyone="tous")
    assert [(row.college, row.total) for row in rows] == [
        ("elected", 0),
        ("citizens", 0),
        ("none", 24),
        ("", 24),
    ]
    assert kept_back in client.get(address).text
    assert seen_by_step(back.process) == seen == [([2, 6], 0, False)], (
        "counts of people are public on the page"
    )


def test_a_contribution_keeps_the_college_that_its_author_had() -> None:
    text = make_text()
    author = make_participant(text.process, college="citizens")
    by, key = make_user("", "steward"), keys_of(text)[0]
    made = contribute(text=text, author=author, version=1, key=key, kind="comment", words="Oui.", by=by)
    Participant.objects.update(college="elected")
    assert Contribution.objects.get().college == made.college == "citizens"
