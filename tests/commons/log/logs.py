"""A log in a folder, without a database: what tests write, damage and verify."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from terreau.commons.log.entries import Entry, digest_of
from terreau.commons.log.keys import LogKeys, load_or_make_keys
from terreau.commons.log.notes import Checkpoint
from terreau.commons.log.publishing import publish_entries
from terreau.commons.log.verifying import Report, verify_log

NAME = "exemple.invalid/journal-public"
NOON = 1_800_000_000


def entry(index: int, **values: object) -> bytes:
    given = {"second": NOON + index, "verb": "harvest", "subject": f"source:s{index}", **values}
    return Entry(index=index, digest=digest_of(b"sel", str(index)), **given).encode()


@dataclass
class OwnLog:
    """``entries``: what the database would hold. ``publish`` may be called as often as one likes."""

    folder: Path
    entries: list[bytes] = field(default_factory=list)

    @property
    def files(self) -> Path:
        return self.folder / "log"

    @property
    def keys(self) -> LogKeys:
        return load_or_make_keys(self.folder / "keys", NAME)

    def publish(self, size: int | None = None, *, whole: bool = False) -> Checkpoint:
        while size is not None and len(self.entries) < size:
            self.entries.append(entry(len(self.entries)))
        return publish_entries(self.files, self.entries_from, self.keys, whole=whole)

    def entries_from(self, first: int) -> Sequence[bytes]:
        return self.entries[first:]

    def verify(self, *olds: Path) -> Report:
        return verify_log(self.files, self.keys.known, olds)

    def problems(self, *olds: Path) -> list[tuple[str, str]]:
        return [(one.problem.value, one.where) for one in self.verify(*olds).problems]

    def keep_checkpoint(self, path: Path) -> Path:
        path.write_bytes((self.files / "checkpoint").read_bytes())
        return path

    def change(self, name: str, change: Callable[[bytes], bytes]) -> None:
        path = self.files / name
        path.write_bytes(change(path.read_bytes()))

    def contents(self) -> dict[str, bytes]:
        """Every file that is served, without the partial tiles that a wider one replaces."""
        return {
            path.relative_to(self.files).as_posix(): path.read_bytes()
            for path in sorted(self.files.rglob("*"))
            if path.is_file() and path.name != ".lock"
        }
