"""The files of datasets that were published on a date."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from terreau.lake.catalogue import TYPES, Dataset, datasets
from terreau.lake.versions import PublishedVersion, parquet_of, version_as_of, versions_of


@dataclass(frozen=True)
class Used:
    """A dataset and the version of it that was published then; None before the first one."""

    dataset: Dataset
    version: PublishedVersion | None

    @property
    def is_readable(self) -> bool:
        return self.version is not None and "parquet" in self.version.entry["files"]

    def rows(self, *wanted: pl.Expr, only: tuple[str, ...] = ()) -> pl.DataFrame:
        """Those that meet every condition. A column that was not published then is empty. ``only``: read no other."""
        schema = {column.name: TYPES[column.type] for column in self.dataset.columns}
        if self.version is None or not self.is_readable:
            return pl.DataFrame(schema=schema).select(only or list(schema))
        scan = pl.scan_parquet(parquet_of(self.dataset.name, self.version), glob=False)
        there = set(scan.collect_schema().names())
        missing = [pl.lit(None, type_).alias(name) for name, type_ in schema.items() if name not in there]
        return scan.with_columns(missing).filter(*wanted).select(only or list(schema)).collect()

    @property
    def digest(self) -> str:
        """Of its rows as they may be shown now: one that was redacted has another."""
        return self.version.entry["files"]["parquet"]["sha256"] if self.version and self.is_readable else ""


def used_then(names: Iterable[str], moment: dt.datetime) -> dict[str, Used]:
    """Each dataset with what was published of it at ``moment``."""
    return {name: Used(datasets()[name], version_as_of(versions_of(name), moment)) for name in names}
