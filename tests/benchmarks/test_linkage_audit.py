"""Which labels are put aside: rules that can be checked by hand, and that favour no answer."""

import numpy as np
import pytest
from benchmarks.linkage_audit import (
    BAD_SIREN,
    HOMONYM,
    NO_NAME,
    counts,
    has_check_figure,
    not_scored,
    same_words,
    spellings,
)
from benchmarks.linkage_judging import class_of, fold_of, threshold

GOOD, OTHER = "552100554", "784671695"  # nine figures with a right check figure


def of(*records: tuple[str, str, str | None, str | None]) -> list[str]:
    return not_scored(records)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("École de musique", "ECOLE MUSIQUE", True),
        ("ASS CLUB NAUTIQUE ST NAZAIRE", "Club nautique de Saint-Nazaire", True),
        ("Nantes aviron", "Aviron de Nantes", True),
        ("MAISON FAMILIALE RURALE EDUCAT ORIENTA", "Maison familiale rurale éducation orientation", True),
        ("Salamandre", "Les Salamandres", True),
        ("ADI", "ADIMACS", False),
        ("Outil en main", "Outil en main de Clisson", False),
        ("OGEC Sainte-Marie", "OGEC Sainte-Anne", False),
    ],
)
def test_names_that_no_one_can_tell_apart(one: str, other: str, same: bool) -> None:
    assert same_words(spellings(one)[0], spellings(other)[0]) is same
    assert (of((one, GOOD, None, "44"), (other, OTHER, None, "44")) == [HOMONYM, HOMONYM]) is same


def test_homonyms_need_two_siren_and_a_place_that_may_be_the_same() -> None:
    name = "Foyer rural"
    assert of((name, GOOD, None, "44"), (name, GOOD, None, "44")) == ["", ""]
    assert of((name, GOOD, None, "44"), (name, OTHER, None, "49")) == ["", ""]
    assert of((name, GOOD, "44109", "44"), (name, OTHER, "44184", "44")) == ["", ""]
    assert of((name, GOOD, "44109", "44"), (name, OTHER, None, None)) == [HOMONYM, HOMONYM]


def test_a_former_name_is_a_name() -> None:
    assert of(
        ("SNOS EX SAINT NAZAIRE OLYMPIQUE", GOOD, None, "44"), ("St Nazaire olympique", OTHER, None, "44")
    ) == [
        HOMONYM,
        HOMONYM,
    ]


def test_what_is_no_name_and_no_siren() -> None:
    assert (
        of(("ASSOCIATION", GOOD, None, "44"), ("962721", GOOD, None, "44"), ("[ND]", GOOD, None, "44"))
        == [NO_NAME] * 3
    )
    assert of(("Foyer rural", "552100555", None, "44")) == [BAD_SIREN]
    assert has_check_figure("356000000")
    assert not has_check_figure("356000001")


def test_pairs_put_aside_are_counted_whatever_their_label() -> None:
    reasons = [HOMONYM, HOMONYM, "", NO_NAME]
    table = counts(reasons, [(0, 1), (0, 2), (2, 3), (2, 2)], [False, True, False, True])
    assert table == [[HOMONYM, 2, 1, 1], [NO_NAME, 1, 0, 1]]


def test_the_threshold_is_the_least_with_the_precision_asked() -> None:
    bits, same = np.array([5.0, 4.0, 3.0, 2.0, 1.0]), np.array([True, True, False, True, False])
    assert threshold(bits, same, 0.75) == 2.0
    assert threshold(bits, same, 0.99) == 4.0
    assert threshold(bits[2:3], same[2:3], 0.5) == float("inf")


def test_an_organisation_is_in_one_fold() -> None:
    assert fold_of(GOOD, OTHER, 5) == fold_of(OTHER, GOOD, 5)
    assert len({fold_of(f"{number:09}", f"{number:09}", 5) for number in range(50)}) == 5


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Amicale laïque", "Amicale laïque de Bouvron", "one name within the other"),
        ("FALEP", "Fédération des associations laïques d’éducation populaire", "acronym or brand"),
        ("CTRE SOCIOCULT DES RIVES", "Centre socioculturel des Rives", "many letters in common"),
        ("Nantes Guinée", "Essentiel pour tous", "almost none"),
    ],
)
def test_classes_of_pairs(one: str, other: str, kind: str) -> None:
    assert class_of(one, other) == kind
    assert class_of(other, one) == kind
