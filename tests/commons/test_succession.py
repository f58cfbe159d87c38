"""What became of a commune, on small histories whose answer is known, and on the whole list since 1943."""

from datetime import date

import polars as pl

from terreau.commons.succession import Change, successors


def history(*rows: tuple[int, str, str, str]) -> list[Change]:
    return [Change(date(year, 1, 1), kind, before, after) for year, kind, before, after in rows]


def test_several_steps_are_followed():
    changes = history((1972, "merge", "B", "C"), (1972, "merge", "C", "C"), (2019, "move", "C", "D"))
    assert successors(changes) == {"B": ["D"], "C": ["D"]}
    assert successors(changes, date(1980, 1, 1)) == {"C": ["D"]}


def test_a_change_of_the_very_day_is_already_done():
    changes = history((2019, "merge", "B", "C"))
    assert successors(changes, date(2018, 12, 31)) == {"B": ["C"]}
    assert successors(changes, date(2019, 1, 1)) == {}


def test_a_split_gives_several():
    changes = history((1950, "merge", "Z", "A"), (1985, "split", "A", "A"), (1985, "split", "A", "B"))
    assert successors(changes, date(1960, 1, 1)) == {"A": ["A", "B"]}
    assert successors(changes) == {"Z": ["A", "B"]}  # where its people are now, no list says


def test_a_code_still_in_use_is_itself_whatever_it_absorbed_or_lost():
    changes = history((1985, "split", "A", "A"), (1985, "split", "A", "B"))
    assert successors(changes) == {}


def test_a_commune_restored_after_a_merge_is_itself_again():
    changes = history(
        (2016, "merge", "A", "A"),
        (2016, "merge", "B", "A"),
        (2016, "merge", "C", "A"),
        (2024, "split", "A", "A"),
        (2024, "split", "A", "B"),
    )
    assert successors(changes, date(2010, 1, 1)) == {"C": ["A"]}
    assert successors(changes, date(2020, 1, 1)) == {"A": ["A", "B"]}
    assert successors(changes) == {"C": ["A"]}


def test_two_steps_on_one_day():
    changes = history((2018, "move", "49144", "44225"), (2018, "merge", "44225", "44180"))
    assert successors(changes) == {"44225": ["44180"], "49144": ["44180"]}


def shipped(settings) -> tuple[list[Change], set[str]]:
    folder = settings.SHIPPED_DATA / "territories"
    changes = pl.read_parquet(folder / "changes.parquet").filter(pl.col("kind") != "rename")
    rows = changes.select("date", "kind", "code_before", "code_after").iter_rows()
    return list(map(Change._make, rows)), set(pl.read_parquet(folder / "communes.parquet")["code"])


def test_every_code_of_the_past_leads_to_communes_of_today(settings):
    changes, today = shipped(settings)
    found = successors(changes)
    assert len(found) > 3_000
    assert {code for codes in found.values() for code in codes} - today == set()
    assert found.keys() & today == set()
    for year in (1943, 1968, 1999, 2014, 2022):
        since = successors(changes, date(year, 1, 1))
        assert {code for codes in since.values() for code in codes} - today == set()


def test_real_cases(settings):
    changes, _ = shipped(settings)
    found = successors(changes)
    assert found["45287"] == ["45307"]  # Saint-Loup-de-Gonois, 2019
    assert found["28044"] == ["28012"]  # Boisgasson, 2017
    assert "28012" not in found  # Arrou, which took it in, kept its code and changed its name
    assert found["28025"] == ["28319"]  # Barmainville, 2025
    assert found["12076"] == ["12218"]  # Conques-en-Rouergue only changed its code, 2024
    assert found["45117"] == ["45093", "45313"]  # Creusy, shared between two communes
    assert found["20004"] == ["2A004"]  # Ajaccio, 1976
    assert "85212" not in found  # Sainte-Florence: merged in 2016, restored in 2024
