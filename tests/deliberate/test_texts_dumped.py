"""Texts leave and come back with their versions and what they carry; what waits, supports and voters' names stay."""

import pytest

from terreau.deliberate.models import Contribution, Process, Support, Text, Vote
from terreau.deliberate.queries.contributions import acceptance_of
from terreau.deliberate.queries.texts import current_version, footprint_of, told_differences, version_read
from terreau.lake.dump import insert_content, read_dump, write_dump
from tests.factories.deliberate import make_participant, make_process, make_statement
from tests.factories.texts import keys_of, make_contribution, make_text, next_version
from tests.lake.dump.made import contents, empty

pytestmark = pytest.mark.django_db


def test_texts_come_back_the_same_without_what_stays(tmp_path) -> None:
    text = make_text()
    process = text.process
    first = keys_of(text)[0]
    author, voter = (make_participant(process, college="citizens") for _ in range(2))
    Vote.objects.create(participant=voter, statement=make_statement(process), value=1)
    kept = make_contribution(text, author, outcome="kept", outcome_reason="Oui.")
    of_a_voter = make_contribution(text, voter, outcome="not_kept", outcome_reason="Non.")
    make_contribution(text, author, kind="comment", words="Bonne idée.", answers=kept)
    refused = make_contribution(text, words="Mots refusés fictifs.", moderation="refused", motive="Injure.")
    make_contribution(text, kind="comment", words="Réponse à ce qui est refusé.", answers=refused)
    make_contribution(text, words="Mots en attente fictifs.", moderation="waiting")
    next_version(text, {first: "Autrement."}, kept={kept.token: first})
    Support.objects.create(participant=author, version=current_version(text))
    make_text(make_process(state="draft", opened_at=None), title="Texte de brouillon fictif")
    write_dump(tmp_path / "a")
    left = b"".join(file.read_bytes() for file in (tmp_path / "a").iterdir())
    for stays in ("Mots refusés", "Mots en attente", "ce qui est refusé", "brouillon fictif"):
        assert stays.encode() not in left, stays
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
    assert {c.token: c.author and c.author.token for c in back.contributions.filter(answers=None)} == {
        kept.token: author.token,
        of_a_voter.token: None,
    }
    assert acceptance_of(back, [], unknown="?", everyone="tous")[-1].total == 2
    assert not Support.objects.exists()
