"""The Splink model: what is compared in SQL, in which levels, and how many bits each level weighs.

It screens every pair that shares a key; ``reading`` then looks closer at those it keeps. A level's weight is learnt
(``weights.json``, "screen"); Splink wants it as two probabilities whose ratio it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:  # Splink takes as long to load as all of the rest: only who scores waits for it
    from splink import SettingsCreator

Weights = Mapping[str, Mapping[str, float]]
# Functions of two records' columns; hundredths of a bit, see ``records.WEIGHT_BITS``.
_FUNCTIONS = """
CREATE MACRO shared_rarity(a, b) AS coalesce(list_sum(list_transform(list_intersect(a, b), lambda x: x & 4095)), 0);
CREATE MACRO part_of_all(a, b, ta, tb) AS shared_rarity(a, b) / greatest(ta + tb - shared_rarity(a, b), 1);
CREATE MACRO part_of_shorter(a, b, ta, tb) AS shared_rarity(a, b) / greatest(least(ta, tb), 1);
CREATE MACRO alike(a, b) AS 2.0 * len(list_intersect(a, b)) / greatest(len(a) + len(b), 1);
CREATE MACRO longest(a) AS coalesce(list_max(list_transform(a, lambda x: len(x))), 0);
CREATE MACRO crossed(a, ib, b, ia) AS
    greatest(longest(list_intersect(a, ib)), longest(list_intersect(b, ia)));
"""
_RARITY = "shared_rarity(packed_l, packed_r)"
_ALL = "part_of_all(packed_l, packed_r, total_l, total_r)"
_SHORTER = "part_of_shorter(packed_l, packed_r, total_l, total_r)"
_ALIKE = "alike(letters_l, letters_r)"
_WRITTEN = "crossed(acronyms_l, initials_r, acronyms_r, initials_l)"
_SHORT = "crossed(short_l, initials_r, short_r, initials_l)"


@dataclass(frozen=True)
class Comparison:
    """``levels``: (words for a reader, SQL condition), the first that holds counts; the last has no condition.

    Conditions are empty when the level is read in Python. ``silent``: the level that says nothing, and so weighs 0;
    where there is none, that is the level which most pairs have.
    """

    name: str
    levels: tuple[tuple[str, str], ...]
    silent: str = ""


def _steps(
    expression: str, steps: tuple[tuple[str, float], ...], otherwise: str
) -> tuple[tuple[str, str], ...]:
    return (*((words, f"{expression} >= {least}") for words, least in steps), (otherwise, "ELSE"))


def _grid(expression: str, parts: tuple[float, ...]) -> tuple[tuple[str, str], ...]:
    """Share of the words and their rarity together: one rare word says much when it is the whole name only."""
    levels = []
    for part in parts:
        said = "every word" if part > 0.99 else f"{part:.0%} of the words"
        for bits in (30, 22, 16, 12, 9, 6, 0):
            condition = f"{expression} >= {part} AND {_RARITY} >= {100 * bits}"
            levels.append((f"{said}, rarity {bits} bits or more", condition))
    return (*levels, ("less", "ELSE"))


COMPARISONS = (
    Comparison("shared words", _grid(_ALL, (0.999, 0.8, 0.65, 0.5, 0.35, 0.2))),
    Comparison("words of the shorter name", _grid(_SHORTER, (0.999, 0.75, 0.5))),
    Comparison(
        "letters in the same order",
        _steps(
            _ALIKE,
            (("all", 0.999), *((f"{part} %", part / 100) for part in (93, 87, 80, 70, 60, 50, 40, 30, 20))),
            "less than 20 %",
        ),
    ),
    Comparison(
        "acronym",
        (
            ("5 letters or more are the initials", f"{_WRITTEN} >= 5"),
            ("4 letters are the initials", f"{_WRITTEN} >= 4"),
            ("3 letters are the initials", f"{_WRITTEN} >= 3"),
            ("2 letters are the initials", f"{_WRITTEN} >= 2"),
            ("a word of 4 letters or more is the initials", f"{_SHORT} >= 4"),
            ("a word of 3 letters is the initials", f"{_SHORT} >= 3"),
            ("none", "ELSE"),
        ),
    ),
    Comparison(
        "numbers",
        (
            ("same", "len(list_intersect(numbers_l, numbers_r)) > 0"),
            ("different", "len(numbers_l) > 0 AND len(numbers_r) > 0"),
            ("one or none", "ELSE"),
        ),
    ),
    Comparison(
        "place",
        (
            ("same commune", "commune_l = commune_r"),
            ("another commune", "commune_l <> commune_r"),
            ("same département", "departement_l = departement_r"),
            ("both unknown", "departement_l IS NULL AND departement_r IS NULL"),
            ("one unknown", "ELSE"),
        ),
    ),
)


def shipped() -> dict[str, Any]:
    """The learnt weights with their provenance."""
    text = files("terreau_engines.linkage").joinpath("weights.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def score(records: pl.DataFrame, weights: Weights, prior: float, least: float = 0.0) -> pl.DataFrame:
    """Pairs that share a key: ``row_l, row_r, bits``, and by name the level of each comparison, the first is 0.

    ``prior``: bits before anything is compared. ``least``: pairs less probable are left out.
    """
    import duckdb
    from splink import DuckDBAPI, Linker

    with duckdb.connect(":memory:") as connection:
        connection.execute("SET threads = 2; SET enable_progress_bar = false")
        connection.execute(_FUNCTIONS)
        api = DuckDBAPI(connection=connection)
        linker = Linker(api.register(_columns(records).to_arrow()), _settings(weights, prior), log_level=40)
        found = linker.inference.predict(threshold_match_probability=least or None, warning_mode="never")
        levels = ", ".join(
            f'{len(comparison.levels) - 1} - gamma_c{number} AS "{comparison.name}"'
            for number, comparison in enumerate(COMPARISONS)
        )
        query = f"SELECT row_l, row_r, match_weight AS bits, {levels} FROM {found.physical_name}"  # noqa: S608
        table = pl.DataFrame(connection.sql(query).to_arrow_table())
    return table.sort("row_l", "row_r")


def bits_of(
    table: pl.DataFrame, comparisons: Iterable[Comparison], weights: Weights, prior: float
) -> pl.Series:
    """The weight of each pair: ``prior`` and the weights of its levels, in bits."""
    total = pl.lit(prior)
    for comparison in comparisons:
        known = weights.get(comparison.name, {})
        bits = {level: known.get(words, 0.0) for level, (words, _) in enumerate(comparison.levels)}
        total = total + pl.col(comparison.name).replace_strict(bits, return_dtype=pl.Float64)
    return table.select(bits=total)["bits"]


def _columns(records: pl.DataFrame) -> pl.DataFrame:
    return records.select(
        "row", "packed", "total", "letters", "acronyms", "short", "initials", "numbers",
        "commune", "departement", "near", "far",
    )  # fmt: skip


def _settings(weights: Weights, prior: float) -> SettingsCreator:
    from splink import SettingsCreator, block_on
    from splink.blocking_rule_library import CustomRule

    odds = 2.0**prior
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="row",
        probability_two_random_records_match=odds / (1 + odds),
        blocking_rules_to_generate_predictions=[
            block_on("near", arrays_to_explode=["near"]),
            CustomRule(
                "l.far = r.far AND (l.departement IS NULL OR r.departement IS NULL)",
                arrays_to_explode=["far"],
            ),
        ],
        comparisons=[
            _comparison(number, comparison, weights.get(comparison.name, {}))
            for number, comparison in enumerate(COMPARISONS)
        ],
        retain_matching_columns=True,
        retain_intermediate_calculation_columns=False,
    )


def _comparison(number: int, comparison: Comparison, weights: Mapping[str, float]) -> dict[str, Any]:
    levels = []
    for words, condition in comparison.levels:
        odds = 2.0 ** weights.get(words, 0.0)
        levels.append(
            {
                "sql_condition": condition,
                "label_for_charts": words,
                "m_probability": odds / (1 + odds),
                "u_probability": 1 / (1 + odds),
            }
        )
    return {"output_column_name": f"c{number}", "comparison_levels": levels}
