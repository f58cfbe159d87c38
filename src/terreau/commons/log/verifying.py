"""Checking a downloaded log, with nothing but its files: every entry, every tile, the root, the signature."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from .entries import Entry, decode
from .errors import LogError, Problem
from .keys import read_public_keys
from .notes import Checkpoint, PublicKey
from .publishing import CHECKPOINT, KEYS
from .tiles import HEIGHT, WIDTH, TileFolder, tile_name, tile_width
from .tree import Hash, leaf_hash, root_of

MOST_PROBLEMS = 50

Tell = Callable[[int, int], None]


@dataclass
class Report:
    """``keys``: those that signed. ``believed``: no key was given, those of the log itself were taken at their word."""

    checkpoint: Checkpoint | None = None
    keys: list[PublicKey] = field(default_factory=list)
    believed: bool = False
    problems: list[LogError] = field(default_factory=list)
    leaves: list[Hash] = field(default_factory=list)
    first: datetime | None = None
    last: datetime | None = None

    @property
    def is_whole(self) -> bool:
        return self.checkpoint is not None and not self.problems

    def note(self, problem: Problem, where: str, **facts: object) -> None:
        self.add(LogError(problem, where, **facts))

    def add(self, error: LogError) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(error)


def read_signed(path: Path, keys: Sequence[PublicKey], where: str = "") -> tuple[Checkpoint, list[PublicKey]]:
    """A checkpoint, and which of ``keys`` signed it. Raises LogError."""
    where = where or path.name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LogError(Problem.MISSING, where) from error
    checkpoint = Checkpoint.parse(data, where)
    return checkpoint, checkpoint.require_signature(keys, where)


def verify_log(
    folder: Path,
    keys: Sequence[PublicKey] = (),
    olds: Sequence[Path] = (),
    tell: Tell = lambda done, total: None,
) -> Report:
    """``keys``: trusted; without any, those that the folder holds. ``olds``: checkpoints kept from earlier days.

    Never raises for what the folder holds: what cannot be verified is in the report, with where it is.
    """
    report = Report(believed=not keys)
    try:
        trusted = list(keys) or read_public_keys(folder / KEYS)
        if not trusted:
            raise LogError(Problem.MISSING, KEYS)
        report.checkpoint, report.keys = read_signed(folder / CHECKPOINT, trusted)
    except LogError as error:
        report.add(error)
        return report
    tiles = TileFolder(folder)
    report.leaves = _check_entries(tiles, report.checkpoint.size, report, tell)
    _check_tiles(tiles, report)
    for path in olds:
        try:
            old, _ = read_signed(path, trusted)
            require_growth(old, report.checkpoint, report.leaves)
        except LogError as error:
            report.add(error)
    return report


def _check_entries(tiles: TileFolder, size: int, report: Report, tell: Tell) -> list[Hash]:
    """The leaf hashes: of the entries, or where a bundle cannot be read those of the tile, which the root judges."""
    leaves: list[Hash] = []
    for number in range((size + WIDTH - 1) // WIDTH):
        width, name = tile_width(0, number, size), tile_name("entries", number)
        signed = _hashes(tiles, 0, number, width, report)
        try:
            entries = tiles.entries(number, width)
        except LogError as error:
            report.add(error)
            if signed is None:
                return leaves
            leaves += signed
            continue
        found = [leaf_hash(entry) for entry in entries]
        for offset, data in enumerate(entries):
            _check_entry(data, number * WIDTH + offset, name, report)
        for offset, (one, other) in enumerate(zip(found, signed or (), strict=False)):
            if one != other:
                report.note(Problem.ENTRY_DIFFERS, f"entry {number * WIDTH + offset}", file=name)
        leaves += found
        tell(len(leaves), size)
    return leaves


def _check_entry(data: bytes, index: int, file: str, report: Report) -> None:
    where = f"entry {index}"
    try:
        entry = decode(data, where)
    except LogError as error:
        report.add(error)
        return
    if entry.index != index:
        report.note(Problem.WRONG_PLACE, where, says=entry.index, file=file)
    if report.last and entry.at < report.last:
        report.note(Problem.CLOCK_WENT_BACK, where, at=entry.at.isoformat(), before=report.last.isoformat())
    report.first = report.first or entry.at
    report.last = max(report.last or entry.at, entry.at)


def _hashes(tiles: TileFolder, level: int, number: int, width: int, report: Report) -> list[Hash] | None:
    try:
        return tiles.hashes(level, number, width)
    except LogError as error:
        report.add(error)
        return None


def _check_tiles(tiles: TileFolder, report: Report) -> None:
    """The tiles above, each against what is below it; then the root, against what was signed."""
    checkpoint, below = report.checkpoint, report.leaves
    assert checkpoint is not None
    if len(below) != checkpoint.size:
        return  # entries are missing, as already said: nothing above them can be computed
    root = root_of(below)
    level = 1
    while checkpoint.size >> (HEIGHT * level):
        full = range(0, len(below) - len(below) % WIDTH, WIDTH)
        wanted = [root_of(below[at : at + WIDTH]) for at in full]
        for number in range((len(wanted) + WIDTH - 1) // WIDTH):
            some = wanted[number * WIDTH : (number + 1) * WIDTH]
            found = _hashes(tiles, level, number, len(some), report)
            if found is not None and found != some:
                report.note(Problem.TILE_DIFFERS, tile_name(level, number, len(some)))
        below, level = wanted, level + 1
    if root != checkpoint.root:
        report.note(Problem.ROOT_DIFFERS, CHECKPOINT, size=checkpoint.size)


def require_growth(old: Checkpoint, new: Checkpoint, leaves: Sequence[Hash]) -> None:
    """Raises LogError unless the log of ``new``, whose leaf hashes these are, begins with that of ``old``."""
    if old.origin != new.origin:
        raise LogError(Problem.OTHER_ORIGIN, CHECKPOINT, wanted=old.origin, found=new.origin)
    if old.size > new.size:
        raise LogError(Problem.SHORTER, CHECKPOINT, before=old.size, now=new.size)
    if len(leaves) >= old.size and root_of(leaves[: old.size]) != old.root:
        raise LogError(Problem.FORK, f"entries 0 to {old.size - 1}", before=old.size, now=new.size)


def decode_all(folder: Path, size: int) -> list[Entry]:
    """Every entry of a log that was verified."""
    tiles = TileFolder(folder)
    found: list[Entry] = []
    for start in range(0, size, WIDTH):
        for data in tiles.entries(start // WIDTH, min(WIDTH, size - start)):
            found.append(decode(data, f"entry {len(found)}"))
    return found
