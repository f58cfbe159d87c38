"""The whole map of opinions of one conversation, ready to be published."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from terreau_engines import __version__
from terreau_engines.frames import FrameError
from terreau_engines.opinion import polis, shares, tables
from terreau_engines.opinion.groups import MOST_GROUPS
from terreau_engines.opinion.polis_groups import polis_groups
from terreau_engines.opinion.stability import SEED, Stability, measure_stability
from terreau_engines.opinion.votes import AGREE, Votes, read_votes
from terreau_engines.result import Step

RESAMPLES = 20
TOLD = 5  # statements that stand for a group


@dataclass(frozen=True)
class OpinionMap:
    """``k``: number of groups, 1 when there are no clear ones. Tables are sorted, the strongest statement first.

    ``participants``: participant, group, sure, opinions, x, y. ``groups``: group, people, stability.
    ``consensus``, ``divisive``: one row a statement. ``representative``: one row a statement and group.
    ``evidence``: by number of groups (for polis: mean silhouette). Statements: every one, with all counts.
    """

    method: str
    k: int
    participants: pl.DataFrame
    groups: pl.DataFrame
    statements: pl.DataFrame
    consensus: pl.DataFrame
    representative: pl.DataFrame
    divisive: pl.DataFrame
    evidence: dict[int, float]
    stability: Stability | None
    trace: tuple[Step, ...]
    parameters: dict[str, Any]
    input_digest: str

    def to_dict(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        pairs = self.participants.select(pl.col("participant").cast(pl.String), "group").iter_rows()
        redrawn = self.stability
        return {
            "engine": "opinion",
            "version": __version__,
            "method": self.method,
            "k": self.k,
            "groups": dict(pairs),
            "consensus": self.consensus.to_dicts(),
            "representative": self.representative.to_dicts(),
            "divisive": self.divisive.to_dicts(),
            "about_groups": self.groups.to_dicts(),
            "participants": self.participants.to_dicts(),
            "statements": self.statements.to_dicts(),
            "evidence": {str(number): value for number, value in self.evidence.items()},
            "stability": redrawn
            and {
                "resamples": redrawn.times,
                "same_number_of_groups": redrawn.same_number,
                "numbers_of_groups": {str(number): times for number, times in redrawn.numbers.items()},
            },
            "parameters": self.parameters,
            "seed": SEED if redrawn else None,
            "input_digest": self.input_digest,
            "trace": [vars(step) for step in self.trace],
        }


def map_opinions(
    votes: pl.DataFrame,
    colleges: pl.DataFrame | None = None,
    *,
    method: str = "terreau",
    agree: int = AGREE,
    most_groups: int = MOST_GROUPS,
    resamples: int = RESAMPLES,
) -> OpinionMap:
    """``votes``: participant, statement, vote. ``colleges``: participant, college. ``resamples``: 0: no stability."""
    if method not in tables.METHODS:
        raise FrameError(f"opinion: the method is {' or '.join(tables.METHODS)}, not {method!r}")
    if most_groups < 1 or resamples < 0:
        raise FrameError("opinion: at least one group, and no negative number of resamples")
    read = read_votes(votes, agree=agree)
    found = tables.grouping_of(read, method, most_groups)
    redrawn = (
        measure_stability(read, found, resamples, most_groups) if resamples and method == "terreau" else None
    )
    *groups, nowhere = read.counts(np.where(found.group < 0, found.count, found.group), found.count + 1)
    counts = np.array(groups)
    everybody = counts.sum(0) + nowhere
    if method == "polis":
        consensus, representative = _polis_picks(read, counts, everybody)
    else:
        consensus = _consensus(read, *tables.circles(read, counts, colleges), redrawn)
        representative = _representative(read, counts, redrawn)
    parameters = tables.parameters_of(method, agree, most_groups)
    return OpinionMap(
        method=method,
        k=found.count,
        participants=tables.participants_table(read, found),
        groups=_groups(found.group, found.count, redrawn),
        statements=_statements(read, counts, everybody, method),
        consensus=consensus,
        representative=representative,
        divisive=_divisive(read, counts),
        evidence=found.evidence,
        stability=redrawn,
        trace=tables.trace_of(read, found),
        parameters=parameters | ({"resamples": resamples} if method == "terreau" else {}),
        input_digest=read.digest,
    )


def _groups(group: np.ndarray, count: int, redrawn: Stability | None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "group": np.arange(count),
            "people": np.bincount(group[group >= 0], minlength=count),
            "stability": redrawn.group if redrawn else pl.Series([None] * count, dtype=pl.Float64),
        }
    )


def _consensus(read: Votes, counts: np.ndarray, names: list[str], redrawn: Stability | None) -> pl.DataFrame:
    """What all groups and colleges say, the surest first; ``stability``: of its uniting all groups."""
    found = shares.common_ground(counts)
    at = np.flatnonzero([side is not None for side in found.side])
    at = at[np.lexsort((read.ranks[at], -found.bound[at]))]
    sides = [found.side[statement] for statement in at.tolist()]
    table = {
        "statement": read.statements.gather(at),
        "side": pl.Series(sides, dtype=pl.String),
        "weakest": pl.Series([names[circle] for circle in found.weakest[at].tolist()], dtype=pl.String),
        "bound": found.bound[at],
    }
    if redrawn:
        table["stability"] = redrawn.unites[[shares.SIDES.index(side) for side in sides], at]
    return pl.DataFrame(table)


def _representative(read: Votes, counts: np.ndarray, redrawn: Stability | None) -> pl.DataFrame:
    """At most five statements a group, those where it differs most from the others."""
    found, side = shares.leading(counts)
    group, at = np.nonzero(found["tells"])
    difference = (found["share"] - found["others"])[group, at]
    order = np.lexsort((read.ranks[at], -difference, group))
    group, at, difference = group[order], at[order], difference[order]
    first = np.arange(len(group)) - np.searchsorted(group, group) < TOLD
    group, at, difference = group[first], at[first], difference[first]
    table = tables.distinguishing_rows(read, counts, group, at)
    if redrawn:
        table = table.with_columns(stability=pl.Series(redrawn.tells[side[group, at], group, at]))
    table = table.with_columns(difference=pl.Series(difference))
    return table.select("group", pl.exclude("group", "tells"))


def _divisive(read: Votes, counts: np.ndarray) -> pl.DataFrame:
    gap, divides = shares.dividing(counts)
    at = np.flatnonzero(divides)
    at = at[np.lexsort((read.ranks[at], -gap[at]))]
    return pl.DataFrame({"statement": read.statements.gather(at), "gap": gap[at]})


def _statements(read: Votes, counts: np.ndarray, everybody: np.ndarray, method: str) -> pl.DataFrame:
    table = pl.DataFrame(
        {
            "statement": read.statements,
            "agree": everybody[:, 2],
            "disagree": everybody[:, 0],
            "passed": everybody[:, 1],
            "gap": shares.dividing(counts)[0],
        }
    )
    if method == "polis":
        model = polis_groups(read.answers)
        reach = polis.extremity(model.centre, model.components)
        table = table.with_columns(
            pl.Series("consensus", polis.group_aware_consensus(counts)),
            pl.Series("priority", polis.priorities(counts, reach)),
        )
    return table.sort("statement")


def _polis_picks(read: Votes, counts: np.ndarray, everybody: np.ndarray) -> tuple[pl.DataFrame, pl.DataFrame]:
    allowed = np.ones(len(read.statements), bool)
    consensus = [
        (read.statements[at], side, float(polis.group_aware_consensus(counts, side)[at]))
        for side, picked in polis.pick_consensus(everybody, allowed).items()
        for at in picked
    ]
    found = polis.representativeness(counts)
    representative = []
    for group, picked in enumerate(polis.pick_representative(counts, allowed)):
        for at, side in picked:
            cell = (shares.SIDES.index(side), group, at)
            figures = (found.share[cell], found.share_score[cell], found.ratio[cell], found.ratio_score[cell])
            representative.append((read.statements[at], group, side, *map(float, figures)))
    kind = read.statements.dtype
    figures_of = {name: pl.Float64() for name in ("share", "share_score", "ratio", "ratio_score")}
    return (
        pl.DataFrame(
            consensus, {"statement": kind, "side": pl.String, "consensus": pl.Float64}, orient="row"
        ),
        pl.DataFrame(
            representative,
            {"statement": kind, "group": pl.Int64(), "side": pl.String(), **figures_of},
            orient="row",
        ),
    )
