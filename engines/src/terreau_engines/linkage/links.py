"""Links between records of organisations, and the doubtful pairs that a person must judge."""

import json
import re
from typing import Any

import polars as pl

from terreau_engines.frames import FrameError
from terreau_engines.linkage.blocking import with_keys
from terreau_engines.linkage.lists import LISTS
from terreau_engines.linkage.model import bits_of, score, shipped
from terreau_engines.linkage.reading import CLOSE, read_closely
from terreau_engines.linkage.records import ORGANISATIONS, prepare
from terreau_engines.result import Result, Step, digest_of

# Measured on labelled pairs, SIREN hidden, weights learnt on other organisations: see ``benchmarks/linkage.py`` and the
# manual. Links are right 98 times in 100 at least, audited labels, lists given or not; for review, more pairs are right
# than wrong.
LINK_AT = 0.985
REVIEW_AT = 0.1
SCREEN_AT = 1 / (1 + 2**7)  # pairs that Splink's levels find less probable are not read closer
_SIREN = re.compile(r"[0-9]{9}")
_SCHEMA = {
    "a": pl.String(),
    "b": pl.String(),
    "probability": pl.Float64(),
    "decision": pl.String(),
    "explanation": pl.String(),
}


def find_links(
    organisations: pl.DataFrame,
    lists: pl.DataFrame | None = None,
    *,
    link_at: float,
    review_at: float,
    seed: int = 0,
) -> Result:
    """Pairs ``a < b`` of one organisation: ``a, b, probability, decision, explanation``, sorted.

    ``organisations``: see ``records.ORGANISATIONS``. Two records with the same SIREN, or the same RNA number, are
    linked with probability 1; two with different SIREN never, nor two with different RNA numbers. The others are
    compared by name within a place: how many others have the same words counts, so give all the records of a place
    rather than a few of them.
    ``lists``: see ``lists.LISTS``; which lists name each record. Two records of a list that names each organisation
    once are seldom one organisation.
    ``decision`` is "link" from the probability ``link_at`` on, "review" from ``review_at`` on; less is left out.
    ``explanation``: JSON, a list of ``{comparison, level, weight}``, weights in bits; null for an identifier.
    ``seed`` is kept in the result; nothing is drawn at random. ``FrameError`` when a column or a bound is wrong.
    """
    if not 0 < review_at <= link_at <= 1:
        raise FrameError(f"bounds: 0 < review_at <= link_at <= 1, found {review_at} and {link_at}")
    table = ORGANISATIONS.check(organisations)
    listed = LISTS.empty() if lists is None else LISTS.check(lists)
    _refuse_bad_siren(table["siren"])
    known = _by_identifier(table)
    records = prepare(table)
    model = shipped()
    probable = _named(_compared(records, listed, model, review_at), records, model["close"]["weights"])
    probable = probable.join(known, on=["a", "b"], how="anti")
    decision = pl.when(pl.col("probability") >= link_at).then(pl.lit("link")).otherwise(pl.lit("review"))
    value = pl.concat([known, probable.with_columns(decision=decision).select(known.columns)]).sort("a", "b")
    decided = value.join(known, on=["a", "b"], how="anti")["decision"]
    return Result(
        engine="linkage.find_links",
        formula="same SIREN or same RNA number: 1; two different SIREN, or two different RNA numbers: 0; otherwise "
        "2^bits / (1 + 2^bits), bits being the sum of the weights of what is compared in the two names and places",
        value=value,
        trace=(
            Step("records", table.height, "records read"),
            Step("identified", known.height, "pairs linked by identifier"),
            Step("probable", int((decided == "link").sum()), "pairs linked by name within a place"),
            Step("doubtful", int((decided == "review").sum()), "pairs sent to review"),
        ),
        parameters={"link_at": link_at, "review_at": review_at},
        input_digest=digest_of(organisations=table, lists=listed),
        seed=seed,
    )


def _refuse_bad_siren(siren: pl.Series) -> None:
    for row, cell in enumerate(siren, 1):
        if cell is not None and not _SIREN.fullmatch(cell):
            raise FrameError(f"organisations.siren: {cell!r} in row {row} is not nine figures")


def _by_identifier(table: pl.DataFrame) -> pl.DataFrame:
    """Each record of a SIREN with each other; of an RNA number too, unless two SIREN contradict it."""
    found = []
    for column, said in (("siren", "same SIREN"), ("rna", "same RNA")):
        keyed = table.filter(pl.col(column).is_not_null()).select("id", "siren", key=column)
        pairs = keyed.join(keyed, on="key").filter(pl.col("id") < pl.col("id_right"))
        if column == "rna":
            pairs = pairs.filter((pl.col("siren") == pl.col("siren_right")).fill_null(True))
        explanation = json.dumps([{"comparison": "identifier", "level": said, "weight": None}])
        found.append(
            pairs.select(
                a="id",
                b="id_right",
                probability=pl.lit(1.0),
                decision=pl.lit("link"),
                explanation=pl.lit(explanation),
            )
        )
    return pl.concat(found).unique(["a", "b"], keep="first", maintain_order=True).cast(pl.Schema(_SCHEMA))


def _compared(
    records: pl.DataFrame, lists: pl.DataFrame, model: dict[str, Any], review_at: float
) -> pl.DataFrame:
    """The pairs of a probability of ``review_at`` or more, with their bits and levels."""
    screen, close = model["screen"], model["close"]
    kept = score(with_keys(records), screen["weights"], screen["prior"], SCREEN_AT)
    read = read_closely(kept, records, lists=lists)
    bits = bits_of(read, CLOSE, close["weights"], close["prior"])
    return read.with_columns(bits).filter(1 / (1 + 2.0 ** -pl.col("bits")) >= review_at)


def _named(scored: pl.DataFrame, records: pl.DataFrame, weights: dict[str, Any]) -> pl.DataFrame:
    """The scored pairs with their identifiers, probability and explanation; contradicted ones dropped."""
    names = records.select("row", "id", "siren", "rna").with_columns(pl.col("row").cast(pl.Int64))
    pairs = scored.with_columns(pl.col("row_l", "row_r").cast(pl.Int64))
    for side in "lr":
        pairs = pairs.join(
            names.rename({name: f"{name}_{side}" for name in names.columns}), on=f"row_{side}", how="left"
        )
    for number in ("siren", "rna"):
        pairs = pairs.filter((pl.col(f"{number}_l") == pl.col(f"{number}_r")).fill_null(True))
    levels = pairs.select(comparison.name for comparison in CLOSE)
    explanation = pl.Series(
        "explanation", [_explain(row, weights) for row in levels.iter_rows()], dtype=pl.String
    )
    return pairs.select(
        a=pl.min_horizontal("id_l", "id_r"),
        b=pl.max_horizontal("id_l", "id_r"),
        probability=(1 / (1 + 2.0 ** -pl.col("bits"))).round(6),
    ).with_columns(explanation)


def _explain(levels: tuple[int, ...], weights: dict[str, Any]) -> str:
    said = []
    for comparison, level in zip(CLOSE, levels, strict=True):
        words = comparison.levels[level][0]
        weight = round(weights[comparison.name][words], 1)
        said.append({"comparison": comparison.name, "level": words, "weight": weight})
    return json.dumps(said, ensure_ascii=False)
