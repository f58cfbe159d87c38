"""A Polis conversation is taken in whole or not at all, under the right sign, once however often it is asked."""

import csv
import io

import pytest

from terreau.deliberate.actions.polis_import import import_polis
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.enums import Channel, Moderation, Power
from terreau.deliberate.importing.polis import NotPolis
from terreau.deliberate.models import Participant, Process, ProcessChange, Statement, Vote
from tests.deliberate.polis_files import COMMENTS, VOTES, files, values
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_process

pytestmark = pytest.mark.django_db


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
            {"comments": COMMENTS + f"1500000000000,h,4,0,0,0,1,{'a' * 1001}\n"},
            "ligne 6 : l’affirmation a 1001 signes",
        ),
        (
            {"comments": COMMENTS + '1500000000000,h,4,0,0,0,7,"trois\nlignes\nde mots"\n'},
            "comments.csv, ligne 6 : « moderated » vaut « 7 »",
        ),
        (
            {"comments": COMMENTS + '1500000000000,h,4,0,0,0,1,"deux\nlignes"\n,h,5,0,0,0,1,Sans date\n'},
            "comments.csv, ligne 8 : la date",
        ),
        ({"comments": COMMENTS + "1500000000000,h,4,0,0,0,1,Une virgule, de trop\n"}, "ligne 6 : 9 cases"),
        ({"comments": COMMENTS + '1500000000000,h,4,0,0,0,1,"Jamais fermé\n'}, "ligne 6 : un guillemet"),
        ({"comments": COMMENTS + "1500000000000,h,²,0,0,0,1,Un exposant\n"}, "ligne 6 : le numéro « ² »"),
        ({"comments": COMMENTS + "1500000000000,h,4,0,0,0,1,\u200b\n"}, "ligne 6 : l’affirmation est vide"),
        ({"votes": VOTES + "¹500000005000,hier,0,3,1\n"}, "votes.csv, ligne 7 : la date"),
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


def test_words_longer_than_those_written_here_are_kept_whole() -> None:
    process = make_process()
    long = "Des mots sur lesquels on a voté. " * 30
    content = files(comments=COMMENTS + f'1500000000000,h,4,0,0,0,1,"{long}"\n')
    import_polis(process=process, files=content, by=None)
    assert process.statements.get(external_id="4").words == long.strip()
    assert len(long.strip()) == 989


def test_one_too_long_is_left_out_with_its_votes_and_the_rest_comes_in() -> None:
    process = make_process()
    content = files(
        comments=COMMENTS + f"1500000000000,h,4,0,0,0,1,{'a' * 1001}\n",
        votes=VOTES + "1500000005000,hier,4,1,1\n",
        people="",
    )
    done = import_polis(process=process, files=content, agree=1, skips_bad_rows=True, by=None)
    assert [told.split(" :")[0] for told in done.problems] == ["comments.csv, ligne 6", "votes.csv, ligne 7"]
    assert values(process) == EXPECTED and not process.statements.filter(external_id="4").exists()


def test_instants_in_seconds_are_those_of_newer_exports() -> None:
    process, other = make_process(), make_process()
    seconds = {
        name: text.replace("000,hier", ",hier") for name, text in (("comments", COMMENTS), ("votes", VOTES))
    }
    import_polis(process=process, files=files(), by=None)
    import_polis(process=other, files=files(**seconds), by=None)
    assert list(process.statements.values_list("at", flat=True)) == list(
        other.statements.values_list("at", flat=True)
    )
    assert process.statements.first().at.year == 2017 and values(other) == EXPECTED


def test_the_second_of_the_same_words_is_asked_when_the_first_is_not() -> None:
    process = make_process()
    content = COMMENTS.replace("2,1,1,Une place", "2,1,-1,Une place")
    import_polis(process=process, files=files(comments=content), by=None)
    second = process.statements.get(external_id="3")
    assert (second.same_as, second.is_published) == (None, True)
