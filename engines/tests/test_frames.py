"""A table of the wrong shape is refused with its name, its column and its first bad row."""

import polars as pl
import pytest

from terreau_engines.frames import AMOUNTS, MEMBERSHIP, POPULATION, UNITS, ZONE_VALUES, FrameError, Shape
from terreau_engines.indicators import rate, sum_amounts


@pytest.mark.parametrize(
    ("shape", "columns", "message"),
    [
        (UNITS, {"unit": ["a"]}, "units: missing column place; found unit"),
        (UNITS, {"unit": [1], "place": ["x"]}, "units.unit: expected String .* found Int64"),
        (UNITS, {"unit": ["a", None], "place": ["x", "x"]}, "units.unit: empty in row 2"),
        (AMOUNTS, {"place": ["x"], "amount": [1.5]}, "amounts.amount: expected Int64 .* found Float64"),
        (MEMBERSHIP, {"place": ["x"] * 2, "zone": ["y"] * 2}, r"place \+ zone \(x, y\) is given twice"),
        (POPULATION, {"place": ["x"], "year": [2020], "population": [-1]}, "-1 in row 1, less than 0"),
        (ZONE_VALUES, {"zone": ["x"], "value": [float("nan")]}, "not a finite number in row 1"),
    ],
)
def test_refused(shape: Shape, columns: dict[str, list[object]], message: str) -> None:
    with pytest.raises(FrameError, match=message):
        shape.check(pl.DataFrame(columns))


def test_defaults_order_and_other_columns() -> None:
    checked = MEMBERSHIP.check(pl.DataFrame({"zone": ["y"], "remark": ["?"], "place": ["x"]}))
    assert checked.rows() == [("x", "y", True)]
    assert checked.columns == ["place", "zone", "covered"]


def test_an_all_empty_column_is_typed() -> None:
    assert UNITS.check(pl.DataFrame({"unit": ["a"], "place": [None]})).schema["place"] == pl.String


def test_a_sum_that_does_not_fit_is_refused() -> None:
    amounts = pl.DataFrame({"place": ["x", "x"], "amount": [2**62, 2**62]})
    with pytest.raises(FrameError, match="does not fit"):
        sum_amounts(amounts, pl.DataFrame({"place": ["x"], "zone": ["z"]}))


def test_a_negative_denominator_is_refused() -> None:
    with pytest.raises(FrameError, match="negative"):
        rate(pl.DataFrame({"zone": ["a"], "value": [1]}), pl.DataFrame({"zone": ["a"], "value": [-1]}))


def test_empty_tables_give_an_empty_table() -> None:
    result = sum_amounts(AMOUNTS.empty(), MEMBERSHIP.empty())
    assert result.value.is_empty()
    assert result.figure("read") == 0
