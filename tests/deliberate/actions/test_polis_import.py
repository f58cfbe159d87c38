"""A Polis conversation is taken in whole or not at all, under the right sign, once however often it is asked."""

import csv
import io
from pathlib import Path

import pytest

from terreau.deliberate.actions.polis_import import import_polis
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.bridge import read_opinion
from terreau.deliberate.enums import Channel, Moderation, Power
from terreau.deliberate.importing.polis import NotPolis
from terreau.deliberate.models import Participant, Process, ProcessChange, Statement, Vote
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_process

pytestmark = pytest.mark.django_db

COMMENTS = """timestamp,datetime,comment-id,author-id,agrees,disagrees,moderated,comment-body
1500000000000,hier,0,0,2,1,1,Une place fictive plantée
1500000001000,hier,1,9,0,0,-1,Mots refusés là-bas
1500000002000,hier,2,1,0,0,0,Mots que personne n’a relus
1500000003000,hier,3,1,0,0,1,UNE PLACE FICTIVE PLANTÉE
"""
VOTES = """timestamp,datetime,comment-id,voter-id,vote
1500000009000,hier,0,0,1
1500000005000,hier,0,0,-1
1500000005000,hier,0,1,1
1500000005000,hier,0,2,-1
1500000005000,hier,3,2,0
"""
PEOPLE = """participant,group-id,n-comments,n-votes,n-agree,n-disagree,0,3
0,0,1,1,1,0,1,
1,0,2,1,1,0,1,
2,1,0,2,0,1,-1,0
"""


def files(**changed: str) -> dict[str, bytes]:
    texts = {"comments": COMMENTS, "votes": VOTES, "people": PEOPLE, **changed}
    names = {"comments": "comments.csv", "votes": "votes.csv", "people": "participants-votes.csv"}
    return {names[key]: text.encode() for key, text in texts.items() if text}


def values(process: Process) -> dict[tuple[str, str], int]:
    rows = Vote.objects.filter(statement__process=process)
    return {
        (person, statement): value
        for person, statement, value in rows.values_list(
            "participant__external_id", "statement__external_id", "value"
        )
    }


EXPECTED = {("0", "0"): 1, ("1", "0"): 1, ("2", "0"): -1, ("2", "3"): 0}


def test_statements_people_and_last_votes_come_in() -> None:
    process = make_process()
    done = import_polis(process=process, files=files(), by=give_power(process, Power.FACILITATOR))
    assert (done.statements, done.participants, done.votes, done.problems) == (4, 4, 4, [])
    assert values(process) == EXPECTED
    moderation = dict(process.statements.values_list("external_id", "moderation"))
    assert moderation == {
        "0": Moderation.PUBLISHED,
        "1": Moderation.REFUSED,
        "2": Moderation.WAITING,
        "3": Moderation.PUBLISHED,
    }
    assert process.statements.get(external_id="3").same_as.external_id == "0"
    assert set(Vote.objects.values_list("channel", flat=True)) == {Channel.IMPORTED}
    assert ProcessChange.objects.get(verb="import-opinions").reason.startswith("Repris de Polis : 4")


def test_again_adds_nothing_and_a_later_vote_counts() -> None:
    process = make_process()
    import_polis(process=process, files=files(), by=None)
    again = import_polis(process=process, files=files(), by=None)
    assert (again.statements, again.participants, again.votes) == (0, 0, 0)
    assert ProcessChange.objects.filter(verb="import-opinions").count() == 1
    later = VOTES + "1500000010000,hier,0,1,-1\n"
    assert import_polis(process=process, files=files(votes=later, people=""), agree=1, by=None).votes == 1
    assert values(process) == EXPECTED | {("1", "0"): -1}


def test_votes_of_the_other_sign_are_turned() -> None:
    process = make_process()
    rows = list(csv.reader(io.StringIO(VOTES)))
    turned = [rows[0], *([*row[:4], str(-int(row[4]))] for row in rows[1:])]
    content = "\n".join(",".join(row) for row in turned)
    import_polis(process=process, files=files(votes=content), by=None)
    assert values(process) == EXPECTED
    with pytest.raises(NotPolis, match="sous le signe -1"):
        import_polis(process=process, files=files(votes=content), agree=1, by=None)


def test_a_sign_that_nothing_tells_is_asked() -> None:
    process = make_process()
    with pytest.raises(NotPolis, match="quel signe"):
        import_polis(process=process, files=files(people=""), by=None)
    import_polis(process=process, files=files(people=""), agree=-1, by=None)
    assert values(process) == {pair: -value for pair, value in EXPECTED.items()}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"votes": VOTES + "1500000005000,hier,0,3,2\n"}, "votes.csv, ligne 7 : l’avis vaut « 2 »"),
        ({"votes": VOTES + "1500000005000,hier,77,3,1\n"}, "votes.csv, ligne 7 : l’affirmation 77"),
        ({"votes": VOTES + "hier,hier,0,3,1\n"}, "votes.csv, ligne 7 : la date"),
        (
            {"comments": COMMENTS + "1500000000000,hier,4,0,0,0,1,\n"},
            "comments.csv, ligne 6 : l’affirmation est vide",
        ),
        (
            {"comments": COMMENTS + f"1500000000000,h,4,0,0,0,1,{'a' * 281}\n"},
            "ligne 6 : l’affirmation a 281 signes",
        ),
        ({"comments": COMMENTS + "1500000000000,hier,0,0,0,0,1,Deux fois\n"}, "ligne 6 : le numéro « 0 »"),
        ({"comments": "a,b\n1,2\n"}, "il manque la colonne timestamp"),
        ({"votes": ""}, "Il manque le fichier votes.csv"),
    ],
)
def test_a_bad_row_is_told_by_its_line_and_nothing_is_written(changed: dict[str, str], said: str) -> None:
    process = make_process()
    with pytest.raises(NotPolis) as refused:
        import_polis(process=process, files=files(**changed), by=None)
    assert said in str(refused.value)
    assert not Statement.objects.exists() and not Participant.objects.exists() and not Vote.objects.exists()


def test_bad_rows_may_be_left_out() -> None:
    process = make_process()
    bad = files(votes=VOTES + "1500000005000,hier,0,3,2\n")
    done = import_polis(process=process, files=bad, skips_bad_rows=True, by=None)
    assert len(done.problems) == 1
    assert values(process) == EXPECTED


def test_a_closed_process_and_a_stranger_take_nothing() -> None:
    process = make_process()
    with pytest.raises(NotAllowed):
        import_polis(process=process, files=files(), by=make_user())
    close(process)
    with pytest.raises(TooLate):
        import_polis(process=Process.objects.get(pk=process.pk), files=files(), by=None)


def test_real_conversations_come_in_under_the_sign_of_agreeing(shared_data: Path) -> None:
    folder = shared_data / "votes" / "polis"
    if not folder.is_dir():
        pytest.skip("needs the exported conversations, which are not on this machine")
    for conversation in ("brexit-consensus", "london.youth.policing"):
        process = make_process()
        content = {path.name: path.read_bytes() for path in (folder / conversation).glob("*.csv")}
        done = import_polis(process=process, files=content, by=None)
        assert done.problems == []
        people = csv.DictReader(io.StringIO(content["participants-votes.csv"].decode()))
        agreed = {row["participant"]: int(row["n-agree"]) for row in people}
        found = values(process)
        assert {
            person: sum(vote == 1 for (who, _), vote in found.items() if who == person) for person in agreed
        } == agreed
        assert read_opinion(process)["people"] >= 20
