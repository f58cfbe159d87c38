"""What leaves the site whole or not at all: written beside its place, of one moment, then moved there."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from . import archives
from .errors import DumpError


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """A folder to fill; at the end it becomes ``target``: a folder, or an archive by its ending.

    Raises DumpError, also for a full disk; then there is nothing at ``target``.
    """
    if target.is_file() or target.is_symlink() or (target.is_dir() and any(target.iterdir())):
        raise DumpError(_("%s existe déjà : choisissez un autre nom.") % target)
    if target.suffix and not archives.is_archive(target) and not target.is_dir():
        raise DumpError(
            _("%(name)s : une archive finit par %(endings)s, un dossier n’a pas de point dans son nom.")
            % {"name": target.name, "endings": ", ".join(archives.ENDINGS)}
        )
    draft = target.with_name(f".{target.name}.part")
    packed = target.with_name(f".part-{target.name}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _forget(draft, packed)
        draft.mkdir()
        yield draft
        if archives.is_archive(target):
            archives.pack(draft, packed)
            packed.replace(target)
        else:
            draft.replace(target)
    except OSError as error:
        raise DumpError(_("L’export n’a pas pu être écrit : %s") % (error.strerror or error)) from error
    finally:
        _forget(draft, packed)


def _forget(*paths: Path) -> None:
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside is as it was at one moment, and nobody who writes has to wait."""
    if connection.in_atomic_block:
        yield
        return
    usual = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":
        connection.transaction_mode = None  # type: ignore[attr-defined]  # ours take the right to write at once
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = usual  # type: ignore[attr-defined]
