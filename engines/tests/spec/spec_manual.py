"""Prints the manual of methods from the examples: ``python engines/tests/spec/spec_manual.py`` writes it."""

from pathlib import Path

import spec_indicators
import spec_linkage
import spec_opinion
from spec_language import Chapter, Example

CHAPTERS = (*spec_indicators.CHAPTERS, *spec_linkage.CHAPTERS, *spec_opinion.CHAPTERS)

MANUAL = Path(__file__).resolve().parents[3] / "docs" / "reference" / "methods.md"

_PREFACE = """# How figures are computed

This manual is printed from the examples of `engines/tests/spec`, which are tests: what it says is what the
program does. To change it, change an example and run `python engines/tests/spec/spec_manual.py`.

A *place* is a commune, or the finest territory that a source gives. A *zone* is what a figure is published
for. *Covered* places are those where data are collected. An empty cell (`-`) means *not measured*, never 0.
"""


def manual() -> str:
    return "\n".join([_PREFACE, *(_chapter(number, chapter) for number, chapter in enumerate(CHAPTERS, 1))])


def _chapter(number: int, chapter: Chapter) -> str:
    formulas = {example.engine.__name__: example.run().formula for example in chapter.examples}
    rules = "\n".join(f"- `{name}`: {formula}." for name, formula in formulas.items())
    examples = "\n".join(_example(example) for example in chapter.examples)
    return f"## {number}. {chapter.title}\n\n{chapter.introduction}\n\n{rules}\n\n{examples}"


def _example(example: Example) -> str:
    given = "\n\n".join(f"`{name}`\n\n{_drawn(text)}" for name, text in example.given.items())
    parts = [
        f"### {example.title}\n",
        example.why and f"{example.why}\n",
        given,
        f"\n`{example.call()}` gives\n",
    ]
    return "\n".join(part for part in [*parts, _drawn(example.expected), ""] if part or part == "")


def _drawn(text: str) -> str:
    """The table as Markdown, columns aligned."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    widths = [max(3, *(len(cell) for cell in column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


if __name__ == "__main__":
    MANUAL.parent.mkdir(parents=True, exist_ok=True)
    MANUAL.write_text(manual(), encoding="utf-8")
