"""Settings of the linkage benchmark: what each counts, on a handful of records."""

import numpy as np
import polars as pl
import pytest
from benchmarks.linkage_judging import OUT, Judged, split_by, split_by_pool
from benchmarks.linkage_settings import SIMILARITY, Setting, settings, without_lists

from terreau_engines.linkage.lists import LEVELS

SIREN = ["552100554", "552100554", "784671695", "356000000"]


def judged() -> Judged:
    """Rows 0 and 1 are one organisation; each pair that shares a key is (0, 1), (0, 2) or (1, 3)."""
    pairs = pl.DataFrame({"row_l": [0, 0, 1], "row_r": [1, 2, 3], SIMILARITY: [0, 9, 9], "lists": [0, 1, 2]})
    ends = [(SIREN[a], SIREN[b]) for a, b in pairs.select("row_l", "row_r").iter_rows()]
    return Judged(
        records=pl.DataFrame({"departement": ["44", "44", "44", "49"]}),
        pairs=pairs,
        same=np.array([a == b for a, b in ends]),
        is_scored=np.ones(3, bool),
        organisations=ends,
        siren=SIREN,
        wanted={(0, 1): True},
        reasons=["", "", "", ""],
    )


def test_each_setting_has_the_same_pairs_to_find_and_more_rivals() -> None:
    rival, pools, whole = settings(judged(), is_audited=True)
    assert [setting.to_find for setting in (rival, pools, whole)] == [1, 1, 1]
    assert rival.at.tolist() == [0, 1]  # the only other organisation of the département is in row 2
    assert whole.at.tolist() == [0, 1, 2]
    assert set(pools.at.tolist()) <= {0, 1, 2}


def test_recall_at_a_precision_counts_what_was_never_compared() -> None:
    setting = Setting(
        "", np.array([0, 1, -1]), np.array([True, False, True]), np.array([True, False, True]), 2
    )
    assert setting.recall(np.array([5.0, 3.0]), 0.98) == 0.5
    assert setting.recall(np.array([3.0, 5.0]), 0.98) == 0
    assert setting.recall(np.array([OUT, 5.0]), 0.98) == 0


def test_a_pool_learns_from_no_pair_that_touches_it() -> None:
    every = judged()
    for split in split_by_pool(every):
        (fold,) = np.unique(every.pools[split.judged])
        assert not (every.ends_folds[split.learnt] == fold).any()
    for split in split_by(every.folds):
        assert not (split.judged & split.learnt).any()


@pytest.mark.parametrize("row", range(3))
def test_lists_that_nobody_gives(row: int) -> None:
    assert LEVELS[without_lists(judged().pairs)["lists"][row]] == "no lists of one series"
