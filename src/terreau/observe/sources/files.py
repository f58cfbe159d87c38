"""From a path or an address to files on this machine, in UTF-8, whose first bytes are what they should be."""

import codecs
import gzip
import os
import shutil
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import polars as pl
from django.utils.translation import gettext as _

from .errors import SourceError

CHUNK = 1 << 20
DOWNLOAD_SECONDS = 60
MOST_UNPACKED = 32 << 30  # bytes: a bomb stops here; the largest official file is a quarter of this
MOST_IN_MEMORY = 1 << 30  # bytes of a file that can only be read whole: a workbook, JSON


@dataclass
class LocalFiles:
    """``paths``: the files of one source, one or, in an archive by département, many. ``notes``: French sentences
    on what was found. ``unreadable``: bytes that are no character in the encoding of the file."""

    paths: list[Path]
    notes: list[str] = field(default_factory=list)
    unreadable: int = 0


def fetch(place: str, folder: Path) -> LocalFiles:
    """The file at ``place`` (a path, ``http://`` or ``https://``), unpacked into ``folder`` if need be."""
    path = _download(place, folder) if place.lower().startswith(("http://", "https://")) else Path(place)
    if not path.exists():
        raise SourceError(_("Le fichier « %s » n’existe pas. Vérifiez le chemin.") % place)
    if path.is_dir():
        raise SourceError(_("« %s » est un dossier, un fichier est attendu.") % place)
    if path.stat().st_size == 0:
        raise SourceError(_("Le fichier « %s » est vide. Téléchargez-le à nouveau.") % path.name)
    paths = _unpack(path, folder)
    for one in paths:
        _refuse_page(one)
    return LocalFiles(paths)


def _download(address: str, folder: Path) -> Path:
    name = address.split("?")[0].rstrip("/").rsplit("/", 1)[-1] or "source"
    target = folder / name
    request = urllib.request.Request(address, headers={"User-Agent": "terreau"})  # noqa: S310 (http or https only)
    try:
        with urllib.request.urlopen(request, timeout=DOWNLOAD_SECONDS) as answer:  # noqa: S310
            _copy_bounded(answer, target, _room(folder))
            expected = answer.headers.get("Content-Length")
    except urllib.error.HTTPError as error:
        raise SourceError(
            _(
                "L’adresse « %(address)s » a répondu par l’erreur %(code)s. Vérifiez l’adresse dans un navigateur."
            )
            % {"address": address, "code": error.code}
        ) from error
    except OSError as error:
        raise SourceError(
            _(
                "L’adresse « %(address)s » ne répond pas (%(error)s). Réessayez plus tard, ou donnez un fichier."
            )
            % {"address": address, "error": error}
        ) from error
    if expected and int(expected) != target.stat().st_size:
        raise SourceError(_("Le téléchargement de « %s » s’est arrêté avant la fin. Relancez.") % address)
    return target


def _unpack(path: Path, folder: Path) -> list[Path]:
    with path.open("rb") as file:
        start = file.read(4)
    try:
        if start[:2] == b"\x1f\x8b":
            target = folder / (path.stem if path.suffix == ".gz" else f"{path.name}.out")
            with gzip.open(path) as packed:
                _copy_bounded(packed, target, _room(folder))
            return [target]
        if start == b"PK\x03\x04" and path.suffix.lower() != ".xlsx":
            return _unzip(path, folder)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError) as error:  # the last: a password
        raise SourceError(
            _("L’archive « %s » est incomplète ou abîmée. Téléchargez-la à nouveau.") % path.name
        ) from error
    return [path]


def _unzip(path: Path, folder: Path) -> list[Path]:
    with zipfile.ZipFile(path) as archive:
        members = sorted(
            (
                one
                for one in archive.infolist()
                if not one.is_dir() and not one.filename.startswith("__MACOSX")
            ),
            key=lambda one: one.filename,
        )
        suffixes = {Path(one.filename).suffix.lower() for one in members}
        if len(suffixes) > 1:  # a table beside its notice
            tables = [one for one in members if Path(one.filename).suffix.lower() in (".csv", ".parquet")]
            members = tables or members
        if not members or len({Path(one.filename).suffix.lower() for one in members}) > 1:
            raise SourceError(
                _("L’archive « %s » ne contient pas un seul tableau. Donnez le fichier à lire.") % path.name
            )
        targets, room = [], _room(folder)
        for number, member in enumerate(members):
            target = folder / f"{number:04}-{Path(member.filename).name}"
            with archive.open(member) as packed:
                room -= _copy_bounded(packed, target, room)
            targets.append(target)
    return targets


def _room(folder: Path) -> int:
    """How many bytes may be written there: never more than half of what the disk has left."""
    return min(MOST_UNPACKED, shutil.disk_usage(folder).free // 2)


def _copy_bounded(packed: IO[bytes] | gzip.GzipFile, target: Path, room: int) -> int:
    written = 0
    with target.open("wb") as file:
        while chunk := packed.read(CHUNK):
            written += len(chunk)
            if written > room:
                raise SourceError(_("L’archive se déplie en un fichier trop grand ; il n’a pas été lu."))
            file.write(chunk)
    return written


def refuse_too_large_for_memory(path: Path) -> None:
    """Before a format that can only be read whole."""
    if path.stat().st_size > MOST_IN_MEMORY:
        raise SourceError(
            _(
                "Le fichier « %s » est trop grand pour être lu d’un seul tenant. Donnez-le en CSV ou en Parquet."
            )
            % path.name
        )


def _refuse_page(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(512).lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise SourceError(
            _(
                "« %s » est une page web, pas un tableau : l’adresse a sans doute changé. Cherchez la nouvelle."
            )
            % path.name
        )


def as_utf8(files: LocalFiles, folder: Path, declared: str | None) -> LocalFiles:
    """The same text files in UTF-8 without mark, transcoded into ``folder`` where they are not.

    Bytes that are UTF-8 are read so, whatever is declared: text in another encoding is not UTF-8 by chance.
    Otherwise it is the declared encoding, else Windows-1252; but a file with a few broken characters among
    many good ones stays UTF-8: one bad byte must not spoil every accent.
    """
    found = LocalFiles([], list(files.notes))
    for path in files.paths:
        if not _breaks_utf8(path):
            found.paths.append(path)
            continue
        encoding = declared or _guess(path)
        target = folder / f"{path.stem}.utf8{path.suffix}"
        found.unreadable += _transcode(path, target, encoding)
        found.notes.append(
            _("« %(name)s » est lu comme du %(encoding)s.") % {"name": path.name, "encoding": encoding}
        )
        found.paths.append(target)
    if found.unreadable:
        found.notes.append(_("%d caractères illisibles ont été remplacés par « � ».") % found.unreadable)
    return found


def _decoded(path: Path, encoding: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def _breaks_utf8(path: Path) -> bool:
    """The engine checks bytes ten times faster than Python decodes them."""
    with path.open("rb") as file:
        while block := file.read(CHUNK):
            block += file.readline()  # a block ends with a line, so no character is cut in two
            try:
                pl.Series([block], dtype=pl.Binary).cast(pl.String)
            except pl.exceptions.ComputeError:
                return True
    return False


def _guess(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    bad = good = 0
    for text in _decoded(path, "utf-8", "replace"):
        broken = text.count("\N{REPLACEMENT CHARACTER}")
        bad += broken
        good += len(text) - broken - _count_ascii(text)
    return "utf-8" if good > 10 * bad else "cp1252"


def _count_ascii(text: str) -> int:
    return len(text.encode("ascii", "ignore"))


def _transcode(path: Path, target: Path, encoding: str) -> int:
    """Number of characters that could not be read."""
    unreadable = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        for text in _decoded(path, encoding, "replace"):
            unreadable += text.count("\N{REPLACEMENT CHARACTER}")
            file.write(text)
    return unreadable


def find_beside(pattern: str, place: str) -> str | None:
    """The file that ``pattern`` names in the folder of ``place``, or in it: official names carry dates.

    Raises SourceError when several fit.
    """
    folder = Path(place) if Path(place).is_dir() else Path(place).parent
    found = sorted(path for path in folder.glob(pattern) if path.is_file())
    if len(found) > 1:
        raise SourceError(
            _("Plusieurs fichiers « %(pattern)s » dans « %(folder)s » : gardez-en un seul.")
            % {"pattern": pattern, "folder": folder}
        )
    return os.fspath(found[0]) if found else None
