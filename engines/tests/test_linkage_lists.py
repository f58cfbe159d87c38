"""Which lists name two records, and what it changes of a link."""

import polars as pl
import pytest

from terreau_engines.frames import FrameError
from terreau_engines.linkage import find_links
from terreau_engines.linkage.lists import LEVELS, LISTS, Lists
from terreau_engines.linkage.words import set_alike

COLUMNS = ("id", "name", "acronym", "siren", "rna", "commune", "departement", "post_code", "lon", "lat")
YEARS = tuple(f"grants {year}" for year in range(2011, 2019))


def named(one: tuple[str, ...], other: tuple[str, ...], *, once: bool = True) -> pl.DataFrame:
    rows = [("a", each, "grants", once) for each in one] + [("b", each, "grants", once) for each in other]
    every = [("c", year, "grants", once) for year in YEARS]
    return pl.DataFrame(rows + every, schema=dict(LISTS.empty().schema), orient="row")


def level(lists: pl.DataFrame, one: str = "a", other: str = "b") -> str:
    found = Lists(lists, ["a", "b", "c"])
    assert found.level(one, other) == found.level(other, one)
    return LEVELS[found.level(one, other)]


def test_two_records_of_one_list() -> None:
    both = named(YEARS[:4], YEARS[3:])
    assert level(both) == "in one list, which names each organisation once"
    assert level(named(YEARS[:4], YEARS[3:], once=False)) == "in one list, which may name one several times"


def test_two_records_in_turn() -> None:
    """Of eight editions, one each: seven chances in eight to be apart; four each: one in seventy."""
    assert level(named(YEARS[:1], YEARS[1:2])) == "never in one list: 0.15 bits or more"
    assert level(named(YEARS[:4], YEARS[4:])) == "never in one list: 2.5 bits or more"


def test_lists_of_two_series_say_nothing() -> None:
    lists = named(YEARS[:1], ())
    other = pl.DataFrame([("b", "register", "register", True)], schema=lists.schema, orient="row")
    assert level(pl.concat([lists, other])) == "no lists of one series"
    assert level(named((), ())) == "no lists of one series"


def test_a_list_that_names_both_makes_a_link_doubtful() -> None:
    names = {"a": "Recyclerie des Grandes Oreilles", "b": "Recyclerie Grandes Oreilles", "c": "Autre nom"}
    types = {column: pl.Float64 if column in {"lon", "lat"} else pl.String for column in COLUMNS}
    rows = [
        dict.fromkeys(COLUMNS) | {"id": one, "name": name, "departement": "18"} for one, name in names.items()
    ]
    table = pl.DataFrame(rows, schema=types)

    def probability(lists: pl.DataFrame | None) -> float:
        found = find_links(table, lists, link_at=0.9, review_at=1e-9).value
        return float(found.filter((pl.col("a") == "a") & (pl.col("b") == "b"))["probability"].item())

    together, unknown, apart = (
        probability(lists) for lists in (named(YEARS[:4], YEARS[3:]), None, named(YEARS[:4], YEARS[4:]))
    )
    assert together < unknown < apart


def test_a_list_without_its_name_is_refused() -> None:
    with pytest.raises(FrameError, match=r"lists\.list: empty in row 1"):
        Lists(pl.DataFrame({"id": ["a"], "list": [None], "series": ["s"]}), [])


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("outil en main", "outil en main de retz", 1, 1),
        ("centre social rives", "rives centre social", 1, 1),
        ("club nautique retz", "club nautique rets", 0.9, 0.99),
        ("judo club", "boule nantaise", 0, 0.5),
        ("", "", 0, 1),
    ],
)
def test_letters_when_common_words_are_set_aside(one: str, other: str, least: float, most: float) -> None:
    assert least <= set_alike(tuple(one.split()), tuple(other.split())) <= most
