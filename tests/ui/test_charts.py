"""Where the line goes, and that it breaks where nothing was measured."""

from hypothesis import given, settings
from hypothesis import strategies as st

from terreau.ui.charts import HEIGHT, LEFT, RIGHT, TOP, WIDTH, line_chart, nice_ticks

patient = settings(deadline=None)  # a busy machine is not a mistake


def test_no_line_through_a_hole() -> None:
    chart = line_chart([(2013, None), (2014, 10), (2015, 20), (2016, None), (2017, 15), (2018, 10)])
    assert chart is not None
    assert [len(line.split()) for line in chart.lines] == [2, 2]
    assert len(chart.marks) == 4
    assert [tick.value for tick in chart.x_ticks] == [2013, 2015, 2017]  # so that years never touch
    assert not chart.starts_at_zero


def test_one_value_is_no_line() -> None:
    assert line_chart([]) is None
    assert line_chart([(2020, 1), (2021, None)]) is None


@patient
@given(st.lists(st.one_of(st.none(), st.integers(0, 10**8)), min_size=2, max_size=12))
def test_every_mark_is_inside(values: list[int | None]) -> None:
    chart = line_chart(list(enumerate(values, 2000)))
    assert (chart is None) == (sum(value is not None for value in values) < 2)
    for mark in chart.marks if chart else ():
        assert LEFT <= float(mark.x) <= WIDTH - RIGHT
        assert TOP <= float(mark.y) <= HEIGHT


@patient
@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_ticks_hold_the_values_and_are_few(a: int, b: int) -> None:
    low, high = sorted((a, b))
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low
    assert high <= ticks[-1]
    assert ticks[0] >= 0
    assert 2 <= len(ticks) <= 7
