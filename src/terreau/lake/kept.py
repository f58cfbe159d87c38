"""Each publication of a dataset stays, under a number: what was computed from it can be computed again.

``publications/<dataset>/<number>/``: the manifest and the files, compressed but for Parquet. What may no longer be
shown is taken out of them; then they say so, and have other digests. The digest before is not kept: with the rest of
the file, it would let one try who was taken out.
"""

import datetime as dt
import gzip
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

import polars as pl
from django.conf import settings

from .catalogue import Content, Dataset
from .files import write_files

log = logging.getLogger(__name__)


def kept_folder(name: str) -> Path:
    return Path(settings.DATA_DIR) / "publications" / name


def kept_manifests(name: str) -> list[dict[str, Any]]:
    """The newest first."""
    return [_manifest(name, number) for number in sorted(_numbers(name), reverse=True)]


def last_kept(name: str) -> int:
    return max(_numbers(name), default=0)


def open_kept(name: str, number: int, format_: str) -> IO[bytes] | None:
    """The file as it was published, or as it was redacted; None when there is none."""
    plain = kept_folder(name) / str(number) / f"{name}.{format_}"
    if plain.is_file():
        return plain.open("rb")
    packed = plain.with_name(plain.name + ".gz")
    return cast(IO[bytes], gzip.open(packed)) if packed.is_file() else None


def keep(dataset: Dataset, entry: dict[str, Any], files: Path) -> None:
    """``entry``: the manifest of what lies in the folder ``files``, about to be replaced."""
    number = entry.get("version", 1)
    if number in _numbers(dataset.name):
        if _manifest(dataset.name, number)["published_at"] == entry["published_at"]:
            return  # kept already: the machine stopped before the new one took its place
        number = last_kept(dataset.name) + 1  # a backup was restored meanwhile
    kept_folder(dataset.name).mkdir(parents=True, exist_ok=True)
    _keep_what_may_be_shown(dataset, {**entry, "version": number}, files, is_new=True)


def redact_kept(dataset: Dataset) -> None:
    """Take out of every version kept what ``dataset.hide`` says may not be shown now."""
    for number in _numbers(dataset.name) if dataset.hide else ():
        entry = _manifest(dataset.name, number)
        if entry["files"]:
            folder = kept_folder(dataset.name) / str(number)
            _keep_what_may_be_shown(dataset, entry, folder, is_new=False)


def rewrite_kept(dataset: Dataset, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Write again every version kept whose rows ``change`` alters."""
    for number in _numbers(dataset.name):
        entry = _manifest(dataset.name, number)
        if "parquet" in entry["files"]:
            frame = pl.read_parquet(kept_folder(dataset.name) / str(number) / f"{dataset.name}.parquet")
            changed = change(frame)
            if not changed.equals(frame):
                _redact(dataset, entry, changed)


def _keep_what_may_be_shown(dataset: Dataset, entry: dict[str, Any], files: Path, *, is_new: bool) -> None:
    if dataset.hide is not None:
        try:
            frame = pl.read_parquet(files / f"{dataset.name}.parquet")
        except (OSError, pl.exceptions.PolarsError):
            log.warning("version %s of %s cannot be read: withdrawn", entry["version"], dataset.name)
            _withdraw(dataset.name, entry)
            return
        shown = dataset.hide(frame)
        if not shown.equals(frame):
            _redact(dataset, entry, shown)
            return
    if is_new:
        _write(dataset.name, entry, files)


def _redact(dataset: Dataset, entry: dict[str, Any], frame: pl.DataFrame) -> None:
    with tempfile.TemporaryDirectory(prefix=".redacted-", dir=kept_folder(dataset.name)) as draft:
        _write(dataset.name, redacted(dataset, entry, frame, Path(draft)), Path(draft))


def redacted(dataset: Dataset, entry: dict[str, Any], frame: pl.DataFrame, folder: Path) -> dict[str, Any]:
    """``entry`` once ``frame`` is what it publishes; the files are written in ``folder``."""
    content = Content(frame, entry["licence"], entry["attribution"])
    files = write_files(dataset, content, folder, tuple(entry["files"]))
    return entry | {"rows": frame.height, "files": files, "redacted_on": _today()}


def _withdraw(name: str, entry: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory(prefix=".withdrawn-", dir=kept_folder(name)) as draft:
        _write(name, entry | {"files": {}, "withdrawn_on": _today()}, Path(draft))


def withdraw_kept(name: str, *, keep: int) -> int:
    """Of all but the ``keep`` newest versions, leave the manifest alone; returns how many lost their files."""
    old = [_manifest(name, number) for number in _numbers(name)[:-keep]]
    with_files = [entry for entry in old if entry["files"]]
    for entry in with_files:
        _withdraw(name, entry)
    return len(with_files)


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()


def _write(name: str, entry: dict[str, Any], files: Path) -> None:
    """Whole or not at all, over the version of that number if there is one."""
    folder = kept_folder(name)
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".kept-", dir=folder))
    try:
        for format_ in entry["files"]:
            _pack(files / f"{name}.{format_}", draft)
        (draft / "manifest.json").write_text(json.dumps(entry, ensure_ascii=False, indent=1))
        draft.chmod(0o755)
        place, old = folder / str(entry["version"]), folder / f".old-{entry['version']}"
        shutil.rmtree(old, ignore_errors=True)
        if place.exists():
            os.replace(place, old)
        os.replace(draft, place)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _pack(file: Path, folder: Path) -> None:
    if file.suffix == ".parquet":  # compressed already
        shutil.copyfile(file, folder / file.name)
        return
    with file.open("rb") as plain, gzip.open(folder / f"{file.name}.gz", "wb", compresslevel=6) as packed:
        shutil.copyfileobj(plain, packed)


def _numbers(name: str) -> list[int]:
    folder = kept_folder(name)
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(int(one.name) for one in found if one.name.isdecimal() and (one / "manifest.json").exists())


def _manifest(name: str, number: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((kept_folder(name) / str(number) / "manifest.json").read_text())
    return found
