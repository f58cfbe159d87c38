"""The signing keys of a site's log, in files of its own, and the public ones that its checkpoints answer to."""

from dataclasses import dataclass
from pathlib import Path

from .errors import LogError, Problem
from .notes import PublicKey, SecretKey
from .tiles import write_whole

SECRET, PUBLIC = "log.key", "log.pub"


@dataclass(frozen=True)
class LogKeys:
    """``signing``: those that sign now, the newest first. ``known``: every public key there ever was, likewise."""

    signing: tuple[SecretKey, ...]
    known: tuple[PublicKey, ...]

    @property
    def origin(self) -> str:
        """The name of the log, for ever: that of its first key."""
        return self.known[-1].name


def load_or_make_keys(folder: Path, name: str) -> LogKeys:
    """``name``: of a log that has no key yet. Raises LogError when the files are damaged."""
    secret = folder / SECRET
    if not secret.exists():
        _add_key(folder, name, keep=())
    if secret.stat().st_mode & 0o077:
        secret.chmod(0o600)  # a restored backup, or a copy by hand
    signing = [SecretKey.parse(line, SECRET) for line in secret.read_text().splitlines() if line.strip()]
    known = read_public_keys(folder / PUBLIC)
    if not signing or not {key.public for key in signing} <= set(known):
        raise LogError(Problem.BAD_KEY, SECRET)
    return LogKeys(tuple(signing), tuple(known))


def renew_key(folder: Path, name: str, *, keep_old: bool) -> LogKeys:
    """A new key signs. The old ones go on signing beside it until a renewal that does not keep them."""
    before = load_or_make_keys(folder, name)
    _add_key(folder, before.origin, keep=before.signing if keep_old else ())
    return load_or_make_keys(folder, name)


def read_public_keys(path: Path) -> list[PublicKey]:
    """One key a line; none when there is no such file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        raise LogError(Problem.UNREADABLE, path.name) from error
    return [PublicKey.parse(line, path.name) for line in lines if line.strip()]


def _add_key(folder: Path, name: str, keep: tuple[SecretKey, ...]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = read_public_keys(folder / PUBLIC)
    new = SecretKey.make(known[-1].name if known else name)
    # First what is public: whatever is cut here, a key that signs is among those known.
    write_whole(folder / PUBLIC, "".join(f"{key}\n" for key in (new.public, *known)).encode())
    write_whole(folder / SECRET, "".join(f"{key.to_text()}\n" for key in (new, *keep)).encode(), mode=0o600)
