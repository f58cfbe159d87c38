"""Public acts enter the log with their own transaction; what they say of somebody can be erased, the log cannot."""

import json
import time
from itertools import product
from pathlib import Path

import pytest
from django.db import transaction

from terreau.commons.actions import write_journal
from terreau.commons.actions.log import append_acts, publish_log, recover_log
from terreau.commons.actions.log_keeping import erase_from_log, renew_log_key
from terreau.commons.log.entries import canonical_json, digest_of
from terreau.commons.log.errors import LogError, Problem
from terreau.commons.log.verifying import decode_all, verify_log
from terreau.commons.models import JournalEntry, LogEntry
from terreau.commons.queries.log import log_folder

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.SITE_ADDRESS = "https://terreau.exemple.invalid"


def harvest(number: int, **details: object) -> None:
    write_journal(verb="harvest", subject=f"source:s{number}", by=None, **details)


def merge(subject: str = "party:abc") -> None:
    write_journal(verb="merge-parties", subject=subject, by=None, merge=3)


def test_a_public_act_is_logged_and_signed() -> None:
    harvest(1, added=4)
    report = verify_log(log_folder())
    assert report.is_whole and report.checkpoint
    assert (report.checkpoint.size, report.checkpoint.origin) == (1, "terreau.exemple.invalid/journal-public")
    (entry,) = decode_all(log_folder(), 1)
    assert (entry.verb, entry.subject) == ("harvest", "source:s1")
    row = LogEntry.objects.get()
    assert json.loads(row.content) == {"details": {"added": 4}, "subject": "source:s1", "verb": "harvest"}
    assert digest_of(bytes.fromhex(row.salt), row.content) == entry.digest


def test_a_private_act_is_not() -> None:
    write_journal(verb="ask-masking", subject="party:abc", by=None)
    assert JournalEntry.objects.count() == 1
    assert not LogEntry.objects.exists()


def test_an_act_undone_leaves_no_hole() -> None:
    harvest(0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        harvest(1)
        raise ZeroDivisionError
    harvest(2)
    assert list(LogEntry.objects.order_by("index").values_list("index", "subject")) == [
        (0, "source:s0"),
        (1, "source:s2"),
    ]
    assert verify_log(log_folder()).is_whole


def test_nothing_is_signed_before_its_act_is_certain() -> None:
    with transaction.atomic():
        harvest(0)
        assert not (log_folder() / "checkpoint").exists()
    assert publish_log(by=None).size == 1


def test_a_clock_that_goes_back_moves_no_act_before_another(monkeypatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.9)
    harvest(0)
    monkeypatch.setattr(time, "time", lambda: 1_000_000_000.0)
    harvest(1)
    assert set(LogEntry.objects.values_list("second", flat=True)) == {2_000_000_000}
    assert verify_log(log_folder()).is_whole


def test_an_entry_names_no_organisation() -> None:
    merge("party:abcdefghij")
    write_journal(verb="answer-masking", subject="party:abcdefghij", by=None, request=7)
    served = b"".join(path.read_bytes() for path in log_folder().rglob("*") if path.is_file())
    assert b"abcdefghij" not in served
    assert [one.subject for one in decode_all(log_folder(), 2)] == ["", ""]


def test_what_is_erased_cannot_be_guessed_and_the_log_stays_whole() -> None:
    """Somebody who knows every name there could be tries them all: with the salt she finds it, without she does not."""
    letters = "abcdefghij"
    merge("party:cafe")
    harvest(1)
    checkpoint = (log_folder() / "checkpoint").read_bytes()
    row = LogEntry.objects.get(index=0)

    def guesses(salt: bytes) -> list[str]:
        contents = (
            canonical_json(
                {"details": {"merge": number}, "subject": f"party:{''.join(word)}", "verb": "merge-parties"}
            )
            for word in product(letters, repeat=4)
            for number in (3,)
        )
        return [one for one in contents if digest_of(salt, one) == row.digest]

    assert guesses(bytes.fromhex(row.salt)) == [row.content]
    assert erase_from_log(subject="party:cafe", by=None) == 1
    row.refresh_from_db()
    assert (row.salt, row.content, row.about, row.is_erased) == ("", "", "", True)
    assert guesses(b"") == guesses(bytes(32)) == []
    report = verify_log(log_folder())
    assert report.is_whole and [one.verb for one in decode_all(log_folder(), 3)][-1] == "erase-from-log"
    kept = log_folder() / "kept"
    kept.write_bytes(checkpoint)
    assert verify_log(log_folder(), olds=[kept]).is_whole  # what was signed before the erasure is as it was
    assert publish_log(by=None, whole=True).size == 3


def test_erasing_what_is_not_there_is_no_act() -> None:
    merge()
    assert erase_from_log(subject="party:autre", by=None) == erase_from_log(subject="", by=None) == 0
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("field", ["second", "verb", "subject", "digest"])
def test_a_row_changed_after_it_was_signed_is_found(field: str) -> None:
    for number in range(4):
        harvest(number)
    changed = {"second": 5, "verb": "load-places", "subject": "source:autre", "digest": "0" * 64}
    LogEntry.objects.filter(index=2).update(**{field: changed[field]})
    with pytest.raises(LogError) as caught:
        publish_log(by=None, whole=True)
    assert (caught.value.problem, caught.value.where) == (Problem.REWRITTEN, "entry 2")


def test_a_row_deleted_stops_the_signing_not_the_acts(caplog) -> None:
    for number in range(4):
        harvest(number)
    LogEntry.objects.filter(index=3).delete()
    harvest(4)  # takes the number of the one that is gone
    assert "rewritten at entry 3" in caplog.text
    report = verify_log(log_folder())
    assert report.is_whole and report.checkpoint and report.checkpoint.size == 4


def test_acts_that_a_backup_did_not_have_are_taken_back() -> None:
    for number in range(5):
        harvest(number)
    before = (log_folder() / "checkpoint").read_bytes()
    LogEntry.objects.filter(index__gte=2).delete()  # as a backup of the day before has it
    assert recover_log(by=None) == 3
    assert LogEntry.objects.get(index=4).is_erased
    assert (log_folder() / "checkpoint").read_bytes() == before
    harvest(5)
    assert publish_log(by=None, whole=True).size == 6
    assert recover_log(by=None) == 0


def test_damaged_files_are_not_taken_back() -> None:
    for number in range(5):
        harvest(number)
    LogEntry.objects.filter(index__gte=2).delete()
    bundle = log_folder() / "tile/entries/000.p/5"
    bundle.write_bytes(bundle.read_bytes().replace(b"source:s3", b"source:s9"))
    with pytest.raises(LogError, match="rewritten"):
        recover_log(by=None)
    assert LogEntry.objects.count() == 2


def test_a_renewed_key_is_an_act() -> None:
    harvest(0)
    keys = renew_log_key(by=None)
    report = verify_log(log_folder())
    assert report.is_whole and set(report.keys) == set(keys.known) and len(keys.known) == 2
    assert LogEntry.objects.get(index=1).subject == f"log-key:{keys.known[0].id.hex()}"


def test_many_acts_at_once_are_in_order() -> None:
    acts = [("harvest", f"source:s{number}", {"n": number}) for number in range(1000)]
    assert append_acts(acts=acts, by=None) == 1000
    assert [one.subject for one in decode_all(log_folder(), 1000)] == [subject for _, subject, _ in acts]


def test_a_disk_that_fails_loses_no_act(caplog) -> None:
    log_folder().parent.mkdir(exist_ok=True)
    log_folder().write_text("a file where the folder should be")
    harvest(0)
    assert "Error calling publish_after_act" in caplog.text
    assert LogEntry.objects.count() == 1
    log_folder().unlink()
    harvest(1)
    assert verify_log(log_folder()).is_whole
