"""What is long to make and is only read, or copied: made once a run, by the process that asks for it first."""

import fcntl
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

Made = TypeVar("Made")


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """``make`` is given an empty folder that all processes of the run see; what it returns goes to them as a pickle."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    kept = shared / f"{name}.pickle"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            shutil.rmtree(shared / name, ignore_errors=True)  # of a process that failed
            (shared / name).mkdir()
            kept.write_bytes(pickle.dumps(make(shared / name)))
        return pickle.loads(kept.read_bytes())
