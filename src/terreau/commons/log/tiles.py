"""Tiles: the log as plain files, 256 hashes or entries in each, in the layout that C2SP describes."""

import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from .errors import LogError, Problem
from .tree import Hash, leaf_hash, range_hash, root_of

WIDTH, HEIGHT = 256, 8
HASH_BYTES = 32
ENTRIES = "entries"

TILE_NAME = re.compile(
    r"tile/(?P<level>0|[1-9]|[1-5][0-9]|6[0-3]|entries)/(?P<number>(?:x[0-9]{3}/){0,4}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


def tile_name(level: int | str, number: int, width: int = WIDTH) -> str:
    """``tile/0/x001/234`` or, for the last one that is not yet full, ``tile/0/x001/234.p/17``."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def parse_tile_name(name: str) -> tuple[int | str, int, int] | None:
    """(level, number, width) of the tile that ``name`` asks for; None when no tile has such a name."""
    found = TILE_NAME.fullmatch(name)
    if not found:
        return None
    number = int(found["number"].replace("/", "").replace("x", ""))
    width = int(found["width"] or WIDTH)
    level = found["level"] if found["level"] == ENTRIES else int(found["level"])
    asked = (level, number, width)
    return asked if tile_name(*asked) == name else None


def tile_width(level: int, number: int, size: int) -> int:
    """How wide tile ``number`` of ``level`` is in a log of ``size`` entries."""
    return min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH)


def pack(entries: Iterable[bytes]) -> bytes:
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def unpack(data: bytes, count: int, where: str) -> list[bytes]:
    """The first ``count`` entries of a bundle. Raises LogError when they are not all there."""
    entries: list[bytes] = []
    at = 0
    for _ in range(count):
        end = at + 2 + int.from_bytes(data[at : at + 2])
        if at + 2 > len(data) or end > len(data):
            raise LogError(Problem.TRUNCATED, where, wanted=f"{count} entries", found=len(entries))
        entries.append(data[at + 2 : end])
        at = end
    return entries


class TileFolder:
    """Reads and writes ``folder/tile/…``. What is read is not believed: the caller compares it with a root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, level: int | str, number: int, width: int) -> bytes:
        """The tile, or a wider one that begins with it: C2SP lets a log drop a tile that has grown."""
        name = tile_name(level, number, width)
        for path in self._candidates(level, number, width):
            try:
                return path.read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                raise LogError(Problem.UNREADABLE, name) from error
        raise LogError(Problem.MISSING, name)

    def _candidates(self, level: int | str, number: int, width: int) -> Iterable[Path]:
        yield self.folder / tile_name(level, number, width)
        if width == WIDTH:
            return
        full = self.folder / tile_name(level, number)
        partial = full.with_name(f"{full.name}.p")
        found = sorted(int(path.name) for path in partial.glob("*") if path.name.isdecimal())
        yield from (partial / str(wider) for wider in found if wider > width)
        yield full

    def hashes(self, level: int, number: int, width: int) -> list[Hash]:
        data = self.read(level, number, width)
        wanted = width * HASH_BYTES
        if len(data) < wanted or len(data) % HASH_BYTES:
            raise LogError(Problem.TRUNCATED, tile_name(level, number, width), wanted=wanted, found=len(data))
        return [data[at : at + HASH_BYTES] for at in range(0, wanted, HASH_BYTES)]

    def entries(self, number: int, width: int) -> list[bytes]:
        return unpack(self.read(ENTRIES, number, width), width, tile_name(ENTRIES, number, width))

    def write(self, level: int | str, number: int, width: int, data: bytes) -> None:
        """One that is not full is made again by the next act: waiting for the disk is for those that stay."""
        write_whole(self.folder / tile_name(level, number, width), data, waits=width == WIDTH)

    def drop_narrower(self, before: int, size: int) -> None:
        """Remove the partial tiles of a log that grew from ``before`` to ``size`` entries: wider ones hold them."""
        for level, number in [(ENTRIES, before // WIDTH), *_last_tiles(before)]:
            now = tile_width(0 if isinstance(level, str) else level, number, size)
            full = self.folder / tile_name(level, number)
            partial = full.with_name(f"{full.name}.p")
            for path in partial.glob("*"):
                if path.name.isdecimal() and int(path.name) < now:
                    path.unlink(missing_ok=True)
            if now == WIDTH and partial.is_dir() and not any(partial.iterdir()):
                partial.rmdir()


def _last_tiles(size: int) -> list[tuple[int | str, int]]:
    levels = range((size.bit_length() + HEIGHT - 1) // HEIGHT)
    return [(level, (size >> (HEIGHT * level)) // WIDTH) for level in levels]


def write_whole(path: Path, data: bytes, mode: int = 0o644, *, waits: bool = True) -> None:
    """``data`` is at ``path``, or what was there before is. ``waits``: until it is on the disk itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=".draft-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(data)
            if waits:
                file.flush()
                os.fsync(descriptor)
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


class TileReader:
    """The hashes of any perfect subtree of a log of ``size`` entries, each tile read once: a ``NodeReader``."""

    def __init__(self, tiles: TileFolder, size: int) -> None:
        self.tiles, self.size = tiles, size
        self._read: dict[tuple[int, int], list[Hash]] = {}

    def __call__(self, height: int, index: int) -> Hash:
        level, inside = divmod(height, HEIGHT)
        number, start = divmod(index << inside, WIDTH)
        hashes = self._tile(level, number)
        return root_of(hashes[start : start + (1 << inside)])

    def _tile(self, level: int, number: int) -> list[Hash]:
        key = (level, number)
        if key not in self._read:
            self._read[key] = self.tiles.hashes(level, number, tile_width(level, number, self.size))
        return self._read[key]

    def root(self) -> Hash:
        return range_hash(0, self.size, self)


def write_tiles(tiles: TileFolder, entries: Sequence[bytes], first: int) -> None:
    """Write what entries from ``first`` on (a multiple of 256) change, up to the top. Tiles left of them are read."""
    for at in range(0, len(entries), WIDTH):
        some = entries[at : at + WIDTH]
        tiles.write(ENTRIES, (first + at) // WIDTH, len(some), pack(some))
    hashes, level = [leaf_hash(entry) for entry in entries], 0
    while hashes:
        above = []
        for at in range(0, len(hashes), WIDTH):
            some = hashes[at : at + WIDTH]
            tiles.write(level, (first + at) // WIDTH, len(some), b"".join(some))
            if len(some) == WIDTH:
                above.append(root_of(some))
        first, level = first // WIDTH, level + 1
        before = first % WIDTH
        if before and above:
            above = tiles.hashes(level, first // WIDTH, before) + above
        first -= before
        hashes = above
