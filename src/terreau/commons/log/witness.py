"""A second organisation keeps the checkpoints of a log: it signs that the log only grew, or shows that it did not."""

import fcntl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from .errors import LogError, Problem
from .keys import read_public_keys
from .notes import COSIGNATURE, Checkpoint, PublicKey, SecretKey, base64
from .publishing import CHECKPOINT
from .tiles import write_whole
from .verifying import Report, require_growth, verify_log

KEY, LOG_KEYS = "witness.key", "keys"


@dataclass(frozen=True)
class Witnessed:
    """``report``: of the log as given. ``before``: the size seen last time. ``file``: the cosigned checkpoint."""

    report: Report
    file: Path
    before: int | None = None
    evidence: Path | None = None


def load_or_make_witness(folder: Path, name: str) -> SecretKey:
    """``name`` counts the first time only."""
    path = folder / KEY
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, f"{SecretKey.make(name, COSIGNATURE).to_text()}\n".encode(), mode=0o600)
    return SecretKey.parse(path.read_text().strip(), KEY)


def witness_log(
    log: Path, folder: Path, name: str, keys: Sequence[PublicKey] = (), now: int | None = None
) -> Witnessed:
    """Verify ``log`` whole and against what was cosigned before; cosign it, or keep the evidence of a fork.

    ``keys``: those of the log, needed the first time only. They are kept: what the log says later of its own keys
    is not believed. Raises LogError for a damaged ``folder``, or a clock of this machine that went back.
    """
    secret = load_or_make_witness(folder, name)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        seen = Checkpoint.parse(_read(log / CHECKPOINT), CHECKPOINT)
        place = folder / sha256(seen.origin.encode()).hexdigest()
        trusted = [*keys, *_kept_keys(place)]
        if not trusted:
            raise LogError(Problem.NO_KNOWN_KEY, CHECKPOINT, signed_by=seen.origin)
        report = verify_log(log, trusted)
        if report.checkpoint is None:
            return Witnessed(report, place / CHECKPOINT)
        return _compare(report, place, secret, trusted, int(time.time()) if now is None else now)


def _compare(
    report: Report, place: Path, secret: SecretKey, trusted: Sequence[PublicKey], now: int
) -> Witnessed:
    new, file = report.checkpoint, place / CHECKPOINT
    assert new is not None
    before = None
    if file.exists():
        old = Checkpoint.parse(file.read_bytes(), str(file))
        if not {secret.public} <= set(old.note.signers([secret.public], str(file))):
            raise LogError(Problem.NO_KNOWN_KEY, str(file), signed_by=old.origin)
        before, last = old.size, old.note.cosigned_at(secret.public) or 0
        if now < last:
            raise LogError(Problem.CLOCK_WENT_BACK, str(file), at=now, before=last)
        try:
            require_growth(old, new, report.leaves)
        except LogError as error:
            report.add(error)
            evidence = _keep_evidence(place, old, new)
            return Witnessed(report, file, before, evidence)
    if report.is_whole:
        known = dict.fromkeys([*trusted])
        write_whole(place / LOG_KEYS, "".join(f"{key}\n" for key in known).encode())
        write_whole(file, _text(new, secret.cosign(new.note.text, now)))
    return Witnessed(report, file, before)


def _keep_evidence(place: Path, old: Checkpoint, new: Checkpoint) -> Path:
    """Both signed texts, side by side: whoever has them can show that the log told two stories."""
    folder = place / f"fork-{old.size}-{new.size}-{new.root.hex()[:16]}"
    write_whole(folder / "before", _text(old, ""))
    write_whole(folder / "after", _text(new, ""))
    return folder


def _text(checkpoint: Checkpoint, more: str) -> bytes:
    """The note with its signatures, then ``more``."""
    lines = (f"— {name} {base64(key + signed)}\n" for name, key, signed in checkpoint.note.signatures)
    return f"{checkpoint.note.text}\n{''.join(lines)}{more}".encode()


def _kept_keys(place: Path) -> list[PublicKey]:
    return read_public_keys(place / LOG_KEYS)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LogError(Problem.MISSING, path.name) from error
