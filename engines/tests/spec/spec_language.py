"""A small language for specifications that are read, run and printed: chapters of examples.

An example gives tables, one call and the table expected. Tables are written as they are read:

    place | zone
    A1    | A
    A2    | A

A cell ``-`` is empty; whole numbers, decimals, true and false are what they look like; the rest is text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from terreau_engines.result import Result

# Figures that are names: a département is not a number.
IDENTIFIERS = {
    "id",
    "participant",
    "statement",
    "college",
    "siren",
    "rna",
    "commune",
    "departement",
    "post_code",
}


def table(text: str) -> pl.DataFrame:
    """The table that ``text`` draws."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    names, *cells = rows
    columns = {name: [_cell(row[index]) for row in cells] for index, name in enumerate(names)}
    text_columns = {"unit", "place", "zone", "above"} | IDENTIFIERS
    return pl.DataFrame(
        [
            pl.Series(name, values, dtype=pl.String if name in text_columns else None, strict=False)
            for name, values in columns.items()
        ]
    )


def _cell(text: str) -> str | int | float | bool | None:
    if text == "-":
        return None
    if text in {"true", "false"}:
        return text == "true"
    if re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    if re.fullmatch(r"-?[0-9]+\.[0-9]+", text):
        return float(text)
    return text


@dataclass(frozen=True)
class Example:
    """``given``: tables by argument name. ``options``: other arguments. ``expected``: columns that matter."""

    title: str
    why: str
    engine: Callable[..., Result]
    given: dict[str, str]
    expected: str
    options: dict[str, object] = field(default_factory=dict)

    def run(self) -> Result:
        return self.engine(**{name: table(text) for name, text in self.given.items()}, **self.options)

    def call(self) -> str:
        options = [f"{name}={value!r}" for name, value in self.options.items()]
        return f"{self.engine.__name__}({', '.join([*self.given, *options])})"


@dataclass(frozen=True)
class Chapter:
    title: str
    introduction: str
    examples: tuple[Example, ...]
