"""Folding of French text: what a reader takes for the same word becomes the same word."""

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from terreau.commons.search.fold import fold_for_search, fold_many, party_search_text


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L’Épicerie des Vélos", "epicerie des velo"),
        ("Travaux", "travail"),
        ("A.M.A.P. d’Issoudun", "amap issoudun"),
        ("A M A P D ISSOUDUN", "amap issoudun"),
        ("Les amis de L A D M R", "les ami de admr"),
        ("Aujourd’hui", "aujourdhui"),
        ("S.C.O.P. — n° 12", "scop n 12"),
        ("SIREN 123 456 789", "siren 123 456 789"),
        ("Straße, Łódź", "strasse lodz"),
        ("ﬁnance Ⅳ", "finance iv"),
        ("", ""),
        (" — ’ . ", ""),
    ],
)
def test_examples(text: str, folded: str) -> None:
    assert fold_for_search(text) == folded


FRENCH = st.text("aeiouélsdxtrnmpcq œæÉÇ’'.-&1", max_size=24)


@given(FRENCH | st.text(max_size=24))
@example("d l eau")
@example("c d a b eaux")
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold_for_search(text)
    assert fold_for_search(once) == once


@given(FRENCH | st.text(max_size=24))
def test_holds_only_letters_digits_and_single_spaces(text: str) -> None:
    folded = fold_for_search(text)
    assert folded == " ".join(folded.split())
    assert all(word.isalnum() for word in folded.split())


@given(st.lists(FRENCH, max_size=5))
def test_many_is_one_by_one(texts: list[str]) -> None:
    assert fold_many(texts) == [fold_for_search(text) for text in texts]


def test_other_words_go_to_the_second_line() -> None:
    assert party_search_text("Les Vélos", "LV") == "les velo lv"
    assert party_search_text("Les Vélos", others="Épicerie\ndu bourg") == "les velo\nepicerie du bourg"


def test_needs_no_django() -> None:
    code = "import sys; import terreau.commons.search.fold; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
