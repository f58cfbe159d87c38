"""Runs every example of the specification, and refuses a manual that no longer says what they say."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from spec_language import Example, table
from spec_manual import CHAPTERS, MANUAL, manual

EXAMPLES = [example for chapter in CHAPTERS for example in chapter.examples]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_example(example: Example) -> None:
    expected = table(example.expected)
    found = example.run().value.select(expected.columns)
    assert_frame_equal(found, expected.cast(found.schema), check_row_order=True)


def test_an_example_with_a_wrong_expectation_fails() -> None:
    """The language itself can fail: an expected 1 is not an empty cell."""
    example = next(example for example in EXAMPLES if example.title == "Nothing found is not 0")
    wrong = table(example.expected).with_columns(pl.lit(0).alias("value"))
    with pytest.raises(AssertionError):
        assert_frame_equal(example.run().value.select("zone", "value"), wrong, check_dtypes=False)


def test_the_manual_is_up_to_date() -> None:
    assert MANUAL.is_file(), "run: python engines/tests/spec/spec_manual.py"
    stale = MANUAL.read_text(encoding="utf-8") != manual()
    assert not stale, "the manual is stale; run: python engines/tests/spec/spec_manual.py"
