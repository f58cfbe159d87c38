"""Who uses the data folder: several commands may share it, a restore wants it alone."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from .words import words

INTERRUPTED = "restore.json"
"""The moves of a restore that has begun: written before the first, removed after the last."""


@contextmanager
def data_folder(folder: Path, *, alone: bool = False) -> Iterator[Path]:
    """Hold the folder while the block runs. A restore that a power cut interrupted is finished first."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        if alone or (folder / INTERRUPTED).exists():
            _take(lock.fileno(), fcntl.LOCK_EX)
            finish_moves(folder)
        if not alone:
            _take(lock.fileno(), fcntl.LOCK_SH)
        yield folder


def _take(descriptor: int, kind: int) -> None:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise click.ClickException(
            words(
                "le site est ouvert, ou une autre commande y travaille. Arrêtez-le (Ctrl-C), puis relancez.",
                "the site is open, or another command works on it. Stop it first (Ctrl-C), then try again.",
            )
        ) from error


def begin_moves(folder: Path, moves: list[tuple[Path, Path]]) -> None:
    """Write down ``moves`` (from, to), then do them: from here, a cut can only be followed by the end."""
    draft = folder / f"{INTERRUPTED}.tmp"
    with draft.open("w") as file:
        json.dump([[str(before), str(after)] for before, after in moves], file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / INTERRUPTED)
    finish_moves(folder)


def finish_moves(folder: Path) -> None:
    plan = folder / INTERRUPTED
    if not plan.exists():
        return
    for source, target in (map(Path, move) for move in json.loads(plan.read_text())):
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
    plan.unlink()
