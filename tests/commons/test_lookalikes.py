"""What is taken for the same text, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.commons.search.lookalikes import fold_lookalikes


def fold(text: str) -> str:
    return fold_lookalikes(text, longest=560)


@pytest.mark.parametrize(
    "other",
    [
        "  la   HALLE doit rester ouverte !  ",
        "La halle doit rester ouverte",
        "La\u00a0halle\u2009doit\u3000rester ouverte.",
        "Là hâlle doït rester oüverte",
        "La ha\u200blle doit res\u00adter ou\u2060verte\ufeff",
        "Lа hаllе dоіt rеstеr оuvеrtе",  # Cyrillic а е о і
        "Lα hαlle dοit rester οuverte",  # Greek α ο
        "Ｌａ　ｈａｌｌｅ ｄｏｉｔ ｒｅｓｔｅｒ ｏｕｖｅｒｔｅ",
        "𝐋𝐚 𝐡𝐚𝐥𝐥𝐞 doit rester ouverte",
        "L a h a l l e doit rester ouverte",
        "La ha\u3164lle doit rester ouverte",
        "La halle doit rester ouverte 🙂",
    ],
)
def test_same(other):
    assert fold(other) == fold("La halle doit rester ouverte.")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("On n’a plus besoin de voitures", "On a plus besoin de voitures"),
        ("Je n'irai plus à la halle", "J’irai plus à la halle"),
        ("Une aide de 5 %", "Une aide de 5 €"),
        ("Viser +2 degrés", "Viser −2 degrés"),
        ("Viser -2 degrés", "Viser 2 degrés"),
        ("Ouvrir la halle", "Ouvrir les halles"),
        ("Un loyer de 10 euros", "Un loyer de 100 euros"),
    ],
)
def test_not_the_same(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize("blank", ["", " ", "\u200b\ufeff", "!!!", "🙂", "\u3164", "\u2800"])
def test_nothing_to_read(blank):
    assert fold(blank) == ""


def test_long_expansions_stay_apart():
    folded, other = fold("ﷺ" * 280), fold("ﷺ" * 279 + "a")
    assert len(folded) == len(other) == 560
    assert folded != other


@given(st.text(max_size=280))
def test_any_text_fits_its_column(text):
    folded = fold(text)
    assert len(folded) <= 560
    assert folded == fold(f" \u200b{text}\u2060\n")
