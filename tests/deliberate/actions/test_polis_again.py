"""The same conversation comes in again: nothing twice, nothing undone by an older file, nothing of another one."""

import contextlib

import pytest
from django.db import connection
from django.utils import timezone

from terreau.deliberate.actions import cast_vote, publish_words, refuse_words
from terreau.deliberate.actions.polis_import import import_polis
from terreau.deliberate.enums import Moderation
from terreau.deliberate.importing.polis import NotPolis
from terreau.deliberate.models import Participant, Process, ProcessChange, Statement, Vote
from tests.deliberate.polis_files import COMMENTS, VOTES, files, values
from tests.factories import make_user
from tests.factories.deliberate import make_participant, make_process, make_statement

pytestmark = pytest.mark.django_db

NEWER = VOTES + "1500000010000,hier,0,1,-1\n1500000011000,hier,3,0,1\n"


def everything() -> list[list[tuple]]:
    return [
        list(model.objects.order_by("pk").values_list())
        for model in (Statement, Participant, Vote, ProcessChange)
    ]


def take(process: Process, **changed: str):
    return import_polis(process=process, files=files(people="", **changed), agree=1, by=None)


def test_the_same_export_again_changes_nothing() -> None:
    process = make_process()
    first = take(process)
    assert (first.statements, first.participants, first.votes) == (4, 4, 4)
    before = everything()
    again = take(process)
    assert (again.statements, again.reviewed, again.participants, again.votes, again.older) == (0, 0, 0, 0, 0)
    assert everything() == before


def test_a_newer_export_adds_and_an_older_one_after_it_reverts_nothing() -> None:
    process = make_process()
    take(process)
    newer = take(process, votes=NEWER)
    assert (newer.votes, newer.older) == (2, 0)
    assert values(process) == {("0", "0"): 1, ("1", "0"): -1, ("2", "0"): -1, ("2", "3"): 0, ("0", "3"): 1}
    before = everything()
    older = take(process)
    assert (older.votes, older.older) == (0, 1)
    assert everything() == before


def test_the_order_of_imports_says_nothing() -> None:
    ways = []
    for order in ((VOTES, NEWER), (NEWER, VOTES), (NEWER,)):
        process = make_process()
        for votes in order:
            take(process, votes=votes)
        ways.append(values(process))
    assert ways[0] == ways[1] == ways[2]


def test_said_again_later_the_same_a_vote_is_the_later_one() -> None:
    process = make_process()
    take(process)
    assert take(process, votes=VOTES + "1500000020000,hier,0,1,1\n").votes == 0
    between = take(process, votes=NEWER.replace("1500000010000", "1500000015000"))
    assert values(process)["1", "0"] == 1 and between.older == 1


def test_what_waited_here_takes_the_review_of_polis() -> None:
    for moderated, moderation, motive in (
        ("1", Moderation.PUBLISHED, "Acceptée dans l’outil d’origine, Polis."),
        ("-1", Moderation.REFUSED, "Refusée dans l’outil d’origine, Polis."),
    ):
        process = make_process()
        take(process)
        reviewed = COMMENTS.replace("0,0,0,Mots que", f"0,0,{moderated},Mots que")
        assert take(process, comments=reviewed).reviewed == 1
        row = process.statements.get(external_id="2")
        assert (row.moderation, row.motive) == (moderation, motive) and row.moderated_at
        reason = process.changes.order_by("number").last().reason
        assert reason.endswith("relues là-bas depuis : 1.")
        assert take(process).reviewed == 0  # an older export, where it waits still
        row.refresh_from_db()
        assert row.moderation == moderation


def test_what_a_reviewer_decided_here_stays() -> None:
    process, reviewer = make_process(), make_user("", "moderator")
    take(process)
    refuse_words(row=process.statements.get(external_id="2"), motive="Nomme une personne", by=reviewer)
    publish_words(row=process.statements.get(external_id="1"), by=reviewer)
    changed = COMMENTS.replace("0,0,0,Mots que", "0,0,1,Mots que")
    assert take(process, comments=changed).reviewed == 0
    assert dict(process.statements.values_list("external_id", "moderation")) == {
        "0": Moderation.PUBLISHED,
        "1": Moderation.PUBLISHED,
        "2": Moderation.REFUSED,
        "3": Moderation.PUBLISHED,
    }
    assert process.statements.get(external_id="2").motive == "Nomme une personne"


@pytest.mark.parametrize(
    "changed",
    [
        {"comments": COMMENTS.replace("Mots que personne n’a relus", "Autres mots")},
        {"comments": COMMENTS.replace("1500000002000,hier,2", "1500009992000,hier,2")},
        {
            "comments": COMMENTS.splitlines()[0] + "\n1500000002000,hier,7,1,0,0,1,D’ailleurs\n",
            "votes": VOTES.splitlines()[0] + "\n",
        },
    ],
    ids=["other words", "said another day", "nothing in common"],
)
def test_a_second_conversation_is_not_mixed_into_the_first(changed: dict[str, str]) -> None:
    process = make_process()
    take(process)
    before = everything()
    with pytest.raises(NotPolis, match="autre conversation"):
        take(process, **changed)
    assert everything() == before


def test_another_conversation_is_known_by_its_dates_when_words_are_gone() -> None:
    process = make_process()
    take(process)
    process.statements.update(words="", is_erased=True)
    assert take(process).votes == 0
    with pytest.raises(NotPolis, match="l’affirmation 2"):
        take(process, comments=COMMENTS.replace("1500000002000,hier,2", "1500009992000,hier,2"))


def test_what_is_said_here_lives_beside_what_came_from_there() -> None:
    process = make_process()
    own, person = make_statement(process, "Une phrase d’ici"), make_participant(process)
    take(process)
    imported = process.statements.get(external_id="0")
    for row, value in ((own, 1), (imported, -1)):
        cast_vote(
            process=process, participant=person, statement=row, value=value, by=None, now=timezone.now()
        )
    take(process, votes=NEWER)
    assert dict(person.votes.values_list("statement", "value")) == {own.pk: 1, imported.pk: -1}
    assert not person.votes.exclude(external_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_what_fails_half_way_leaves_nothing() -> None:
    """The base refuses the last vote: a trigger of its own says so."""
    process = make_process()
    before = everything()
    with _refusing_passes(), pytest.raises(Exception, match="half way"):
        take(process)
    assert everything() == before
    assert take(process).votes == 4


@contextlib.contextmanager
def _refusing_passes():
    if connection.vendor == "postgresql":
        make = [
            "CREATE FUNCTION half_way() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'half way'; END $$",
            "CREATE TRIGGER half_way BEFORE INSERT ON deliberate_vote FOR EACH ROW WHEN (NEW.value = 0)"
            " EXECUTE FUNCTION half_way()",
        ]
        drop = ["DROP TRIGGER half_way ON deliberate_vote", "DROP FUNCTION half_way"]
    else:
        make = [
            "CREATE TRIGGER half_way BEFORE INSERT ON deliberate_vote WHEN NEW.value = 0"
            " BEGIN SELECT RAISE(ABORT, 'half way'); END"
        ]
        drop = ["DROP TRIGGER half_way"]
    with connection.cursor() as cursor:
        for sql in make:
            cursor.execute(sql)
        yield
        for sql in drop:
            cursor.execute(sql)
