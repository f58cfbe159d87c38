"""Workbooks (XLSX): an archive of XML that the library unfolds and lays out whole, so its size is checked before."""

import re
import zipfile
import zlib
from pathlib import Path

from django.utils.translation import gettext as _

from .errors import SourceError
from .files import CHUNK, MOST_IN_MEMORY

MOST_CELLS = 50_000_000  # laid out from the first cell to the last one, empty ones included: 1.6 GB
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
UNREADABLE = (
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    RuntimeError,
)  # the last: it wants a password
_LONGEST_CELL_NAME = 32  # bytes of ``r = "XFD1048576"``


def checked_copy(path: Path, folder: Path) -> Path:
    """A copy whose parts have the size that they say, once unfolded.

    Raises SourceError when it is too large to be read, one of UNREADABLE when it is damaged. The copy matters: who
    made the file may have written false sizes.
    """
    target = folder / f"checked-{path.name}"
    with (
        zipfile.ZipFile(path) as given,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
    ):
        room = MOST_IN_MEMORY
        for part in given.infolist():
            room -= part.file_size
            if room < 0:
                raise _too_large(path)
            _copy_part(given, part, copy, path)
    return target


def _copy_part(given: zipfile.ZipFile, part: zipfile.ZipInfo, copy: zipfile.ZipFile, path: Path) -> None:
    rows, columns, tail = 0, 0, b""
    with given.open(part) as packed, copy.open(part.filename, "w") as file:
        while chunk := packed.read(CHUNK):
            file.write(chunk)
            if not part.filename.startswith("xl/worksheets/"):
                continue
            for letters, number in _CELL.findall(tail + chunk):
                rows, columns = max(rows, int(number)), max(columns, _column(letters))
            if rows * columns > MOST_CELLS:
                raise _too_large(path)
            tail = chunk[-_LONGEST_CELL_NAME:]


def _column(letters: bytes) -> int:
    """``A`` → 1, ``XFD`` → 16384."""
    rank = 0
    for letter in letters:
        rank = rank * 26 + letter - ord("A") + 1
    return rank


def _too_large(path: Path) -> SourceError:
    return SourceError(
        _("Le fichier « %s » est trop grand pour être lu d’un seul tenant. Donnez-le en CSV ou en Parquet.")
        % path.name
    )
