"""Processes leave and come back whole; drafts, accounts, secrets and what would name a voter stay."""

from pathlib import Path

import polars as pl
import pytest

from terreau.commons.enums import Diffusion
from terreau.deliberate import actions
from terreau.deliberate.actions.participating import new_secret, take_part
from terreau.deliberate.enums import Power, StepKind
from terreau.deliberate.models import Participant, Process, Vote
from terreau.lake.dump import insert_content, read_dump, write_dump
from tests.factories import make_party, make_place
from tests.factories.deliberate import give_power, make_participant, make_process, make_statement
from tests.lake.dump.made import contents, empty

pytestmark = pytest.mark.django_db


def table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"{name}.parquet")


def test_a_process_comes_back_with_its_steps_roles_and_history(tmp_path) -> None:
    process = make_process(slug="demarche-une", steps=(StepKind.PROPOSE, StepKind.VOTE))
    draft = make_process(slug="demarche-privee", state="draft", opened_at=None)
    by = give_power(process, Power.FACILITATOR)
    give_power(draft, Power.FACILITATOR, by)
    make_participant(draft)
    take_part(process=process, by=None, secret=new_secret(), college="citizens")
    actions.count_attendance(step=process.steps.first(), numbers={"elected": 3}, by=by)
    actions.close_step(step=process.steps.first(), reason="La salle est fermée.", by=by)
    write_dump(tmp_path / "a")
    said = b"".join(contents(tmp_path / "a").values())
    assert by.email.encode() not in said
    assert b"demarche-privee" not in said
    for name in ("process_roles", "participants"):
        assert "demarche-privee" not in table(tmp_path / "a", name).write_csv()
    assert set(table(tmp_path / "a", "participants").columns).isdisjoint({"user", "secret_digest", "sheet"})
    empty()
    insert_content(read_dump(tmp_path / "a"))
    back = Process.objects.get()
    assert [step.kind for step in back.steps.all()] == ["propose", "vote"]
    assert [change.verb for change in back.changes.all()] == ["count-attendance", "close-step"]
    assert (back.roles.get().shown_name, back.roles.get().user) == ("Personne fictive", None)
    assert back.participants.get().college == "", "told of five voters at least"
    write_dump(tmp_path / "b")
    assert contents(tmp_path / "b") == contents(tmp_path / "a")


def test_no_name_leaves_beside_opinions_and_no_territory_of_a_few(tmp_path) -> None:
    process = make_process(steps=(StepKind.VOTE,))
    village, town = make_place("99001"), make_place("99002")
    people = [make_participant(process, college="citizens") for _ in range(6)]
    Participant.objects.update(place=town, shown_name="Voisine fictive")
    lone = make_participant(process, college="citizens")
    Participant.objects.filter(pk=lone.pk).update(place=village, shown_name="Voisin fictif")
    Vote.objects.create(participant=people[0], statement=make_statement(process), value=1)
    write_dump(tmp_path / "a")
    rows = {row["token"]: row for row in table(tmp_path / "a", "participants").to_dicts()}
    assert "shown_name" not in table(tmp_path / "a", "participants").columns
    assert {row["college"] for row in rows.values()} == {""}, "one voter of a college does not tell it"
    codes = {token: row["place.code"] for token, row in rows.items()}
    assert codes.pop(lone.token) is None and set(codes.values()) == {"99002"}


def test_a_masked_decider_does_not_leave(tmp_path) -> None:
    hidden = make_party("Secret fictif", diffusion=Diffusion.MASKED)
    make_process(decider=hidden, decider_identity=hidden.identity, decider_name="")
    write_dump(tmp_path / "a")
    assert hidden.identity.encode() not in b"".join(contents(tmp_path / "a").values())
    empty()
