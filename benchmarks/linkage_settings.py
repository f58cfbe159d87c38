"""The same labelled pairs among more and more rivals; what bounds recall; the false links, read one by one.

The goal says: the gold pairs, mixed with as many records of other organisations of the same département. Three ways to
do it: each pair against one rival; each fifth of the organisations, with its share of the others, as a pool that the
model has never seen; all of them in one pool. The more records, the more of them look alike.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import polars as pl

from benchmarks.linkage_judging import OUT, Judged, threshold
from benchmarks.measure import print_table
from terreau_engines.linkage.reading import CLOSE

SIMILARITY = "letters, common words aside"
ALONE = tuple(comparison for comparison in CLOSE if comparison.name != "lists")
READ = Path(__file__).with_name(
    "linkage_read.csv"
)  # the verdict of a reader on two SIREN: one, two or unknown
WORST = 30


@dataclass(frozen=True)
class Setting:
    """Pairs by row of ``Judged.pairs`` (-1: shares no key), whether each is one SIREN, and how many are to find."""

    name: str
    at: np.ndarray
    same: np.ndarray
    is_to_find: np.ndarray
    to_find: int

    def scores(self, values: np.ndarray) -> np.ndarray:
        return np.where(self.at >= 0, values[self.at], OUT)

    def recall(self, values: np.ndarray, precision: float) -> float:
        """The most that is found at this precision."""
        scores = self.scores(values)
        compared = scores > OUT
        kept = compared & (scores >= threshold(scores[compared], self.same[compared], precision))
        return float((kept & self.is_to_find).sum() / max(1, self.to_find))


def settings(every: Judged, *, is_audited: bool) -> list[Setting]:
    to_find = [pair for pair in every.wanted if not is_audited or every.is_wanted_scored(pair)]
    wanted, row_of = set(to_find), {pair: row for row, pair in enumerate(every.ends)}
    usable = every.is_scored if is_audited else np.ones(len(every.ends), bool)
    found = np.array([pair in wanted for pair in every.ends])
    rivals = _rivals(every, to_find, is_audited=is_audited)
    at = np.array([row_of.get(pair, -1) for pair in [*to_find, *rivals]])
    is_gold = np.arange(len(at)) < len(to_find)
    return [
        Setting("each pair and one rival", at, is_gold, is_gold, len(to_find)),
        *(
            Setting(name, np.flatnonzero(use), every.same[use], found[use], len(to_find))
            for name, use in (
                ("a pool for each fifth", usable & (every.pools >= 0)),
                ("one pool of all", usable),
            )
        ),
    ]


def _rivals(every: Judged, to_find: list[tuple[int, int]], *, is_audited: bool) -> list[tuple[int, int]]:
    """For each pair another record of the département of its first, of another SIREN."""
    departements = every.records["departement"].to_list()
    rows: dict[str | None, list[int]] = {}
    for row, departement in enumerate(departements):
        if not (is_audited and every.reasons[row]):
            rows.setdefault(departement, []).append(row)
    random, found = Random(24), []
    for first, _second in to_find:
        free = [row for row in rows[departements[first]] if every.siren[row] != every.siren[first]]
        if free:
            rival = random.choice(free)
            found.append((min(first, rival), max(first, rival)))
    return found


def print_settings(every: Judged, rules: dict[str, tuple[np.ndarray, np.ndarray]], wanted: float) -> None:
    """``rules``: by name the bits held out by fold of pairs, and those held out by pool."""
    steps = (0.8, 0.7)
    level = every.pairs[SIMILARITY].to_numpy()
    said = [words for words, _ in next(one for one in CLOSE if one.name == SIMILARITY).levels]
    plain = -level.astype(float)
    for is_audited in (True, False):
        rows: list[list[object]] = []
        for setting in settings(every, is_audited=is_audited):
            by_pool = "fifth" in setting.name
            compared = setting.at >= 0
            rows.append([setting.name, int((compared & ~setting.same).sum())])
            rows[-1] += [setting.recall(bits[by_pool], wanted) for bits in rules.values()]
            rows[-1].append(setting.recall(plain, wanted))
            for step in steps:
                kept = setting.scores(plain) >= -said.index(f"{step:.0%}")
                found = (kept & setting.is_to_find).sum() / setting.to_find
                rows[-1].append(f"{setting.same[kept].mean():.3f}, {found:.3f}")
        print_table(
            f"Recall at precision {wanted:g} by setting, {'audited labels' if is_audited else 'labels as they are'}",
            [
                "setting", "different pairs that share a key", *rules, "plain similarity",
                *(f"similarity {step:g}: precision, recall" for step in steps),
            ],
            rows,
        )  # fmt: skip


def print_bound(every: Judged, bits: np.ndarray, precision: float, recall: float) -> None:
    """How many false links the goal allows, and how many labelled pairs score no more than the next false pair."""
    rows = []
    for setting in settings(every, is_audited=True)[1:]:
        scores = setting.scores(bits)
        allowed = int(recall * setting.to_find * (1 - precision) / precision)
        false = np.sort(scores[~setting.same & (scores > OUT)])[::-1]
        bound = false[allowed] if len(false) > allowed else OUT
        gold = scores[setting.is_to_find]
        over, read = int((gold > bound).sum()), int((gold > OUT).sum())
        shared = int(setting.is_to_find.sum())
        rows.append(
            [
                setting.name,
                allowed,
                float(bound),
                *(
                    part / setting.to_find
                    for part in (over, read - over, shared - read, setting.to_find - shared)
                ),
            ]
        )
    print_table(
        f"What bounds recall {recall:g} at precision {precision:g}, audited labels",
        [
            "setting", "false links allowed", "bits of the next", "labelled above it", "below it",
            "dropped by the screen", "share no key",
        ],
        rows,
    )  # fmt: skip


def print_worst(every: Judged, bits: np.ndarray) -> None:
    """The false links that score highest, with what a reader of names, lists and years says of their two SIREN."""
    verdicts = {}
    with READ.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            verdicts[row["siren_a"], row["siren_b"]] = row["verdict"]
    wrong = np.flatnonzero(every.is_scored & ~every.same & (bits > OUT))
    worst = wrong[np.argsort(-bits[wrong], kind="stable")][:WORST]
    names = every.records["name"].to_list()
    rows: list[list[object]] = []
    for at in worst:
        one, other = sorted(every.organisations[at])
        verdict = verdicts.get((one, other), "not read")
        rows.append([*(names[row] for row in every.ends[at]), float(bits[at]), verdict])
    counted = Counter(str(row[-1]) for row in rows)
    print_table(
        f"The {WORST} false links that score highest, audited labels, one pool: "
        + ", ".join(f"{number} {verdict}" for verdict, number in counted.most_common()),
        ["name", "other name", "bits", "organisations, read"],
        rows,
    )


def without_lists(pairs: pl.DataFrame) -> pl.DataFrame:
    """The same pairs when nobody says which lists name the records."""
    last = len(next(one for one in CLOSE if one.name == "lists").levels) - 1
    return pairs.with_columns(pl.lit(last, pl.Int64).alias("lists"))
