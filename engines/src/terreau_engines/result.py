"""What every engine returns: the figures, and all that is needed to check or contest them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import polars as pl

from terreau_engines import __version__


@dataclass(frozen=True)
class Step:
    """One line of a trace: ``figure`` counts what ``meaning`` says, in words."""

    name: str
    figure: int
    meaning: str


@dataclass(frozen=True)
class Result:
    """``value``: the table of figures, sorted. ``formula``: how, in words. ``trace``: what the rows became.

    ``seed`` is empty when nothing is drawn at random. ``input_digest`` depends on the content of the input
    tables, not on the order of their rows: the same digest, engine, version, parameters and seed give the
    same value on every machine.
    """

    engine: str
    formula: str
    value: pl.DataFrame
    trace: tuple[Step, ...]
    parameters: Mapping[str, Any]
    input_digest: str
    seed: int | None = None
    version: str = __version__

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))

    def figure(self, name: str) -> int:
        """The figure of the step ``name``; ``KeyError`` when the trace has no such step."""
        return {step.name: step.figure for step in self.trace}[name]

    def explain(self) -> str:
        """Formula, parameters and trace as text for a reader."""
        settings = ", ".join(f"{name} = {value}" for name, value in self.parameters.items()) or "none"
        width = max((len(str(step.figure)) for step in self.trace), default=0)
        lines = [
            f"{self.engine} {self.version}",
            f"formula     {self.formula}",
            f"parameters  {settings}",
            f"seed        {'none: nothing is drawn at random' if self.seed is None else self.seed}",
            f"inputs      {self.input_digest}",
            "trace",
            *(f"  {step.figure:>{width}}  {step.meaning}" for step in self.trace),
        ]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return {
            "engine": self.engine,
            "version": self.version,
            "formula": self.formula,
            "parameters": dict(self.parameters),
            "seed": self.seed,
            "input_digest": self.input_digest,
            "trace": [vars(step) for step in self.trace],
            "value": self.value.to_dicts(),
        }


def digest_of(**tables: pl.DataFrame) -> str:
    """SHA-256 over the named tables, whatever the order of their rows."""
    digest = hashlib.sha256()
    for name, table in sorted(tables.items()):
        content = table.sort(table.columns, nulls_last=True).write_csv(
            null_value="", quote_style="non_numeric"
        )
        digest.update(f"{name}\n{content}\n".encode())
    return digest.hexdigest()
