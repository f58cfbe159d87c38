"""What a room answers in place of a file: to a reader who may not have it, or to everybody for a while.

A room's ``datasets.py`` may declare ``GATE``. It is asked before any file of any of its datasets is given, of those to
come too: whoever adds a dataset need not think of it.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from terreau.loop import open_packages

from .catalogue import Dataset, datasets_of


@dataclass(frozen=True)
class Refusal:
    """In plain words. ``links``: (words, address) of where something can be done about it.

    ``until``: when everybody may have the file again; None when it is closed to this reader alone.
    """

    title: str
    why: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()
    until: dt.datetime | None = None


Gate = Callable[[Dataset, Path, Any], Refusal | None]
"""(dataset, the Parquet file of the version asked for, who asks)"""


@cache
def _gates() -> dict[str, Gate]:
    found: dict[str, Gate] = {}
    for package in open_packages():
        module = f"terreau.{package}.datasets"
        gate = getattr(import_module(module), "GATE", None) if find_spec(module) else None
        if gate is not None:
            found |= {dataset.name: gate for dataset in datasets_of(package)}
    return found


def gate_of(name: str) -> Gate | None:
    """None: everybody has the files of this dataset, always, and nothing asks who reads."""
    return _gates().get(name)
