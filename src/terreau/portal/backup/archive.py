"""The file of a backup: a .tar.gz whose first member, manifest.json, gives size and SHA-256 of the others.

Reading trusts nothing: a member that the manifest does not name, a link, a path that leaves the folder, a
size or a digest that differs, an archive that would fill the disk: each is refused before anything of the
site is touched.
"""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from terreau.lake.archives import UnexpectedMember, open_tar, read_to_the_end
from terreau.portal.cli.words import words

FORMAT = 1
MANIFEST = "manifest.json"
MANIFEST_LIMIT = 16_000_000
ALLOWED = ("database", "media", "pages", "pictures", "publications")
LONG_NAME_LIMIT = 64_000  # bytes: names too long for a header come in a member of their own
CHUNK = 1 << 20


class BackupError(Exception):
    """The message says in plain words what is wrong; nothing of the site has changed."""


@dataclass(frozen=True)
class Entry:
    """``path``: inside the archive, ``database/terreau.sqlite3``; ``size`` in bytes."""

    path: str
    size: int
    sha256: str


def write_archive(target: Path, about: dict[str, Any], files: Iterable[tuple[str, Path]]) -> list[Entry]:
    """Write ``files`` (path in the archive, path on disk) to ``target``, readable by its owner only."""
    sources = dict(files)
    entries = [_describe(name, path) for name, path in sources.items()]
    manifest = {"format": FORMAT, **about, "files": [vars(entry) for entry in entries]}
    content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    draft = target.with_name(f".{target.name}.part")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    try:
        with tarfile.open(draft, "w:gz", compresslevel=6) as archive:
            _add(archive, MANIFEST, len(content), io.BytesIO(content))
            for entry in entries:
                with sources[entry.path].open("rb") as file:
                    reader = _HashingReader(file)
                    _add(archive, entry.path, entry.size, reader)
                if reader.digest.hexdigest() != entry.sha256:
                    raise BackupError(
                        words(
                            f"le fichier {entry.path} a changé pendant la sauvegarde : relancez-la.",
                            f"the file {entry.path} changed during the backup: run it again.",
                        )
                    )
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return entries


def extract_archive(source: Path, folder: Path) -> dict[str, Any]:
    """Verify the whole archive while writing it into ``folder``, which is empty; returns the manifest.

    Raises BackupError at the first thing that is wrong.
    """
    try:
        with (
            gzip.open(source) as content,
            open_tar(content, longest_header=LONG_NAME_LIMIT) as archive,
        ):
            manifest = _extract(archive, folder)
            read_to_the_end(content)
            return manifest
    except UnexpectedMember as error:
        raise _unexpected(str(error)) from error
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise BackupError(
            words(
                f"l’archive est abîmée ou incomplète ({error}).", f"the archive is damaged or cut ({error})."
            )
        ) from error


def _extract(archive: tarfile.TarFile, folder: Path) -> dict[str, Any]:
    first = archive.next()
    manifest, waited = _read_manifest(archive, first)
    room = shutil.disk_usage(folder).free
    if sum(entry.size for entry in waited.values()) > room // 2:
        raise BackupError(
            words("l’archive ne tient pas sur ce disque.", "the archive does not fit on this disk.")
        )
    while (member := archive.next()) is not None:
        entry = waited.pop(member.name, None)
        if entry is None or not member.isreg() or member.size != entry.size:
            raise _unexpected(member.name)
        file = archive.extractfile(member)
        assert file is not None
        _write_checked(file, folder / entry.path, entry)
    if waited:
        raise BackupError(
            words(f"il manque à l’archive : {', '.join(waited)}.", f"the archive lacks: {', '.join(waited)}.")
        )
    return manifest


def _read_manifest(
    archive: tarfile.TarFile, member: tarfile.TarInfo | None
) -> tuple[dict[str, Any], dict[str, Entry]]:
    if member is None or member.name != MANIFEST or not member.isreg() or member.size > MANIFEST_LIMIT:
        raise BackupError(
            words("ce fichier n’est pas une sauvegarde de Terreau.", "this file is not a backup of Terreau.")
        )
    file = archive.extractfile(member)
    assert file is not None
    try:
        manifest = json.loads(file.read())
        entries = [Entry(str(f["path"]), int(f["size"]), str(f["sha256"])) for f in manifest["files"]]
        version = manifest["format"]
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise BackupError(
            words("le manifeste de l’archive est illisible.", "the manifest of the archive cannot be read.")
        ) from error
    if version != FORMAT:
        raise BackupError(
            words(
                f"l’archive a le format {version}, cette version ne lit que le format {FORMAT}.",
                f"the archive has format {version}, this version reads format {FORMAT} only.",
            )
        )
    for entry in entries:
        if not _stays_inside(entry.path) or entry.size < 0:
            raise _unexpected(entry.path)
    if len({entry.path for entry in entries}) != len(entries):
        raise _unexpected(MANIFEST)
    return manifest, {entry.path: entry for entry in entries}


def _stays_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    plain = not PurePosixPath(path).is_absolute() and "\\" not in path and "\0" not in path
    return plain and len(parts) > 1 and parts[0] in ALLOWED and not {"..", "."} & set(path.split("/"))


def _write_checked(file: IO[bytes], target: Path, entry: Entry) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    reader = _HashingReader(file)
    with target.open("xb") as out:
        shutil.copyfileobj(reader, out, CHUNK)
    if reader.digest.hexdigest() != entry.sha256:
        raise BackupError(
            words(
                f"le contenu de {entry.path} n’est pas celui qui a été sauvegardé.",
                f"the content of {entry.path} is not what was saved.",
            )
        )


def _unexpected(name: str) -> BackupError:
    return BackupError(
        words(
            f"l’archive contient un élément inattendu : {name!r}.",
            f"the archive holds something unexpected: {name!r}.",
        )
    )


def _describe(name: str, path: Path) -> Entry:
    with path.open("rb") as file:
        reader = _HashingReader(file)
        size = 0
        while chunk := reader.read(CHUNK):
            size += len(chunk)
    return Entry(name, size, reader.digest.hexdigest())


def _add(archive: tarfile.TarFile, name: str, size: int, file: Any) -> None:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o600
    archive.addfile(member, file)


class _HashingReader:
    """A file whose digest is known once it has been read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        self.digest.update(chunk)
        return chunk
