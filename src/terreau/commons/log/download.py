"""Fetching what a log has published, into a folder of the same layout. Nothing is believed: verify it afterwards."""

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from .errors import LogError, Problem
from .notes import Checkpoint
from .publishing import CHECKPOINT, KEYS
from .tiles import ENTRIES, HEIGHT, WIDTH, tile_name, tile_width, write_whole

LONGEST_FILE = 20_000_000  # a bundle of 256 entries of the longest kind, and some room
SECONDS = 30
MOST_ENTRIES = 50_000_000


def download_log(
    address: str, folder: Path, tell: Callable[[int, int], None] = lambda done, total: None
) -> Checkpoint:
    """Raises LogError when something does not come. Full tiles that are there already are not asked for again."""
    base = address.rstrip("/")
    if not base.startswith(("https://", "http://")):
        raise LogError(Problem.UNREADABLE, address)
    signed = _get(base, CHECKPOINT)
    checkpoint = Checkpoint.parse(signed, CHECKPOINT)
    if checkpoint.size > MOST_ENTRIES:
        raise LogError(Problem.UNREADABLE, CHECKPOINT, size=checkpoint.size)
    names = list(_names(checkpoint.size))
    for done, name in enumerate(names, 1):
        if ".p/" in name or not (folder / name).exists():
            write_whole(folder / name, _get(base, name))
        tell(done, len(names))
    write_whole(folder / KEYS, _get(base, KEYS))
    write_whole(folder / CHECKPOINT, signed)
    return checkpoint


def _names(size: int) -> list[str]:
    found = []
    level = 0
    while count := size >> (HEIGHT * level):
        for number in range((count + WIDTH - 1) // WIDTH):
            width = tile_width(level, number, size)
            found.append(tile_name(level, number, width))
            if level == 0:
                found.append(tile_name(ENTRIES, number, width))
        level += 1
    return found


def _get(base: str, name: str) -> bytes:
    try:
        with urllib.request.urlopen(f"{base}/{name}", timeout=SECONDS) as answer:  # noqa: S310 — http, as checked
            data: bytes = answer.read(LONGEST_FILE + 1)
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise LogError(Problem.MISSING, f"{base}/{name}", because=error) from error
    if len(data) > LONGEST_FILE:
        raise LogError(Problem.UNREADABLE, f"{base}/{name}")
    return data
