"""Whatever is done to a downloaded log, verifying says what is wrong and where, or that all is right."""

import random

import pytest

from terreau.commons.log.errors import LogError
from terreau.commons.log.notes import SecretKey, sign_checkpoint
from terreau.commons.log.proofs import Opening, Proof, make_proof, verify_proof
from terreau.commons.log.tiles import pack, unpack
from terreau.commons.log.tree import leaf_hash, root_of
from terreau.commons.log.verifying import verify_log

from .logs import NAME, NOON, OwnLog, entry
from .test_tree import flipped


def test_an_untouched_log_is_whole(log: OwnLog) -> None:
    log.publish(600)
    report = log.verify()
    assert report.is_whole and not report.believed
    assert report.checkpoint and report.checkpoint.size == 600
    assert verify_log(log.files).believed  # without a key, those of the log are taken at their word


@pytest.mark.parametrize("size", [0, 1, 256])
def test_the_smallest_logs_are_whole(log: OwnLog, size: int) -> None:
    log.publish(size)
    assert log.verify().is_whole


def test_a_truncated_or_missing_tile_is_named(log: OwnLog) -> None:
    log.publish(600)
    log.change("tile/0/001", lambda data: data[:-5])
    (log.files / "tile/1/000.p/2").unlink()
    log.change("tile/entries/002.p/88", lambda data: data[:100])
    assert log.problems() == [
        ("truncated", "tile/0/001"),
        ("truncated", "tile/entries/002.p/88"),
        ("missing", "tile/1/000.p/2"),
    ]


def test_another_key_is_told(log: OwnLog) -> None:
    log.publish(3)
    other = SecretKey.make(NAME)
    assert [one.problem for one in verify_log(log.files, [other.public]).problems] == ["no-known-key"]


def test_a_checkpoint_changed_after_signing_is_told(log: OwnLog) -> None:
    log.publish(3)
    log.change("checkpoint", lambda data: data.replace(b"\n3\n", b"\n2\n"))
    assert log.problems() == [("bad-signature", "checkpoint")]


def test_what_an_operator_signs_again_is_still_told(log: OwnLog, tmp_path) -> None:
    """The key is hers: she can sign a log without an act, but not before whoever kept the older checkpoint."""
    log.publish(300)
    kept = log.keep_checkpoint(tmp_path / "kept")
    again = OwnLog(
        log.folder,
        [entry(index, subject="source:x") if index == 7 else one for index, one in enumerate(log.entries)],
    )
    for name in log.contents():
        (log.files / name).unlink()
    again.publish(301)
    assert again.problems() == []
    assert again.problems(kept) == [("fork", "entries 0 to 299")]


def test_a_log_that_got_shorter_is_told(log: OwnLog, tmp_path) -> None:
    log.publish(300)
    kept = log.keep_checkpoint(tmp_path / "kept")
    for name in log.contents():
        (log.files / name).unlink()
    OwnLog(log.folder, log.entries[:200]).publish()
    assert log.problems(kept) == [("shorter", "checkpoint")]


def test_a_clock_that_went_back_and_an_act_out_of_place_are_told(log: OwnLog) -> None:
    log.entries = [entry(0), entry(1, second=NOON - 60), entry(5)]
    log.publish()
    assert log.problems() == [("clock-went-back", "entry 1"), ("wrong-place", "entry 2")]


def test_what_is_not_an_entry_is_told(log: OwnLog) -> None:
    log.entries = [entry(0), b"{}", b"\xff", entry(3).replace(b'":', b'" :', 1), b"[" * 5000]
    log.publish()
    assert log.problems() == [("not-an-entry", f"entry {index}") for index in (1, 2, 3, 4)]


def test_no_edited_deleted_or_reordered_entry_is_accepted(log: OwnLog) -> None:
    """1,000 logs, each with one change of its entries; half of them with tiles made to match by who made the change."""
    log.publish(300)
    chance, bundle = random.Random(9162), log.files / "tile/entries/000"
    good, tile = bundle.read_bytes(), (log.files / "tile/0/000").read_bytes()
    entries, accepted = unpack(good, 256, "x"), 0
    for round_ in range(1000):
        changed, at = list(entries), chance.randrange(256)
        kind = chance.randrange(4)
        if kind == 0:
            changed[at] = flipped(chance, changed[at])
        elif kind == 1:
            del changed[at]
        elif kind == 2:
            other = (at + chance.randint(1, 255)) % 256
            changed[at], changed[other] = changed[other], changed[at]
        else:
            changed.insert(at, entry(at, subject="source:en-trop"))
        bundle.write_bytes(pack(changed))
        if round_ % 2:
            (log.files / "tile/0/000").write_bytes(b"".join(leaf_hash(one) for one in changed))
        accepted += log.verify().is_whole
        (log.files / "tile/0/000").write_bytes(tile)
    bundle.write_bytes(good)
    assert accepted == 0
    assert log.verify().is_whole


def test_no_mutated_proof_file_is_accepted(log: OwnLog) -> None:
    """5,000 proofs with one byte changed, dropped or added, whatever part of the text it falls in."""
    log.publish(300)
    chance, keys, accepted, told = random.Random(2026), log.keys.known, 0, set()
    for _ in range(5000):
        index = chance.randrange(300)
        proof = make_proof(log.files, index, log.entries[index])
        assert proof
        good = proof.encode()
        at, kind = chance.randrange(len(good)), chance.randrange(3)
        wrong = {
            0: good[:at] + bytes([good[at] ^ (1 << chance.randrange(8))]) + good[at + 1 :],
            1: good[:at] + good[at + 1 :],
            2: good[:at] + chance.randbytes(1) + good[at:],
        }[kind]
        if wrong == good:
            continue
        try:
            verify_proof(Proof.parse(wrong, "proof"), keys, "proof")
            accepted += 1
        except LogError as error:
            told.add(error.problem.value)
    assert accepted == 0
    assert told <= {
        "unreadable",
        "no-known-key",
        "bad-signature",
        "not-an-entry",
        "proof-fails",
        "opening-differs",
    }


def test_a_proof_tells_what_the_digest_was_made_of(log: OwnLog) -> None:
    log.publish(9)
    proof = make_proof(log.files, 4, log.entries[4], Opening(b"sel", "4"))
    assert proof
    read = Proof.parse(proof.encode(), "proof")
    assert verify_proof(read, log.keys.known, "proof")[0].index == 4
    lie = Proof(4, log.entries[4], proof.path, proof.checkpoint, Opening(b"sel", "5"))
    with pytest.raises(LogError, match="opening-differs"):
        verify_proof(lie, log.keys.known, "proof")


def test_a_proof_of_200_000_entries_is_short(log: OwnLog) -> None:
    log.entries = [b"%d" % number for number in range(200_000)]
    log.publish()
    for index in (0, 123_456, 199_999):
        proof = make_proof(log.files, index, log.entries[index])
        assert proof and len(b"".join(proof.path)) <= 600


def test_a_signed_size_that_nobody_could_hold_is_told_at_once(log: OwnLog) -> None:
    log.publish(3)
    root = root_of([leaf_hash(one) for one in log.entries])
    (log.files / "checkpoint").write_bytes(sign_checkpoint(NAME, 10**17, root, log.keys.signing))
    assert ("truncated", "tile/0/000") in log.problems() or ("missing", "tile/0/000") in log.problems()
