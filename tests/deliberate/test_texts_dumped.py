"""Texts leave and come back with their versions and what they carry; refused words, authors and supports stay."""

import pytest

from terreau.deliberate.models import Contribution, Process, Support, Text
from terreau.deliberate.queries.contributions import acceptance_of
from terreau.deliberate.queries.texts import current_version, footprint_of, told_differences, version_read
from terreau.lake.dump import insert_content, read_dump, write_dump
from tests.factories.deliberate import make_participant, make_process
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
    write_dump(tmp_path / "a")
    Process.objects.all().delete()
    empty()
    insert_content(read_dump(tmp_path / "a"))
    assert [text.title for text in Process.objects.get().texts.all()] == titles
