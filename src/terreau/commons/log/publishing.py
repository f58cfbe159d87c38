"""From the rows of acts to signed files: as often as one likes, from wherever it was cut, never against itself."""

import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .errors import LogError, Problem
from .keys import LogKeys
from .notes import Checkpoint, sign_checkpoint
from .tiles import WIDTH, TileFolder, TileReader, write_tiles, write_whole
from .tree import leaf_hash, range_hash, reader_over, root_of

CHECKPOINT, KEYS = "checkpoint", "keys"

EntriesFrom = Callable[[int], Sequence[bytes]]
"""The entries from an index on, as the database has them now."""


@contextmanager
def one_publisher(folder: Path) -> Iterator[None]:
    """Two that publish at once could each sign what the other does not know."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def read_checkpoint(folder: Path) -> Checkpoint | None:
    """What was last signed here; None before the first time. The signature is not checked."""
    try:
        data = (folder / CHECKPOINT).read_bytes()
    except FileNotFoundError:
        return None
    return Checkpoint.parse(data, CHECKPOINT)


def publish_entries(
    folder: Path, entries_from: EntriesFrom, keys: LogKeys, *, whole: bool = False
) -> Checkpoint:
    """Write the tiles that new entries change, then sign. ``whole``: compare every entry with what was signed.

    Raises LogError, and signs nothing, when the entries are fewer than those signed (BEHIND) or are not those
    that were signed (REWRITTEN). Hold ``one_publisher``.
    """
    before = read_checkpoint(folder)
    size = before.size if before else 0
    if before:
        before.require_signature(keys.known, CHECKPOINT)
    tiles = TileFolder(folder)
    if not whole:
        try:
            return _publish(tiles, size - size % WIDTH, before, entries_from, keys)
        except LogError as error:
            if error.problem not in (Problem.MISSING, Problem.TRUNCATED):
                raise  # a lost file is made again from the rows
    return _publish(tiles, 0, before, entries_from, keys)


def _publish(
    tiles: TileFolder, first: int, before: Checkpoint | None, entries_from: EntriesFrom, keys: LogKeys
) -> Checkpoint:
    entries = entries_from(first)
    signed, size = before.size if before else 0, first + len(entries)
    if size < signed:
        raise LogError(Problem.BEHIND, f"entry {size}", signed=signed, found=size)
    if before:
        _refuse_if_rewritten(tiles, first, before, entries[: signed - first])
    if before is None or size > signed or first == 0:
        write_tiles(tiles, entries, first)
    root = TileReader(tiles, size).root()
    data = sign_checkpoint(keys.origin, size, root, keys.signing)
    if before is None or data != (tiles.folder / CHECKPOINT).read_bytes():
        _write_keys(tiles.folder / KEYS, keys)
        write_whole(tiles.folder / CHECKPOINT, data)
        tiles.drop_narrower(signed, size)
    return Checkpoint.parse(data, CHECKPOINT)


def _write_keys(path: Path, keys: LogKeys) -> None:
    text = "".join(f"{key}\n" for key in keys.known).encode()
    if not path.exists() or path.read_bytes() != text:
        write_whole(path, text)


def _refuse_if_rewritten(tiles: TileFolder, first: int, before: Checkpoint, entries: Sequence[bytes]) -> None:
    """``entries``: those of the rows, from ``first`` on, that ``before`` covers."""
    leaves = [leaf_hash(entry) for entry in entries]
    if first == 0:
        root = root_of(leaves)
    else:
        left = TileReader(tiles, first)
        new = reader_over(leaves)

        def node(height: int, index: int) -> bytes:
            start = index << height
            return left(height, index) if start < first else new(height, (start - first) >> height)

        root = range_hash(0, before.size, node)
    if root != before.root:
        raise LogError(Problem.REWRITTEN, _first_difference(tiles, first, leaves), signed=before.size)


def _first_difference(tiles: TileFolder, first: int, leaves: Sequence[bytes]) -> str:
    for at in range(0, len(leaves), WIDTH):
        some = leaves[at : at + WIDTH]
        try:
            there = tiles.hashes(0, (first + at) // WIDTH, len(some))
        except LogError:
            break
        for offset, (new, old) in enumerate(zip(some, there, strict=True)):
            if new != old:
                return f"entry {first + at + offset}"
    return f"entries {first} to {first + len(leaves) - 1}"


def published_entries(folder: Path, first: int) -> list[bytes]:
    """The entries from ``first`` on that are signed here: for a database that came back from an older backup."""
    checkpoint = read_checkpoint(folder)
    size = checkpoint.size if checkpoint else 0
    tiles, found = TileFolder(folder), []
    for start in range(first - first % WIDTH, size, WIDTH):
        found += tiles.entries(start // WIDTH, min(WIDTH, size - start))
    return found[first % WIDTH :]
