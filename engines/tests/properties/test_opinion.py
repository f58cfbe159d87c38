"""The fast engine against the naive one, and what must not change a figure, on votes that Hypothesis invents."""

import naive_opinion as naive
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terreau_engines.opinion import distinguish, find_groups, map_opinions, polis_priorities, unite
from terreau_engines.opinion.latent import Likelihood, total_evidence
from terreau_engines.opinion.votes import read_votes

patient = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # a busy machine is not a mistake

PEOPLE = [f"p{number}" for number in range(14)]
STATEMENTS = [f"s{number}" for number in range(4)]
Row = tuple[str, str, int]
ROWS = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(STATEMENTS), st.sampled_from([-1, 0, 1])),
    min_size=1,
    max_size=70,
)
PARTS = st.lists(st.integers(0, 2), min_size=len(PEOPLE), max_size=len(PEOPLE)).filter(lambda part: 0 in part)
NAMES = {1: "agree", -1: "disagree"}


def frame(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["participant", "statement", "vote"], orient="row")


def grouped(part: list[int]) -> tuple[pl.DataFrame, list[set[str]]]:
    ranks = {number: rank for rank, number in enumerate(sorted(set(part)))}
    numbers = [ranks[number] for number in part]
    circles = [{who for who, n in zip(PEOPLE, numbers, strict=True) if n == g} for g in range(len(ranks))]
    return pl.DataFrame({"participant": PEOPLE, "group": numbers}), circles


def present(rows: list[Row], part: list[int]) -> list[int]:
    """Only groups some of whose people voted exist for the engine: the others' people join group 0."""
    voted = {part[PEOPLE.index(who)] for who, _, _ in rows}
    return [number if number in voted else min(voted) for number in part]


@patient
@given(ROWS, PARTS)
def test_what_unites(rows: list[Row], part: list[int]) -> None:
    groups, circles = grouped(present(rows, part))
    said = naive.last_votes(rows)
    for row in unite(frame(rows), groups).value.to_dicts():
        side, bound = naive.unites(said, circles, row["statement"])
        assert row["bound"] == pytest.approx(bound, abs=1e-12)
        assert row["side"] == (NAMES[side] if side else None)


@patient
@given(ROWS, PARTS)
def test_what_distinguishes(rows: list[Row], part: list[int]) -> None:
    groups, circles = grouped(present(rows, part))
    said = naive.last_votes(rows)
    everybody = set().union(*circles)
    for row in distinguish(frame(rows), groups).value.to_dicts():
        circle = circles[row["group"]]
        side = 1 if row["side"] == "agree" else -1
        found = naive.tells(said, circle, everybody - circle, row["statement"], side)
        assert (row["share"], row["others"], row["score"]) == pytest.approx(found[:3], abs=1e-12)
        assert row["tells"] == found[3]
        other = naive.tells(said, circle, everybody - circle, row["statement"], -side)
        assert other[2] <= found[2] + 1e-12


@patient
@given(ROWS, PARTS)
def test_group_aware_consensus(rows: list[Row], part: list[int]) -> None:
    groups, circles = grouped(present(rows, part))
    extremity = pl.DataFrame({"statement": STATEMENTS, "extremity": [0.0] * len(STATEMENTS)})
    for row in polis_priorities(frame(rows), groups, extremity).value.to_dicts():
        expected = naive.consensus(naive.last_votes(rows), circles, row["statement"])
        assert row["consensus"] == pytest.approx(expected, abs=1e-12)


@patient
@given(ROWS, st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_one_turn_and_the_evidence(rows: list[Row], groups: int, seed: int) -> None:
    read = read_votes(frame(rows))
    likelihood = Likelihood(read.opinions())
    start = np.random.default_rng(seed).dirichlet(np.ones(groups), read.people)
    before = dict(zip(read.participants, start.tolist(), strict=True))
    said, statements = naive.last_votes(rows), set(read.statements)
    classes = likelihood.classes(start)
    found = likelihood.members(classes.votes, classes.weights)
    expected = naive.members(said, before, statements)
    assert found == pytest.approx(np.array([expected[who] for who in read.participants]), abs=1e-9)
    total = total_evidence(likelihood.evidence(classes), read.people)
    assert total == pytest.approx(naive.evidence(said, before, statements), abs=1e-8)


@patient
@given(ROWS, st.randoms())
def test_the_order_of_rows_changes_nothing(rows: list[Row], random: object) -> None:
    once = [(who, about, vote) for (who, about), vote in naive.last_votes(rows).items()]
    shuffled = list(once)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    maps = [map_opinions(frame(one), resamples=3).to_dict() for one in (once, shuffled)]
    assert maps[0] == maps[1]


def _conversation(seed: int) -> pl.DataFrame:
    """120 people of three opinions on 25 statements, 12 votes each, some passes."""
    drawn = np.random.default_rng(seed)
    chance = drawn.choice([0.1, 0.9], (3, 25))
    rows = [
        (who, int(about), int(drawn.choice([-1, 0, 1], p=[0.9 - 0.9 * p, 0.1, 0.9 * p])))
        for who in range(120)
        for about in drawn.choice(25, 12, replace=False)
        for p in [chance[who % 3, about]]
    ]
    return pl.DataFrame(rows, schema=["participant", "statement", "vote"], orient="row")


@pytest.mark.parametrize("method", ["terreau", "polis"])
@pytest.mark.parametrize("seed", range(3))
def test_names_change_nothing_to_the_last_bit(seed: int, method: str) -> None:
    """Rows are shuffled, people and statements get other names: groups, axes and bounds are the same floats."""
    votes = _conversation(seed)
    drawn = np.random.default_rng(seed + 100)
    people, statements = drawn.permutation(5_000)[:120], drawn.permutation(900)[:25]
    renamed = votes.sample(fraction=1, shuffle=True, seed=seed).with_columns(
        participant=pl.col("participant").replace_strict({who: f"w{people[who]}" for who in range(120)}),
        statement=pl.col("statement").replace_strict({about: f"t{statements[about]}" for about in range(25)}),
    )
    first, second = (map_opinions(one, method=method, resamples=3) for one in (votes, renamed))
    mine = first.participants.with_columns(
        pl.col("participant").replace_strict({who: f"w{people[who]}" for who in range(120)})
    )
    assert mine.sort("participant").equals(second.participants)
    told = first.consensus.with_columns(
        pl.col("statement").replace_strict({about: f"t{statements[about]}" for about in range(25)})
    )
    assert told.sort("statement").equals(second.consensus.sort("statement"))
    assert first.evidence == second.evidence
    assert first.groups.equals(second.groups)


def test_the_sign_of_agreeing_is_declared() -> None:
    votes = _conversation(1)
    turned = votes.with_columns(vote=-pl.col("vote"))
    assert find_groups(votes).value.equals(find_groups(turned, agree=-1).value)
    assert map_opinions(votes, resamples=0).consensus.equals(
        map_opinions(turned, agree=-1, resamples=0).consensus
    )


@patient
@given(ROWS)
def test_groups_are_numbered_by_size_and_none_is_small(rows: list[Row]) -> None:
    value = find_groups(frame(rows)).value
    sizes = value["group"].drop_nulls().value_counts().sort("group")["count"].to_list()
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) <= 1 or min(sizes) >= 5
    opinions = {who for (who, _), vote in naive.last_votes(rows).items() if vote}
    assert set(value.filter(pl.col("group").is_not_null())["participant"]) == opinions
