"""The fast engine against the naive one, on territories and units that Hypothesis invents."""

import naive_indicators as naive
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terreau_engines.frames import UNITS
from terreau_engines.indicators import count_units, population_by_zone, rate, sum_amounts
from terreau_engines.result import digest_of

patient = settings(deadline=None)  # a busy machine is not a mistake

COMMUNES = [f"c{number}" for number in range(6)]
PLACES = st.sampled_from([*COMMUNES, "D0", "D1", "elsewhere", None])


@st.composite
def memberships(draw: st.DrawFn) -> naive.Membership:
    """Communes in themselves, in one département of two, and in overlapping zones of other zonings."""
    covered = {commune: draw(st.booleans()) for commune in COMMUNES}
    rows: naive.Membership = {}
    for commune in COMMUNES:
        departement = draw(st.sampled_from(["D0", "D1"]))
        zones = {
            commune,
            departement,
            "R",
            *draw(st.sets(st.sampled_from(["E0", "E1", "B0", "B1"]), max_size=2)),
        }
        rows |= {(commune, zone): covered[commune] for zone in zones}
    for departement in {zone for _, zone in rows} & {"D0", "D1"}:
        rows |= {(departement, departement): True, (departement, "R"): True}
    return rows


def as_frame(membership: naive.Membership) -> pl.DataFrame:
    rows = [(place, zone, covered) for (place, zone), covered in membership.items()]
    return pl.DataFrame(rows, schema=["place", "zone", "covered"], orient="row")


UNIT_ROWS = st.lists(st.tuples(st.sampled_from("abcdefgh"), PLACES), max_size=25)
AMOUNT_ROWS = st.lists(st.tuples(PLACES, st.integers(-(10**12), 10**12)), max_size=25)


@patient
@given(UNIT_ROWS, memberships(), st.booleans())
def test_counts(units: list[naive.Row], membership: naive.Membership, exhaustive: bool) -> None:
    frame = pl.DataFrame(units, schema={"unit": pl.String, "place": pl.String}, orient="row")
    result = count_units(frame, as_frame(membership), exhaustive=exhaustive)
    found = {row["zone"]: (row["value"], row["unplaced"]) for row in result.value.to_dicts()}
    assert found == naive.count_units(units, membership, exhaustive)


@patient
@given(AMOUNT_ROWS, memberships(), st.booleans())
def test_sums(amounts: list[tuple[str | None, int]], membership: naive.Membership, exhaustive: bool) -> None:
    frame = pl.DataFrame(amounts, schema={"place": pl.String, "amount": pl.Int64}, orient="row")
    result = sum_amounts(frame, as_frame(membership), exhaustive=exhaustive)
    found = {row["zone"]: (row["value"], row["rows"], row["unplaced"]) for row in result.value.to_dicts()}
    assert found == naive.sum_amounts(amounts, membership, exhaustive)


@patient
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(COMMUNES), st.integers(2019, 2021)), st.integers(0, 10**7), max_size=18
    ),
    memberships(),
)
def test_population(counts: dict[tuple[str, int], int], membership: naive.Membership) -> None:
    rows = [(place, year, population) for (place, year), population in counts.items()]
    frame = pl.DataFrame(
        rows, schema={"place": pl.String, "year": pl.Int64, "population": pl.Int64}, orient="row"
    )
    result = population_by_zone(frame, as_frame(membership))
    found = {(row["zone"], row["year"]): row["value"] for row in result.value.to_dicts()}
    assert found == naive.population_by_zone(counts, membership)


FIGURES = st.one_of(st.none(), st.integers(0, 10**9))


@patient
@given(
    st.dictionaries(st.sampled_from("abcdef"), FIGURES),
    st.dictionaries(st.sampled_from("abcdef"), FIGURES),
    st.sampled_from([1, 1_000, 10_000]),
)
def test_rates(above: dict[str, int | None], below: dict[str, int | None], per: int) -> None:
    schema = {"zone": pl.String, "value": pl.Int64}
    result = rate(
        pl.DataFrame(list(above.items()), schema=schema, orient="row"),
        pl.DataFrame(list(below.items()), schema=schema, orient="row"),
        per=per,
    )
    found = dict(result.value.iter_rows())
    assert found.keys() == above.keys()
    for zone, value in found.items():
        expected = naive.rate(above[zone], below.get(zone), per)
        assert (value is None) == (expected is None)
        assert expected is None or value == pytest.approx(float(expected), rel=1e-12)


@patient
@given(UNIT_ROWS, st.randoms())
def test_the_digest_forgets_the_order_of_rows_only(units: list[naive.Row], random: object) -> None:
    shuffled = list(units)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    frames = [
        pl.DataFrame(rows, schema={"unit": pl.String, "place": pl.String}, orient="row")
        for rows in (units, shuffled, [*units, ("z", "c0")])
    ]
    first, second, third = (digest_of(units=UNITS.check(frame)) for frame in frames)
    assert first == second != third
