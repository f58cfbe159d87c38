"""A second organisation: it cosigns a log that grew, keeps the evidence of one that did not, believes no new key."""

import pytest

from terreau.commons.log.errors import LogError, Problem
from terreau.commons.log.keys import renew_key
from terreau.commons.log.notes import Checkpoint
from terreau.commons.log.verifying import read_signed
from terreau.commons.log.witness import load_or_make_witness, witness_log

from .logs import NAME, NOON, OwnLog, entry


def see(log: OwnLog, memory, now: int = NOON, keys=()):
    return witness_log(log.files, memory, "temoin.invalid/1", keys, now)


def start_again(log: OwnLog, entries: list[bytes]) -> OwnLog:
    for name in log.contents():
        (log.files / name).unlink()
    other = OwnLog(log.folder, entries)
    other.publish()
    return other


def test_a_log_that_grows_is_cosigned(log: OwnLog, tmp_path) -> None:
    memory = tmp_path / "memory"
    log.publish(10)
    first = see(log, memory, keys=log.keys.known)
    assert first.report.is_whole and first.before is None
    log.publish(300)
    second = see(log, memory, NOON + 60)  # the key of the log is remembered
    assert second.report.is_whole and second.before == 10
    witness = load_or_make_witness(memory, "").public
    kept, signers = read_signed(second.file, [*log.keys.known, witness])
    assert kept.size == 300 and signers == list(log.keys.known)
    assert kept.note.cosigned_at(witness) == NOON + 60
    assert (memory / "witness.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("change", "problem"), [("edited", Problem.FORK), ("shorter", Problem.SHORTER)])
def test_a_log_that_tells_two_stories_is_found_out(
    log: OwnLog, tmp_path, change: str, problem: Problem
) -> None:
    memory = tmp_path / "memory"
    log.publish(300)
    see(log, memory, keys=log.keys.known)
    entries = list(log.entries)
    if change == "edited":
        entries[12] = entry(12, subject="source:autre")
    else:
        del entries[299]
    seen = see(start_again(log, entries), memory)
    assert [one.problem for one in seen.report.problems] == [problem]
    assert seen.evidence is not None
    before, after = (read_signed(seen.evidence / name, log.keys.known)[0] for name in ("before", "after"))
    assert (before.size, before.origin, after.origin) == (300, NAME, NAME)
    assert Checkpoint.parse(seen.file.read_bytes(), "x").root == before.root  # what was cosigned stays


def test_a_damaged_log_is_not_cosigned(log: OwnLog, tmp_path) -> None:
    log.publish(300)
    log.change("tile/entries/000", lambda data: data[:-1])
    seen = see(log, tmp_path / "memory", keys=log.keys.known)
    assert not seen.report.is_whole and not seen.file.exists()


def test_a_witness_believes_no_key_that_it_was_not_given(log: OwnLog, tmp_path) -> None:
    log.publish(3)
    with pytest.raises(LogError) as caught:
        see(log, tmp_path / "memory")
    assert caught.value.problem == Problem.NO_KNOWN_KEY


def test_a_renewed_key_is_believed_while_the_old_one_signs_beside_it(log: OwnLog, tmp_path) -> None:
    memory = tmp_path / "memory"
    log.publish(3)
    see(log, memory, keys=log.keys.known)
    renew_key(log.folder / "keys", NAME, keep_old=True)
    log.publish(4)
    assert see(log, memory).report.is_whole
    renew_key(log.folder / "keys", NAME, keep_old=False)
    log.publish(5)
    assert [one.problem for one in see(log, memory).report.problems] == [Problem.NO_KNOWN_KEY]


def test_a_witness_whose_clock_went_back_signs_nothing(log: OwnLog, tmp_path) -> None:
    log.publish(3)
    see(log, tmp_path / "memory", NOON, log.keys.known)
    with pytest.raises(LogError) as caught:
        see(log, tmp_path / "memory", NOON - 1)
    assert caught.value.problem == Problem.CLOCK_WENT_BACK


def test_a_memory_that_somebody_changed_is_not_trusted(log: OwnLog, tmp_path) -> None:
    log.publish(3)
    file = see(log, tmp_path / "memory", keys=log.keys.known).file
    log.publish(4)
    file.write_bytes((log.files / "checkpoint").read_bytes())  # without the witness's own signature
    with pytest.raises(LogError) as caught:
        see(log, tmp_path / "memory")
    assert caught.value.problem == Problem.NO_KNOWN_KEY
