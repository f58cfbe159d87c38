"""One call for each published table, each with its formula; ``opinion_map`` puts them together."""

import numpy as np
import polars as pl

from terreau_engines.frames import FrameError
from terreau_engines.opinion import polis, shares
from terreau_engines.opinion.groups import FEWEST_PEOPLE, MOST_GROUPS, Grouping, find_grouping
from terreau_engines.opinion.latent import PRIOR
from terreau_engines.opinion.polis_groups import polis_groups
from terreau_engines.opinion.votes import AGREE, Votes, read_votes
from terreau_engines.result import Result, Step, digest_of

METHODS = ("terreau", "polis")


def find_groups(
    votes: pl.DataFrame, *, method: str = "terreau", agree: int = AGREE, most_groups: int = MOST_GROUPS
) -> Result:
    """Out: participant, group (0 the largest; empty: no opinion given), sure, opinions, x, y."""
    if method not in METHODS:
        raise FrameError(f"opinion: the method is {' or '.join(METHODS)}, not {method!r}")
    if most_groups < 1:
        raise FrameError(f"opinion: at least one group, not {most_groups}")
    read = read_votes(votes, agree=agree)
    found = grouping_of(read, method, most_groups)
    formula = (
        "the classes of a likelihood of the votes cast, a chance of agreeing for each group and statement; from "
        "many groups, the two whose union loses least become one, and the most probable number is kept"
        if method == "terreau"
        else "mean filling, two principal components, × √(statements ÷ votes), k-means, best mean silhouette"
    )
    return Result(
        engine="opinion.find_groups",
        formula=formula,
        value=participants_table(read, found),
        trace=trace_of(read, found),
        parameters=parameters_of(method, agree, most_groups),
        input_digest=read.digest,
    )


def unite(
    votes: pl.DataFrame, groups: pl.DataFrame, colleges: pl.DataFrame | None = None, *, agree: int = AGREE
) -> Result:
    """``groups``: participant, group. ``colleges``: participant, college. Out: statement, side, weakest, bound."""
    read = read_votes(votes, agree=agree)
    group = group_of(read, groups)
    counts, names = circles(read, read.counts(group, int(group.max(initial=0)) + 1), colleges)
    value = common_table(read, counts, names)
    return Result(
        engine="opinion.unite",
        formula="a side unites when in each group and college the lower bound (Wilson, z = 1.2816) of its share of "
        "the votes cast, passes too, is above ½",
        value=value,
        trace=(
            Step("circles", len(names), "groups and colleges"),
            Step("unite", value["side"].count(), "statements that unite them all"),
        ),
        parameters={"agree": agree, "z": shares.Z_BOUND},
        input_digest=digest_of(**_inputs(votes, groups, colleges)),
    )


def distinguish(votes: pl.DataFrame, groups: pl.DataFrame, *, agree: int = AGREE) -> Result:
    """Out, by statement and group: agree, disagree, passed, side, share, others, score, tells."""
    read = read_votes(votes, agree=agree)
    group = group_of(read, groups)
    value = distinguishing_table(read, read.counts(group, int(group.max(initial=0)) + 1))
    return Result(
        engine="opinion.distinguish",
        formula="share = (votes for the side + 1) ÷ (votes cast + 2), in the group and among the others; score: "
        "two-proportion z, one vote added to each count; it tells the group apart when the lower bound of the "
        "group is above ½ and the score above 2.3263",
        value=value,
        trace=(
            Step("tells", int(value["tells"].sum()), "pairs of a statement and a group that tell it apart"),
        ),
        parameters={"agree": agree, "z": shares.Z_APART},
        input_digest=digest_of(**_inputs(votes, groups, None)),
    )


def divide(votes: pl.DataFrame, groups: pl.DataFrame, *, agree: int = AGREE) -> Result:
    """Out: statement, gap, divides."""
    read = read_votes(votes, agree=agree)
    group = group_of(read, groups)
    value = dividing_table(read, read.counts(group, int(group.max(initial=0)) + 1))
    return Result(
        engine="opinion.divide",
        formula="gap = the largest share (agree + 1) ÷ (cast + 2) of a group less the smallest; it divides when the "
        "lower bound of agreeing in one group and of disagreeing in another are above ½; without groups, gap = "
        "the share of the smaller side, and it divides when the lower bounds of both are above ⅓",
        value=value,
        trace=(Step("divides", int(value["divides"].sum()), "statements that divide"),),
        parameters={"agree": agree, "z": shares.Z_BOUND},
        input_digest=digest_of(**_inputs(votes, groups, None)),
    )


def polis_statistics(
    votes: pl.DataFrame, groups: pl.DataFrame, *, side: str = "agree", agree: int = AGREE
) -> Result:
    """Representativeness as Polis publishes it. Out, by statement and group: votes, cast, share, ratio, both scores."""
    if side not in shares.SIDES:
        raise FrameError(f"opinion: the side is agree or disagree, not {side!r}")
    read = read_votes(votes, agree=agree)
    group = group_of(read, groups)
    counts = read.counts(group, int(group.max(initial=0)) + 1)
    return Result(
        engine="opinion.polis_statistics",
        formula="share = (A+1)/(S+2); share_score = 2·√(S+1)·((A+1)/(S+1) − ½); ratio = share ÷ share of the other "
        "groups; ratio_score: two-proportion z with +1 on the counts",
        value=polis.statistics_table(counts, read.statements, side),
        trace=(Step("votes", int(counts.sum()), "votes of people in groups"),),
        parameters={"agree": agree, "side": side},
        input_digest=digest_of(**_inputs(votes, groups, None)),
    )


def polis_priorities(
    votes: pl.DataFrame, groups: pl.DataFrame, extremity: pl.DataFrame, *, agree: int = AGREE
) -> Result:
    """``extremity``: statement, extremity. Out: statement, consensus (group-aware), priority."""
    read = read_votes(votes, agree=agree)
    group = group_of(read, groups)
    counts = read.counts(group, int(group.max(initial=0)) + 1)
    names = pl.DataFrame({"statement": read.statements})
    reach = names.join(extremity, on="statement", how="left", maintain_order="left")["extremity"].fill_null(
        0.0
    )
    value = names.with_columns(
        consensus=pl.Series(polis.group_aware_consensus(counts)),
        priority=pl.Series(polis.priorities(counts, reach.to_numpy())),
    )
    return Result(
        engine="opinion.polis_priorities",
        formula="consensus = Π over groups of (A+1)/(S+2); priority = ((1 − (P+1)/(S+2))·(1+E)·(A+1)/(S+2)·"
        "(1 + 8·2^(−S/5)))², over the votes of all groups, E the extremity",
        value=value.sort("statement"),
        trace=(Step("votes", int(counts.sum()), "votes of people in groups"),),
        parameters={"agree": agree},
        input_digest=digest_of(**_inputs(votes, groups, None), extremity=extremity),
    )


def grouping_of(read: Votes, method: str, most_groups: int) -> Grouping:
    if method == "terreau":
        return find_grouping(read.opinions(), most_groups)
    found = polis_groups(read.answers)
    return Grouping(found.group, np.ones(read.people), found.place, found.silhouettes)


def participants_table(read: Votes, found: Grouping) -> pl.DataFrame:
    opinions = np.add.reduceat(read.answers.data != 2, read.answers.indptr[:-1], dtype=np.int64)
    number = pl.Series("group", found.group)
    return pl.DataFrame(
        {
            "participant": read.participants,
            "group": number.set(number < 0, None),
            "sure": pl.Series(found.sure).set(number < 0, None),
            "opinions": opinions,
            "x": found.place[:, 0],
            "y": found.place[:, 1],
        }
    ).sort("participant")


def common_table(read: Votes, counts: np.ndarray, names: list[str]) -> pl.DataFrame:
    found = shares.common_ground(counts)
    return pl.DataFrame(
        {
            "statement": read.statements,
            "side": pl.Series(found.side, dtype=pl.String),
            "weakest": [names[circle] for circle in found.weakest],
            "bound": found.bound,
        }
    ).sort("statement")


def distinguishing_table(read: Votes, counts: np.ndarray) -> pl.DataFrame:
    """Of each statement and group, the side with the higher score."""
    group, at = np.indices(counts.shape[:2]).reshape(2, -1)
    return distinguishing_rows(read, counts, group, at).sort("statement", "group")


def distinguishing_rows(read: Votes, counts: np.ndarray, group: np.ndarray, at: np.ndarray) -> pl.DataFrame:
    """``at``: of each row, the place of its statement."""
    found, side = shares.leading(counts)
    disagree, passed, agree = counts[group, at].T
    return pl.DataFrame(
        {
            "statement": read.statements.gather(at),
            "group": group,
            "agree": agree,
            "disagree": disagree,
            "passed": passed,
            "side": pl.Series([shares.SIDES[of] for of in side[group, at].tolist()], dtype=pl.String),
            **{name: array[group, at] for name, array in found.items()},
        }
    )


def dividing_table(read: Votes, counts: np.ndarray) -> pl.DataFrame:
    gap, divides = shares.dividing(counts)
    return pl.DataFrame({"statement": read.statements, "gap": gap, "divides": divides}).sort("statement")


def circles(read: Votes, counts: np.ndarray, colleges: pl.DataFrame | None) -> tuple[np.ndarray, list[str]]:
    """Counts of the groups, then of the colleges, and their names."""
    names = [f"group {number}" for number in range(len(counts))]
    if colleges is not None:
        of_person = _column(read, colleges, "college")
        kinds = of_person.drop_nulls().unique().sort()
        place = {name: number for number, name in enumerate(kinds)}
        codes = np.array([-1 if name is None else place[name] for name in of_person])
        counts = np.concatenate([counts, read.counts(codes, len(kinds))])
        names += [f"college {name}" for name in kinds]
    return counts, names


def group_of(read: Votes, groups: pl.DataFrame) -> np.ndarray:
    numbers = _column(read, groups, "group").cast(pl.Int64).fill_null(-1)
    return numbers.to_numpy()


def _column(read: Votes, table: pl.DataFrame, name: str) -> pl.Series:
    absent = [column for column in ("participant", name) if column not in table.columns]
    if absent:
        raise FrameError(f"{name}s: missing column {', '.join(absent)}; found {', '.join(table.columns)}")
    if table["participant"].is_duplicated().any():
        twice = table["participant"].filter(table["participant"].is_duplicated())[0]
        raise FrameError(f"{name}s: participant {twice} is given twice")
    people = pl.DataFrame({"participant": read.participants})
    known = table.select(pl.col("participant").cast(people.schema["participant"]), name)
    return people.join(known, on="participant", how="left", maintain_order="left")[name]


def trace_of(read: Votes, found: Grouping) -> tuple[Step, ...]:
    return (
        Step("read", read.read, "rows read"),
        Step("repeated", read.repeated, "rows that a later row of the same person and statement replaces"),
        Step("people", read.people, "people"),
        Step("statements", len(read.statements), "statements"),
        Step("passes", int((read.answers.data == 2).sum()), "passes: they say nothing of a group"),
        Step("ungrouped", int((found.group < 0).sum()), "people in no group"),
        Step("groups", found.count, "groups; 1: no clear groups"),
    )


def parameters_of(method: str, agree: int, most_groups: int) -> dict[str, object]:
    if method == "polis":
        return {"method": method, "agree": agree}
    least = {"prior_votes": PRIOR, "fewest_people": FEWEST_PEOPLE}
    return {"method": method, "agree": agree, "most_groups": most_groups, **least}


def _inputs(
    votes: pl.DataFrame, groups: pl.DataFrame, colleges: pl.DataFrame | None
) -> dict[str, pl.DataFrame]:
    known = {"votes": votes, "groups": groups, "colleges": colleges}
    return {name: table for name, table in known.items() if table is not None}
