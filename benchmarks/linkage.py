"""Record linkage: what names and places alone find of the labelled pairs, and how the cost grows.

Weights and thresholds are learnt on four fifths of the organisations and judged on the fifth left out: the pairs of
that fifth with all the other records, and the fifth as a pool of its own (``linkage_settings``). With the labels as
they are, and without the records that the rules of ``linkage_audit`` put aside. What is compared, the rules, the
lexicon, LINK_AT and REVIEW_AT were chosen with all pairs in view: a new list would give a little less.
``python -m benchmarks.linkage_learn`` learns the weights.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import polars as pl

from benchmarks import context
from benchmarks.linkage_audit import counts
from benchmarks.linkage_gold import Gold, load
from benchmarks.linkage_judging import (
    OUT,
    Judged,
    Split,
    bits_under,
    class_of,
    held_out,
    judged,
    learnt_model,
    linked,
    split_by,
    split_by_pool,
    threshold,
)
from benchmarks.linkage_settings import (
    ALONE,
    print_bound,
    print_settings,
    print_worst,
    settings,
    without_lists,
)
from benchmarks.measure import cpu_seconds, print_table
from benchmarks.organisations import communes, organisations
from terreau_engines.linkage import LINK_AT, REVIEW_AT, find_links
from terreau_engines.linkage.model import shipped
from terreau_engines.linkage.names import fold
from terreau_engines.linkage.records import ORGANISATIONS

WANTED = 0.98  # precision asked of links
RECALL_GOAL = 0.75
CURVE = (0.98, 0.95, 0.9, 0.8, 0.7)
SIZES = (10_000, 30_000, 100_000)
FULL_SIZES = (*SIZES, 300_000)
_LABELS = {False: "labels as they are", True: "audited labels"}
OPEN_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def run() -> None:
    if (OPEN_DATA / "organisations" / "linkage_gold.csv").is_file():
        _judge(load(OPEN_DATA))
    else:
        print("\nlinkage: the labelled pairs are not on this machine, only the cost is measured")
    _print_cost()


def _judge(gold: Gold) -> None:
    every = judged(gold)
    reasons = Counter(reason for _a, _b, reason in gold.excluded)
    print(f"left out by rule: {', '.join(f'{count} {reason}' for reason, count in reasons.most_common())}")
    print_table(
        "Put aside by the audit: counted apart, neither right nor wrong",
        ["rule", "records", "pairs labelled same", "labelled different"],
        counts(every.reasons, every.ends, every.same.tolist()),
    )
    folds, pools = split_by(every.folds), split_by_pool(every)
    by_fold, by_pool = held_out(every, folds), held_out(every, pools)
    alone, alone_by_pool = held_out(every, folds, ALONE), held_out(every, pools, ALONE)
    everything, in_pool = np.ones(len(every.ends), bool), every.pools >= 0
    chosen = {}
    is_link = linked(every, by_fold, folds, folds, WANTED)
    for is_audited in (False, True):
        chosen[f"one pool, {_LABELS[is_audited]}"] = _print_rules(
            every, by_fold, is_link, everything, is_audited=is_audited, said="One pool"
        )
    is_link = linked(every, by_pool, pools, pools, WANTED)
    chosen[f"a pool for each fifth, {_LABELS[True]}"] = _print_rules(
        every, by_pool, is_link, in_pool, is_audited=True, said="A pool for each fifth"
    )
    print_settings(every, {"names, places": (alone, alone_by_pool), "and lists": (by_fold, by_pool)}, WANTED)
    print_bound(every, by_fold, WANTED, RECALL_GOAL)
    print_worst(every, by_fold)
    _print_curve(every, {"names and places": alone, "and lists": by_fold}, everything, "one pool")
    _print_curve(
        every, {"names and places": alone_by_pool, "and lists": by_pool}, in_pool, "a pool for each fifth"
    )
    _print_classes(every, by_fold)
    rival = settings(every, is_audited=True)[0]
    print(
        f"goal, {rival.name}, names and places: recall {rival.recall(alone, WANTED):.3f} at precision {WANTED:g}: "
        "any likeness will do there, plain similarity too"
    )
    for said, (precision, recall) in chosen.items():
        reached = "reached" if precision >= WANTED and recall >= RECALL_GOAL else "missed"
        print(
            f"goal, {said}: precision {WANTED:g} with recall {RECALL_GOAL:g}: {reached} "
            f"({precision:.3f} with {recall:.3f})"
        )
    _print_unlisted(every, folds)
    again, model = learnt_model(every, everything)["close"]["weights"], shipped()["close"]["weights"]
    drift = max(abs(again[name][level] - model[name][level]) for name in again for level in again[name])
    print(f"weights learnt again from all pairs differ from those shipped by {drift:.2f} bits at most")


def _print_unlisted(every: Judged, folds: list[Split]) -> None:
    """How sure LINK_AT is when nobody says which lists name the records: the same weights, held out."""
    bits = np.full(len(every.ends), OUT)
    for split in folds:
        pairs = without_lists(every.pairs.filter(pl.Series(split.judged)))
        bits[split.judged] = bits_under(pairs, learnt_model(every, split.learnt))
    use = every.is_scored & (bits >= np.log2(LINK_AT / (1 - LINK_AT)))
    print(
        f"one pool, audited labels, lists not given, LINK_AT {LINK_AT:g}: {int(use.sum())} links, "
        f"precision {every.same[use].mean():.3f}"
    )


def _to_find(every: Judged, *, is_audited: bool) -> list[tuple[int, int]]:
    return [pair for pair in every.wanted if not is_audited or every.is_wanted_scored(pair)]


def _print_rules(
    every: Judged,
    bits: np.ndarray,
    is_link: np.ndarray,
    part: np.ndarray,
    *,
    is_audited: bool,
    said: str,
) -> tuple[float, float]:
    """Prints precision and recall of each rule on the pairs of ``part``; returns those of the first."""
    names = [frozenset(fold(name).split()) for name in every.records["name"]]
    alike = np.array([len(names[a] & names[b]) / max(1, len(names[a] | names[b])) for a, b in every.ends])
    sure, doubtful = np.log2(LINK_AT / (1 - LINK_AT)), np.log2(REVIEW_AT / (1 - REVIEW_AT))
    choices = [
        (f"threshold learnt for precision {WANTED:g}", is_link),
        (f"LINK_AT {LINK_AT:g}", bits >= sure),
        (f"REVIEW_AT {REVIEW_AT:g}, links and review", bits >= doubtful),
        ("every pair read closely", bits > OUT),
        ("every pair that shares a key", np.ones(len(bits), bool)),
        ("plain words, Jaccard 0.8", alike >= 0.8),
        ("plain words, Jaccard 0.5", alike >= 0.5),
    ]
    labels = np.array([{True: 2, False: 1, None: 0}[every.wanted.get(pair)] for pair in every.ends])
    to_find = _to_find(every, is_audited=is_audited)
    totals = Counter(every.wanted[pair] for pair in to_find)
    rows: list[Any] = []
    for name, kept in choices:
        use = kept & part & (every.is_scored if is_audited else True)
        placed, unplaced = int((labels[use] == 2).sum()), int((labels[use] == 1).sum())
        rows.append(
            [
                name,
                int(use.sum()),
                float(every.same[use].mean()) if use.any() else 1.0,
                (placed + unplaced) / max(1, len(to_find)),
                placed / max(1, totals[True]),
                unplaced / max(1, totals[False]),
            ]
        )
    print_table(
        f"{said}, {_LABELS[is_audited]}: {len(to_find):,} pairs to find "
        f"({totals[True]:,} with both places), SIREN hidden",
        ["rule", "pairs kept", "precision", "recall", "with places", "without"],
        rows,
    )
    return rows[0][2], rows[0][3]


def _print_curve(every: Judged, rules: dict[str, np.ndarray], part: np.ndarray, said: str) -> None:
    everything = np.ones(len(part), bool)
    placed = np.array([every.placed(pair) for pair in every.ends])
    rows = []
    for rule, bits in rules.items():
        for is_audited, where, only in (
            (False, "", everything),
            (True, "", everything),
            (True, ", both placed", placed),
            (True, ", one or none placed", ~placed),
        ):
            use = part & only & (every.is_scored if is_audited else True)
            to_find = set(_to_find(every, is_audited=is_audited))
            if where:
                to_find = {pair for pair in to_find if every.placed(pair) == ("both" in where)}
            rows.append([f"{rule}, {_LABELS[is_audited]}{where}", len(to_find)])
            for wanted in CURVE:
                kept = use & (bits >= threshold(bits[use], every.same[use], wanted)) & (bits > OUT)
                found = {every.ends[at] for at in np.flatnonzero(kept)} & to_find
                rows[-1].append(len(found) / max(1, len(to_find)))
    print_table(
        f"Recall at a precision, {said}: the best point of each curve",
        ["measured on", "to find", *(f"at {wanted:g}" for wanted in CURVE)],
        rows,
    )


def _print_classes(every: Judged, bits: np.ndarray) -> None:
    """Where recall is lost, by how much the two names say the same."""
    names = every.records["name"].to_list()
    bits_of_pair = dict(zip(every.ends, bits.tolist(), strict=True))
    scored = every.is_scored
    bounds = [threshold(bits[scored], every.same[scored], wanted) for wanted in CURVE]
    by_class: dict[str, list[float | None]] = {}
    for a, b in _to_find(every, is_audited=True):
        by_class.setdefault(class_of(names[a], names[b]), []).append(bits_of_pair.get((a, b)))
    rows = [
        [
            said,
            len(found),
            sum(each is not None for each in found) / len(found),
            *(
                sum(each is not None and each >= max(bound, OUT + 1) for each in found) / len(found)
                for bound in bounds
            ),
        ]
        for said, found in sorted(by_class.items(), key=lambda item: -len(item[1]))
    ]
    print_table(
        "Recall by class of pair, audited labels, cross-validation",
        ["names", "to find", "share a key", *(f"at {wanted:g}" for wanted in CURVE)],
        rows,
    )


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
