"""The files of a dataset in each format: the same bytes for the same rows."""

import hashlib
import json
from pathlib import Path
from typing import Any

import polars as pl

from .catalogue import Content, Dataset

# A spreadsheet runs a cell that starts with one of these signs, after spaces and quotes that it may drop: an
# apostrophe makes it plain text. Signs of full width, small signs and the true minus are taken for the plain ones.
_FORMULA_START = r"""^(?:[\s"'\x{200B}\x{FEFF}]*[=+\-@＝＋－＠﹦﹢﹣﹫−]|[\t\r\n])"""
# A French one cuts lines at semicolons, and other ones at tabs: what follows one of them starts a cell as well.
_FORMULA_INSIDE = r"""([;\t\r\n])([\s"'\x{200B}\x{FEFF}]*[=+\-@＝＋－＠﹦﹢﹣﹫−])"""


def write_files(
    dataset: Dataset, content: Content, folder: Path, formats: tuple[str, ...] = ()
) -> dict[str, dict[str, Any]]:
    """In these formats, those of the dataset by default. Returns format → size and digest."""
    files = {}
    for format_ in formats or dataset.formats:
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
