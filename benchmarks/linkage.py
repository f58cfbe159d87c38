"""Record linkage: what names and places alone find of the labelled pairs, and how the cost grows.

Weights and thresholds are learnt on four fifths of the organisations and judged on the fifth left out. The lexicon of
abbreviations was written with all pairs in view: the figures are a little better than a new list would give.
"""

import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import polars as pl

from benchmarks import context
from benchmarks.linkage_gold import Gold, load
from benchmarks.measure import cpu_seconds, print_table
from benchmarks.organisations import communes, organisations
from terreau_engines.linkage import LINK_AT, REVIEW_AT, find_links
from terreau_engines.linkage.blocking import with_keys
from terreau_engines.linkage.model import bits_of, score, shipped
from terreau_engines.linkage.names import fold
from terreau_engines.linkage.records import ORGANISATIONS, prepare
from terreau_engines.linkage.training import learn

FOLDS = 5
WANTED = 0.98  # precision asked of links
RECALL_GOAL = 0.75
SIZES = (10_000, 30_000, 100_000)
FULL_SIZES = (*SIZES, 300_000)
_OPEN_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def run() -> None:
    if (_OPEN_DATA / "organisations" / "linkage_gold.csv").is_file():
        _judge(load(_OPEN_DATA))
    else:
        print("\nlinkage: the labelled pairs are not on this machine, only the cost is measured")
    _print_cost()


def _judge(gold: Gold) -> None:
    records = with_keys(prepare(gold.records))
    pairs = score(records, {}, -10.0)
    siren = [gold.siren[one] for one in records["id"]]
    ends = list(pairs.select("row_l", "row_r").iter_rows())
    same = np.array([siren[a] == siren[b] for a, b in ends])
    bits, is_link = _held_out(pairs, same, [_fold_of(siren[a], siren[b]) for a, b in ends])
    names = [frozenset(fold(name).split()) for name in records["name"]]
    alike = np.array([len(names[a] & names[b]) / max(1, len(names[a] | names[b])) for a, b in ends])
    row_of = dict(zip(records["id"], records["row"], strict=True))
    wanted = {tuple(sorted((row_of[a], row_of[b]))): placed for a, b, placed in gold.pairs}
    label = np.array([{True: 2, False: 1, None: 0}[wanted.get(tuple(sorted(pair)))] for pair in ends])
    sure, doubtful = np.log2(LINK_AT / (1 - LINK_AT)), np.log2(REVIEW_AT / (1 - REVIEW_AT))
    choices = [
        (f"threshold learnt for precision {WANTED:g}", is_link),
        (f"LINK_AT {LINK_AT:g}", bits >= sure),
        (f"REVIEW_AT {REVIEW_AT:g}, links and review", bits >= doubtful),
        ("every pair compared", np.ones(len(ends), bool)),
        ("plain words, Jaccard 0.8", alike >= 0.8),
        ("plain words, Jaccard 0.5", alike >= 0.5),
    ]
    totals = Counter(wanted.values())
    rows = [
        [
            name,
            int(kept.sum()),
            float(same[kept].mean()) if kept.any() else 1.0,
            float((label[kept] > 0).sum() / len(wanted)),
            float((label[kept] == 2).sum() / max(1, totals[True])),
            float((label[kept] == 1).sum() / max(1, totals[False])),
        ]
        for name, kept in choices
    ]
    title = f"Labelled pairs: {len(wanted):,} to find ({totals[True]:,} with both places), SIREN hidden"
    print_table(title, ["rule", "pairs kept", "precision", "recall", "with places", "without"], rows)
    reasons = Counter(reason for _a, _b, reason in gold.excluded)
    print(f"left out by rule: {', '.join(f'{count} {reason}' for reason, count in reasons.most_common())}")
    _name, _kept, precision, recall, *_others = rows[0]
    reached = "reached" if precision >= WANTED and recall >= RECALL_GOAL else "missed"
    print(f"goal: precision {WANTED:g} with recall {RECALL_GOAL:g}: {reached}")
    weights, _prior = learn(pairs, same)
    model = shipped()["weights"]
    drift = max(abs(weights[name][level] - model[name][level]) for name in weights for level in weights[name])
    print(f"weights learnt again from all pairs differ from those shipped by {drift:.2f} bits at most")


def _held_out(pairs: pl.DataFrame, same: np.ndarray, folds: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Bits of each pair under weights learnt without its fold, and whether a threshold learnt so links it."""
    fold_of = np.array(folds)
    bits, is_link = np.zeros(len(folds)), np.zeros(len(folds), bool)
    for one in range(FOLDS):
        learnt, judged = fold_of != one, fold_of == one
        weights, prior = learn(pairs.filter(pl.Series(learnt)), same[learnt])
        bits[judged] = bits_of(pairs.filter(pl.Series(judged)), weights, prior).to_numpy()
        known = bits_of(pairs.filter(pl.Series(learnt)), weights, prior).to_numpy()
        is_link[judged] = bits[judged] >= _threshold(known, same[learnt])
    return bits, is_link


def _threshold(bits: np.ndarray, same: np.ndarray) -> float:
    """The least bits from which on the pairs are right as often as WANTED; infinite when none are."""
    order = np.argsort(-bits, kind="stable")
    right = np.cumsum(same[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(right >= WANTED)
    return float(bits[order[good[-1]]]) if len(good) else float("inf")


def _fold_of(one: str, other: str) -> int:
    """The spellings of one organisation are all in one fold; it may be in wrong pairs of another."""
    return zlib.crc32("".join(sorted({one, other})).encode()) % FOLDS


def _generated(number: int) -> Iterator[tuple[str, str, str]]:
    """Identifier, name and département: names as associations have them, many alike."""
    random = Random(24)
    departements = sorted({code[:2] for code in communes()["code"]})
    for position, row in enumerate(organisations(number)):
        yield f"r{position:06}", str(row[3]), random.choice(departements)


def _print_cost() -> None:
    rows = []
    empty = {name: pl.lit(None, pl.String) for name in ("acronym", "siren", "rna", "commune", "post_code")}
    for size in FULL_SIZES if context.full else SIZES:
        table = pl.DataFrame(list(_generated(size)), schema=["id", "name", "departement"], orient="row")
        given = table.with_columns(**empty, lon=pl.lit(None, pl.Float64), lat=pl.lit(None, pl.Float64))
        given = given.select(column.name for column in ORGANISATIONS.columns)
        seconds, found = cpu_seconds(lambda: find_links(given, link_at=LINK_AT, review_at=REVIEW_AT))  # noqa: B023
        rows.append([f"{size:,} records", found.value.height, seconds, seconds / size * 1e6])
    print_table(
        "Linkage by names within a département", ["records", "pairs", "CPU s", "CPU µs a record"], rows
    )
