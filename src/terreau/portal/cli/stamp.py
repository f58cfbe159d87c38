"""What `terreau init` has already done here, so that a second start does nothing twice.

``init.json`` in the data folder holds the choices (region, folders of its files) and, for each step done, a
fingerprint of what it depends on. A step whose fingerprint has changed is done again.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Choice:
    """What the person who installs chose. Empty paths: the files shipped with Terreau."""

    region: str = "24"
    contours: str = ""
    organisations: str = ""


@dataclass
class Stamp:
    path: Path
    choice: Choice | None = None
    done: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Stamp":
        path = folder / "init.json"
        try:
            content = json.loads(path.read_text())
            return cls(path, Choice(**content["choice"]), dict(content["done"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls(path)  # absent or unreadable: every step is done again, which harms nothing

    def write(self) -> None:
        content = {"choice": asdict(self.choice or Choice()), "done": self.done}
        draft = self.path.with_suffix(".tmp")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(content, indent=1))
        draft.replace(self.path)


def fingerprint(*parts: object, files: Iterable[Path] = ()) -> str:
    """A digest of ``parts`` and of the name, size and date of ``files``; it opens none of them."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=16)
    for path in sorted(files):
        about = path.stat()
        digest.update(f"{path.name}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def files_under(*folders: Path | str, pattern: str = "*") -> list[Path]:
    """Every file under the folders that exist; a path to a file counts for itself."""
    found: list[Path] = []
    for folder in map(Path, folders):
        if folder.is_file():
            found.append(folder)
        else:
            found += [path for path in folder.rglob(pattern) if path.is_file() and path.suffix != ".pyc"]
    return found
