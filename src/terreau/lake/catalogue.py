"""The catalogue of datasets: what is published, with its columns, its licence and its files.

Each open room declares its datasets in ``terreau/<room>/datasets.py`` as a tuple ``DATASETS``. Pages, the API
and downloads read this one catalogue, and files are written by one function, :func:`publish`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import polars as pl

from terreau.loop import open_packages

TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "string": pl.String,
    "integer": pl.Int64,
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "date": pl.Date,
}


@dataclass(frozen=True)
class Column:
    """One published column. ``type``: a key of TYPES; ``title`` says in French what it holds, with its unit."""

    name: str
    type: str
    title: str


@dataclass(frozen=True)
class Content:
    """What a dataset holds now: the rows, the licence code they may carry together, and the sources to cite."""

    frame: pl.DataFrame
    licence: str
    attribution: str


@dataclass(frozen=True)
class Dataset:
    """A published table. ``read`` returns rows sorted by ``key``; ``point`` names its longitude and latitude.

    ``hide``: takes out of rows published before what may not be shown now.
    """

    name: str
    title: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    read: Callable[[], Content]
    point: tuple[str, str] | None = None
    hide: Callable[[pl.DataFrame], pl.DataFrame] | None = None

    @property
    def formats(self) -> tuple[str, ...]:
        return ("csv", "parquet", "json", *(("geojson",) if self.point else ()))


def datasets_of(package: str) -> tuple[Dataset, ...]:
    """Those that an open room, or the spine, declares."""
    module = f"terreau.{package}.datasets"
    return tuple(import_module(module).DATASETS) if find_spec(module) else ()


@cache
def datasets() -> dict[str, Dataset]:
    """Every declared dataset, by name, in the order of the loop."""
    found: dict[str, Dataset] = {}
    for package in open_packages():
        for dataset in datasets_of(package):
            if dataset.name in found:
                raise ValueError(f"two datasets are named {dataset.name}")
            found[dataset.name] = dataset
    return found
