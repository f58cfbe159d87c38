"""Writing the files of a dataset, all formats at once, or none."""

import datetime as dt
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from .catalogue import TYPES, Dataset, datasets
from .files import write_files
from .kept import keep, last_kept, redact_kept, redacted, rewrite_kept

_WHEN = {"published_at": None, "version": None}


class WrongColumns(Exception):
    """The rows read are not those that the dataset declares."""


def lake_folder() -> Path:
    return Path(settings.DATA_DIR) / "lake"


def manifest(name: str) -> dict[str, Any] | None:
    """What was last published of a dataset: rows, licence, attribution, date, and each file with its digest."""
    path = lake_folder() / name / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else None


def published_file(name: str, format_: str) -> Path:
    return lake_folder() / name / f"{name}.{format_}"


def publish_all(names: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """Publish every dataset of the catalogue, or those of ``names``; returns the manifests by name."""
    return {name: publish(one) for name, one in datasets().items() if not names or name in names}


def publish(dataset: Dataset) -> dict[str, Any]:
    """Write ``lake/<name>/<name>.<format>`` and its manifest; the folder is swapped in whole.

    Files are the same byte for byte when the rows are the same, and the date of publication is then kept. When
    they change, those before stay as a version, see ``kept.py``.
    Raises WrongColumns when the rows do not have the declared columns and types.
    """
    with one_at_a_time():
        return _publish(dataset)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Whoever publishes reads and writes alone: rows read before a party was masked cannot be written after."""
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "publishing.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _publish(dataset: Dataset) -> dict[str, Any]:
    content = dataset.read()
    _check_columns(dataset, content.frame)
    folder = lake_folder()
    folder.mkdir(parents=True, exist_ok=True)
    before = manifest(dataset.name)
    new = Path(tempfile.mkdtemp(prefix=f".{dataset.name}-", dir=folder))
    try:
        files = write_files(dataset, content, new)
        entry = {
            "name": dataset.name,
            "rows": content.frame.height,
            "licence": content.licence,
            "attribution": content.attribution,
            "files": files,
        }
        if before and {**before, **_WHEN} == {**entry, **_WHEN}:
            return before
        if before:
            keep(dataset, before, folder / dataset.name)
        entry["version"] = max(last_kept(dataset.name), version_of(before)) + 1
        entry["published_at"] = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        (new / "manifest.json").write_text(json.dumps(entry, ensure_ascii=False, indent=1))
        _swap(new, folder / dataset.name)
    finally:
        shutil.rmtree(new, ignore_errors=True)
        redact_kept(dataset)  # even when nothing changed: who is masked now may be in an older one alone
    return entry


def rewrite_publications(change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Write again all that was published, now or before, whose rows ``change`` alters. It keeps number and date, and
    says that it was redacted.
    """
    with one_at_a_time():
        for dataset in datasets().values():
            _rewrite_present(dataset, change)
            rewrite_kept(dataset, change)


def _rewrite_present(dataset: Dataset, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    entry = manifest(dataset.name)
    if entry is None:
        return
    frame = pl.read_parquet(published_file(dataset.name, "parquet"))
    changed = change(frame)
    if changed.equals(frame):
        return
    new = Path(tempfile.mkdtemp(prefix=f".{dataset.name}-", dir=lake_folder()))
    try:
        now = redacted(dataset, entry, changed, new)
        (new / "manifest.json").write_text(json.dumps(now, ensure_ascii=False, indent=1))
        _swap(new, lake_folder() / dataset.name)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def version_of(entry: dict[str, Any] | None) -> int:
    """One that was published before versions had numbers is the first."""
    return entry.get("version", 1) if entry else 0


def _swap(new: Path, place: Path) -> None:
    """Put ``new`` where ``place`` was. A reader that opened an old file goes on reading it."""
    new.chmod(0o755)
    old = place.with_name(f".{place.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        os.replace(place, old)
    os.replace(new, place)
    shutil.rmtree(old, ignore_errors=True)


def _check_columns(dataset: Dataset, frame: pl.DataFrame) -> None:
    declared = {column.name: TYPES[column.type] for column in dataset.columns}
    found = dict(frame.schema)
    if list(declared) != list(found) or any(found[name] != type_ for name, type_ in declared.items()):
        raise WrongColumns(f"{dataset.name}: declared {declared}, read {found}")
