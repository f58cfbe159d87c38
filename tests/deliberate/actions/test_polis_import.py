"""A Polis export becomes a process whose votes are counted as the others are; twice, it changes nothing."""

import csv
from pathlib import Path

import pytest

from terreau.commons.enums import Role
from terreau.commons.models import JournalEntry
from terreau.deliberate.actions import import_polis, publish_results
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.enums import Channel, Moderation, Preset
from terreau.deliberate.importing.polis import LONGEST_WORDS, SignNotDeclared, UnreadableExport
from terreau.deliberate.models import Participant, Process, Statement, Vote
from terreau.deliberate.models.statements import IMPORTED_LENGTH
from terreau.deliberate.queries.results import cast_votes
from tests.factories import make_user
from tests.factories.deliberate import close, make_process, make_statement

pytestmark = pytest.mark.django_db
REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "votes" / "polis"
COMMENTS = [
    ("1500000000000", "7", "1", "1", "La place fictive est plantée."),
    ("1500000001000", "8", "2", "-1", "Mots d’une personne en colère."),
    ("1500000002000", "9", "9", "0", "Que personne n’a relue."),
]
VOTES = [  # of person 1, the later line is the earlier vote
    ("1500000020000", "7", "1", "1"),
    ("1500000010000", "7", "1", "-1"),
    ("1500000030000", "7", "2", "-1"),
    ("1500000030000", "9", "2", "1"),
    ("1500000030000", "8", "2", "0"),
]
PEOPLE = [("1", "1", "0", "1", "", ""), ("2", "1", "1", "-1", "0", "1")]


def write(folder: Path, comments=COMMENTS, votes=VOTES, people=PEOPLE, sign: int = 1) -> Path:
    """``sign``: what agree is, in both files of votes."""
    folder.mkdir(exist_ok=True)

    def signed(cell: str) -> str:
        return str(int(cell) * sign) if cell.lstrip("-").isdecimal() else cell

    tables = {
        "comments.csv": (("timestamp", "comment-id", "author-id", "moderated", "comment-body"), comments),
        "votes.csv": (
            ("timestamp", "comment-id", "voter-id", "vote"),
            [(*row[:3], signed(row[3])) for row in votes],
        ),
        "participants-votes.csv": (
            ("participant", "n-agree", "n-disagree", "7", "8", "9"),
            [(*row[:3], *map(signed, row[3:])) for row in people],
        ),
    }
    for name, (header, rows) in tables.items():
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
    return folder


def everything() -> tuple[list[object], ...]:
    tables = (Participant, Statement, Vote, JournalEntry)
    return tuple(list(model.objects.order_by("pk").values_list()) for model in tables)


def refused(process: Process, folder: Path, **given: object) -> str:
    before = everything()
    with pytest.raises(UnreadableExport) as raised:
        import_polis(process=process, folder=folder, by=None, **given)
    assert everything() == before, "nothing is half-written"
    return str(raised.value).replace(" ", " ")


def test_statements_people_and_votes_are_taken_as_moderated_there(tmp_path):
    process = make_process()
    make_statement(process)
    done = import_polis(process=process, folder=write(tmp_path), by=None)
    assert (done.statements, done.participants, done.votes, done.changed_votes) == (3, 3, 4, 0)
    taken = process.statements.filter(channel=Channel.IMPORTED).values_list(
        "number", "external_id", "moderation", "motive"
    )
    assert list(taken) == [
        (2, "7", Moderation.PUBLISHED, ""),
        (3, "8", Moderation.REFUSED, "refusée dans l’outil d’origine"),
        (4, "9", Moderation.WAITING, ""),
    ]
    assert process.statements.get(external_id="7").author.external_id == "1"
    assert set(process.participants.values_list("external_id", "channel")) == {
        (number, Channel.IMPORTED) for number in "129"
    }
    said = {
        (row.participant.external_id, row.statement.external_id): (row.value, row.channel)
        for row in Vote.objects.all()
    }
    assert said == {
        ("1", "7"): (1, Channel.IMPORTED),
        ("2", "7"): (-1, Channel.IMPORTED),
        ("2", "8"): (0, Channel.IMPORTED),
        ("2", "9"): (1, Channel.IMPORTED),
    }
    assert len(cast_votes(process)) == 2, "those of statements that are public"
    entry = JournalEntry.objects.get(verb="import-polis")
    assert entry.subject == f"process:{process.slug}" and entry.details["votes"] == 4
    assert "colère" not in str(entry.details)


def test_the_same_export_again_changes_nothing(tmp_path):
    process = make_process()
    import_polis(process=process, folder=write(tmp_path), by=None)
    before = everything()
    again = import_polis(process=process, folder=tmp_path, by=None)
    assert not any(vars(again).values()) and everything() == before


def test_a_newer_export_adds_and_an_older_one_is_refused(tmp_path):
    process = make_process()
    import_polis(process=process, folder=write(tmp_path / "old"), by=None)
    more = ("1500000050000", "7", "9", "0")
    changed = ("1500000060000", "7", "2", "1")
    comments = [*COMMENTS[:2], (*COMMENTS[2][:3], "1", COMMENTS[2][4])]
    people = [PEOPLE[0], ("2", "2", "0", "1", "0", "1"), ("9", "0", "0", "0", "", "")]
    newer = write(tmp_path / "new", comments, [*VOTES, more, changed], people)
    done = import_polis(process=process, folder=newer, by=None)
    assert vars(done) == {
        "statements": 0,
        "moderated": 1,
        "participants": 0,
        "votes": 1,
        "changed_votes": 1,
    }
    assert process.statements.get(external_id="9").is_published
    assert "plus ancien" in refused(process, tmp_path / "old")


def test_what_a_moderator_did_here_stays(tmp_path):
    process = make_process()
    import_polis(process=process, folder=write(tmp_path), by=None)
    process.statements.filter(external_id="7").update(moderation=Moderation.REFUSED, motive="Lu ici.")
    assert import_polis(process=process, folder=tmp_path, by=None).moderated == 0
    assert process.statements.get(external_id="7").motive == "Lu ici."


def test_the_sign_is_measured_on_the_counts_of_the_export(tmp_path):
    process = make_process()
    import_polis(process=process, folder=write(tmp_path, sign=-1), by=None)
    assert Vote.objects.get(participant__external_id="1").value == 1
    assert "et non +1" in refused(make_process(), tmp_path, agree=1)


def test_the_sign_is_asked_for_when_the_files_differ_or_do_not_tell(tmp_path):
    differ = write(tmp_path / "a")
    write(tmp_path / "b", sign=-1)
    (differ / "votes.csv").write_bytes((tmp_path / "b" / "votes.csv").read_bytes())
    balanced = [("2", "1", "1", "-1", "0", "1")]
    silent = write(tmp_path / "c", votes=VOTES[2:], people=balanced)
    for folder, why in ((differ, "le même signe"), (silent, "ne disent pas")):
        process = make_process()
        with pytest.raises(SignNotDeclared, match=why):
            import_polis(process=process, folder=folder, by=None)
        assert not process.participants.exists()
        import_polis(process=process, folder=folder, agree=-1, by=None)
    assert set(Vote.objects.filter(participant__external_id="1").values_list("value", flat=True)) == {1}


BAD = [
    ("comments", (*COMMENTS[0][:3], "2", "Mots"), "comments.csv, ligne 5 : affirmation 7 déjà"),
    ("comments", ("hier", "10", "1", "1", "Mots"), "comments.csv, ligne 5 : « timestamp »"),
    ("comments", ("1500000000000", "10", "1", "2", "Mots"), "comments.csv, ligne 5 : « moderated »"),
    ("comments", ("1500000000000", "10", "1", "1", "​"), "comments.csv, ligne 5 : affirmation sans mots"),
    (
        "comments",
        ("1500000000000", "10", "1", "1", "a" * 1001),
        "comments.csv, ligne 5 : affirmation de plus",
    ),
    ("comments", ("1500000000000", "10", "1"), "comments.csv, ligne 5 : 3 cases au lieu de 5"),
    ("votes", ("1500000000000", "77", "1", "1"), "votes.csv, ligne 7 : avis sur l’affirmation 77"),
    ("votes", ("1500000000000", "7", "1", "3"), "votes.csv, ligne 7 : un avis est -1, 0 ou 1"),
    ("people", ("1", "0", "0", "", "", ""), "participants-votes.csv, ligne 4 : participant 1 déjà"),
]


@pytest.mark.parametrize(("table", "row", "words"), BAD)
def test_a_bad_row_is_told_by_file_and_line_and_nothing_is_written(tmp_path, table, row, words):
    rows = {"comments": COMMENTS, "votes": VOTES, "people": PEOPLE}
    folder = write(tmp_path, **{table: [*rows[table], row]})
    assert words in refused(make_process(), folder)


def test_all_bad_rows_are_told_at_once(tmp_path):
    votes = [*VOTES, ("x", "7", "1", "1"), ("1500000000000", "7", "", "1")]
    assert len(refused(make_process(), write(tmp_path, votes=votes)).splitlines()) == 2


def test_a_missing_file_is_told(tmp_path):
    (write(tmp_path) / "votes.csv").unlink()
    assert "votes.csv : ce fichier manque" in refused(make_process(), tmp_path)


def test_a_row_over_several_lines_is_told_by_its_first(tmp_path):
    comments = [(*COMMENTS[0][:4], "Sur\ndeux lignes"), ("hier", "10", "1", "1", "Mots")]
    assert "ligne 4 : « timestamp »" in refused(make_process(), write(tmp_path, comments, [], []))


def test_another_conversation_is_not_mixed_in(tmp_path):
    process = make_process()
    import_polis(process=process, folder=write(tmp_path), by=None)
    comments = [(*COMMENTS[0][:4], "D’autres mots."), *COMMENTS[1:]]
    assert "comments.csv, ligne 2" in refused(process, write(tmp_path, comments))


def test_words_said_twice_keep_their_votes_each(tmp_path):
    process = make_process()
    twice = ("1500000003000", "11", "1", "1", "la PLACE fictive est plantee")
    write(tmp_path, [*COMMENTS, twice], [*VOTES, ("1500000030000", "11", "2", "1")])
    import_polis(process=process, folder=tmp_path, by=None)
    second = process.statements.get(external_id="11")
    assert second.same_as.external_id == "7" and second.votes.count() == 1


def test_longer_words_than_people_may_write_here_are_whole(tmp_path):
    assert LONGEST_WORDS == IMPORTED_LENGTH
    process = make_process()
    long = ("1500000003000", "11", "1", "1", "mot " * 249 + "mots")
    import_polis(process=process, folder=write(tmp_path, [*COMMENTS, long]), by=None)
    assert len(process.statements.get(external_id="11").words) == LONGEST_WORDS


def test_only_the_command_and_only_before_the_result(tmp_path):
    process, folder = make_process(), write(tmp_path)
    with pytest.raises(NotAllowed):
        import_polis(process=process, folder=folder, by=make_user(None, Role.STEWARD))
    import_polis(process=process, folder=folder, by=None)
    close(process)
    assert not any(vars(import_polis(process=process, folder=folder, by=None)).values())
    publish_results(process=process, by=None)
    with pytest.raises(TooLate):
        import_polis(process=process, folder=folder, by=None)
    stopped = make_process(state="stopped", stopped_because="Raison fictive")
    with pytest.raises(TooLate):
        import_polis(process=stopped, folder=folder, by=None)
    draft = make_process(state="draft", opened_at=None, preset=Preset.CONSULTATION)
    assert import_polis(process=draft, folder=folder, by=None).statements == 3


@pytest.mark.skipif(not REAL.is_dir(), reason="the real Polis exports are not on this machine")
@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("brexit-consensus", (50, 204, 5303)),
        ("london.youth.policing", (39, 27, 638)),
        ("scoop-hivemind.biodiversity", (316, 536, 29719)),
        ("scoop-hivemind.ubi", (71, 234, 7153)),
    ],
)
def test_real_conversations_come_in_whole(name, figures):
    process = make_process()
    done = import_polis(process=process, folder=REAL / name, by=None)
    assert (done.statements, done.participants, done.votes) == figures
    with (REAL / name / "participants-votes.csv").open(encoding="utf-8", newline="") as file:
        told = {row["participant"]: int(row["n-agree"]) for row in csv.DictReader(file)}
    agreed = dict.fromkeys(told, 0)
    for person, value in Vote.objects.values_list("participant__external_id", "value"):
        agreed[person] += value == 1
    assert agreed == told
    assert not any(vars(import_polis(process=process, folder=REAL / name, by=None)).values())
