"""Writing the files of a dataset, all formats at once, or none."""

import datetime as dt
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from .catalogue import TYPES, Content, Dataset, datasets

# A spreadsheet runs a cell that starts with one of these signs, after spaces and quotes that it may drop: an
# apostrophe makes it plain text. Signs of full width, small signs and the true minus are taken for the plain ones.
_FORMULA_START = r"""^(?:[\s"'\x{200B}\x{FEFF}]*[=+\-@＝＋－＠﹦﹢﹣﹫−]|[\t\r\n])"""
# A French one cuts lines at semicolons, and other ones at tabs: what follows one of them starts a cell as well.
_FORMULA_INSIDE = r"""([;\t\r\n])([\s"'\x{200B}\x{FEFF}]*[=+\-@＝＋－＠﹦﹢﹣﹫−])"""


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


def publish_all() -> dict[str, dict[str, Any]]:
    """Publish every dataset of the catalogue; returns the manifests by name."""
    return {name: publish(dataset) for name, dataset in datasets().items()}


def publish(dataset: Dataset) -> dict[str, Any]:
    """Write ``lake/<name>/<name>.<format>`` and its manifest; the folder is swapped in whole.

    Files are the same byte for byte when the rows are the same, and the date of publication is then kept.
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
        files = _write_files(dataset, content, new)
        entry = {
            "name": dataset.name,
            "rows": content.frame.height,
            "licence": content.licence,
            "attribution": content.attribution,
            "files": files,
        }
        if before and {**before, "published_at": None} == {**entry, "published_at": None}:
            return before
        entry["published_at"] = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        (new / "manifest.json").write_text(json.dumps(entry, ensure_ascii=False, indent=1))
        _swap(new, folder / dataset.name)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return entry


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


def _write_files(dataset: Dataset, content: Content, folder: Path) -> dict[str, dict[str, Any]]:
    files = {}
    for format_ in dataset.formats:
        path = folder / f"{dataset.name}.{format_}"
        _WRITERS[format_](dataset, content, path)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        files[format_] = {"bytes": path.stat().st_size, "sha256": digest}
    return files


def _write_csv(dataset: Dataset, content: Content, path: Path) -> None:
    text = (
        pl.col(pl.String).str.replace(_FORMULA_START, "'${0}").str.replace_all(_FORMULA_INSIDE, "${1}'${2}")
    )
    content.frame.with_columns(text).write_csv(path)


def _write_parquet(dataset: Dataset, content: Content, path: Path) -> None:
    metadata = {"licence": content.licence, "attribution": content.attribution}
    content.frame.write_parquet(path, compression="zstd", metadata=metadata)


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return frame.with_columns(pl.col(pl.Date).dt.to_string("iso")).to_dicts()


def _write_json(dataset: Dataset, content: Content, path: Path) -> None:
    head = {"dataset": dataset.name, "licence": content.licence, "attribution": content.attribution}
    _dump({**head, "rows": _rows(content.frame)}, path)


def _write_geojson(dataset: Dataset, content: Content, path: Path) -> None:
    assert dataset.point is not None
    lon, lat = dataset.point
    features = []
    for row in _rows(content.frame):
        x, y = row.pop(lon), row.pop(lat)
        geometry = None if x is None or y is None else {"type": "Point", "coordinates": [x, y]}
        features.append({"type": "Feature", "geometry": geometry, "properties": row})
    head = {"type": "FeatureCollection", "licence": content.licence, "attribution": content.attribution}
    _dump({**head, "features": features}, path)


def _dump(value: dict[str, Any], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(value, file, ensure_ascii=False, separators=(",", ":"))


_WRITERS = {"csv": _write_csv, "parquet": _write_parquet, "json": _write_json, "geojson": _write_geojson}
