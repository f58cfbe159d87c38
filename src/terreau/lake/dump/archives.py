"""A dump as one file, ``.tar.gz`` or ``.zip``: the same folder gives the same bytes.

Unpacking trusts nothing: the manifest comes first and says which members follow and how long they are; a link, a
path out of the folder, a member too many, or an archive that would fill the disk is refused.
"""

import gzip
import io
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from terreau.lake.archives import UnexpectedMember, open_tar, read_to_the_end

from . import manifest as manifests
from .errors import DumpError

ENDINGS = (".tar.gz", ".tgz", ".zip")
_CHUNK = 1 << 20
_MOST_TIMES = 100  # bytes unpacked for one of the archive; text of records takes about 15
_SMALL = 10_000_000  # below, an archive may unpack to that much whatever its size

Members = Iterator[tuple[str, int, Callable[[], IO[bytes]]]]
"""(path, size in bytes, how to open it)"""


def is_archive(path: Path) -> bool:
    return path.name.endswith(ENDINGS)


def pack(folder: Path, target: Path) -> None:
    """Writes ``target``, a new file, with the manifest first and the others in the order of their names."""
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files.sort(key=lambda name: name != manifests.NAME)
    if target.name.endswith(".zip"):
        with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name in files:
                about = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(about, (folder / name).read_bytes())
        return
    with (
        target.open("xb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=0) as out,
        tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name in files:
            member = tarfile.TarInfo(name)
            member.size, member.mode = (folder / name).stat().st_size, 0o644
            with (folder / name).open("rb") as file:
                tar.addfile(member, file)


def unpack(source: Path, folder: Path) -> None:
    """Writes the members of ``source`` into ``folder``, which is empty. Raises DumpError."""
    try:
        if source.name.endswith(".zip"):
            with zipfile.ZipFile(source) as archive:
                _write_members(_members_of_zip(archive), source, folder)
            return
        with gzip.open(source) as content:
            with open_tar(content) as tar:
                _write_members(_members_of_tar(tar), source, folder)
            read_to_the_end(content)
    except UnexpectedMember as error:
        raise _refused(str(error)) from error
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DumpError(_("L’archive est abîmée ou incomplète (%s).") % error) from error
    except (RuntimeError, NotImplementedError) as error:  # a password, a way of packing of its own
        raise DumpError(_("L’archive ne peut pas être lue (%s).") % error) from error


def _members_of_tar(tar: tarfile.TarFile) -> Members:
    while (member := tar.next()) is not None:
        if not member.isreg() or member.issparse():
            raise _refused(member.name)
        yield member.name, member.size, lambda one=member: tar.extractfile(one)  # type: ignore[misc]


def _members_of_zip(archive: zipfile.ZipFile) -> Members:
    listed = archive.infolist()
    listed.sort(key=lambda member: member.filename != manifests.NAME)
    for member in listed:
        kind = stat.S_IFMT(member.external_attr >> 16)
        packed = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if member.is_dir() or kind not in (0, stat.S_IFREG) or not packed:
            raise _refused(member.filename)
        yield member.filename, member.file_size, lambda one=member: archive.open(one)  # type: ignore[misc]


def _write_members(members: Members, source: Path, folder: Path) -> None:
    name, size, opened = next(members, ("", 0, io.BytesIO))
    if name != manifests.NAME or size > manifests.LIMIT:
        raise DumpError(_("L’archive ne commence pas par un manifeste : ce n’est pas un export de Terreau."))
    with opened() as file:
        content = file.read(manifests.LIMIT + 1)
    waited = {entry.path: entry.bytes for entry in manifests.entries(manifests.from_bytes(content))}
    total = sum(waited.values())
    if total > max(_SMALL, _MOST_TIMES * source.stat().st_size):
        raise DumpError(
            _("L’archive annonce beaucoup plus de contenu qu’un export n’en a : elle est refusée.")
        )
    if total > shutil.disk_usage(folder).free // 2:
        raise DumpError(_("L’archive ne tient pas sur ce disque."))
    (folder / manifests.NAME).write_bytes(content)
    for name, size, opened in members:
        if waited.pop(name, None) != size:
            raise _refused(name)
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        with opened() as file, target.open("xb") as out:
            left = size
            while left and (chunk := file.read(min(left, _CHUNK))):
                out.write(chunk)
                left -= len(chunk)
            if left or file.read(1):
                raise _refused(name)
    if waited:
        raise DumpError(_("Il manque à l’archive : %s") % ", ".join(sorted(waited)))


def _refused(name: str) -> DumpError:
    return DumpError(_("L’archive contient un élément inattendu : %.100s") % repr(name))
