"""The closer reading: words side by side, acronyms, what is left over, who else has the words; and its weights."""

import json
from math import log2

import numpy as np
import polars as pl
import pytest

from terreau_engines.linkage import LINK_AT, REVIEW_AT, find_links
from terreau_engines.linkage.model import COMPARISONS, Comparison, shipped
from terreau_engines.linkage.reading import CLOSE, READINGS, read_closely
from terreau_engines.linkage.records import prepare
from terreau_engines.linkage.training import learn
from terreau_engines.linkage.words import likeness, side_by_side, sound, words_skipped

COLUMNS = ("id", "name", "acronym", "siren", "rna", "commune", "departement", "post_code", "lon", "lat")


def records(*names: str, departement: str | None = "44") -> pl.DataFrame:
    types = {column: pl.Float64 if column in {"lon", "lat"} else pl.String for column in COLUMNS}
    rows = [
        dict.fromkeys(COLUMNS) | {"id": f"{number:03}", "name": name, "departement": departement}
        for number, name in enumerate(names)
    ]
    return pl.DataFrame(rows, schema=types)


def said(one: str, other: str, *others: str) -> dict[str, str]:
    """The level of each comparison read between the first two names, in words."""
    prepared = prepare(records(one, other, *others))
    row = read_closely(pl.DataFrame({"row_l": [0], "row_r": [1]}), prepared).row(0, named=True)
    return {comparison.name: comparison.levels[row[comparison.name]][0] for comparison, _level in READINGS}


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("theatre", "theatre", 1, 1),
        ("assist", "assistance", 0.9, 0.99),  # cut
        ("audencia", "audancia", 0.85, 0.99),  # one slip
        ("maritime", "maritmie", 0.85, 0.99),  # two letters swapped
        ("chevaus", "chevaux", 0.85, 0.99),
        ("kerbrat", "querbrat", 0.85, 0.99),  # sounds the same
        ("ntes", "nantes", 0.75, 0.85),  # abbreviated
        ("foot", "handball", 0, 0),
        ("2024", "2025", 0, 0),
        ("la", "lamballe", 0, 0),
    ],
)
def test_two_words(one: str, other: str, least: float, most: float) -> None:
    assert least <= likeness(one, other) <= most
    assert likeness(one, other) == likeness(other, one)


def test_a_word_matches_once_and_the_most_alike_goes_first() -> None:
    matches = side_by_side(("jeun", "jeunes"), ("jeunes",))
    assert matches == [(1.0, 1, 0)]


def test_sounds() -> None:
    assert sound("photo") == sound("foto")
    assert sound("bateaux") == sound("bato")
    assert sound("bateau") != sound("bati")


@pytest.mark.parametrize(
    ("acronym", "title", "skipped"),
    [
        ("corela", "conservatoire regional loire affluents", 0),
        ("grinf", "groupe informatique", 0),
        ("afpa", "association nationale formation professionnelle adultes", 1),
        ("corela", "comite departemental olympique", None),
        ("con", "conservatoire", None),  # the beginning of one word is not an acronym
    ],
)
def test_an_acronym_of_beginnings(acronym: str, title: str, skipped: int | None) -> None:
    assert words_skipped(acronym, tuple(title.split())) == skipped


def test_what_is_left_and_who_else_has_the_words() -> None:
    alone = said("Outil en main", "L’outil en main de Guérande")
    assert alone["words left of the closer name"] == "none"
    assert alone["words left of the other name"] != "none"
    assert alone["other names with these words at this place"] == "none"
    towns = ("Clisson", "Savenay", "Ancenis", "Nozay")
    among = said(
        "Outil en main", "L’outil en main de Guérande", *(f"Outil en main de {town}" for town in towns)
    )
    assert among["other names with these words at this place"] == "4 to 9"


def test_the_same_name_counts_once_among_the_others() -> None:
    found = said("Outil en main", "Outil en main de Guérande", *["Outil en main de Clisson"] * 5)
    assert found["other names with these words at this place"] == "1"


def test_sections_and_bodies_of_one_town() -> None:
    sections = said("Ailes sportives de Retz handball", "Ailes sportives de Retz plongée")
    assert sections["activity"] == "two different"
    assert said("Commune de Clisson", "CCAS de Clisson")["kind"] == "different"
    assert said("CCAS de Clisson", "Centre communal d’action sociale de Clisson")["kind"] == "same"


def test_a_name_that_a_list_has_cut() -> None:
    found = said("ASS PETITS JARDINIERS DU PAYS DE LOI", "Association Les Petits Jardiniers du Pays de Loire")
    assert found["beginning"] == "the other goes on where a list cuts names"


def test_no_word_no_pair() -> None:
    assert said("!!", "?")["other names with these words at this place"] == "no word shared"
    empty = read_closely(pl.DataFrame(schema={"row_l": pl.Int64, "row_r": pl.Int64}), prepare(records("Un")))
    assert empty.is_empty()
    assert empty.columns[2:] == [comparison.name for comparison, _level in READINGS]


def test_every_level_has_a_shipped_weight() -> None:
    model = shipped()
    for part, comparisons in (("screen", COMPARISONS), ("close", CLOSE)):
        expected = {one.name: [words for words, _ in one.levels] for one in comparisons}
        assert {name: list(levels) for name, levels in model[part]["weights"].items()} == expected


def test_the_explanation_adds_up_to_the_probability() -> None:
    found = find_links(
        records("FALEP", "Outil en main", "Outil en main de Retz"), link_at=0.9, review_at=1e-6
    )
    (pair,) = found.value.to_dicts()
    said_weights = [line["weight"] for line in json.loads(pair["explanation"])]
    bits = log2(pair["probability"] / (1 - pair["probability"]))
    assert sum(said_weights) + shipped()["close"]["prior"] == pytest.approx(
        bits, abs=0.05 * len(said_weights)
    )


def test_learning_finds_what_was_hidden_and_the_usual_level_weighs_nothing() -> None:
    """Of two levels, the rare one is right 9 times in 10 and the usual one once in 10: log2(9) bits each way."""
    level = np.array([0] * 1_000 + [1] * 3_000)
    same = np.array([True] * 900 + [False] * 100 + [True] * 300 + [False] * 2_700)
    comparison = Comparison("one", (("rare", ""), ("usual", "")))
    weights, prior = learn(pl.DataFrame({"one": level}), [comparison], same, ridge=1e-3)
    assert weights["one"]["usual"] == 0
    assert weights["one"]["rare"] == pytest.approx(2 * log2(9), abs=0.02)
    assert prior == pytest.approx(-log2(9), abs=0.02)


# Invented names, as four lists write them: (one, other, is it one organisation?).
_PAIRS = (
    ("ASSOC LES RIVES VERTES DE MONTAUBRAY", "Association « Les rives vertes » de Montaubray", True),
    ("CTRE SOCIO CULT DES TILLEULS ARGENTES", "Centre socio-culturel des Tilleuls argentés", True),
    ("COMPAGNIE THEATRE DU HIBOU PALE", "Cie théâtre du Hibou pâle", True),
    ("FED DEP DES RANDONNEURS DE PLUVAULT", "Fédération départementale des randonneurs de Pluvault", True),
    ("AMICALE DES ANCIENS VERRIERS DE CORBRAY", "AMICALE ANCIENS VERRIERS CORBRAY", True),
    ("SOCIETE HORTICULT DU VAL D ESTREUIL", "Société d’horticulture du Val d’Estreuil", True),
    ("LES COMPAGNONS DE LA MEULIERE BLEUE", "COMPAGNON DE LA MEULIERE BLEU", True),
    ("ATELIER PARTAGE DU MOULIN GRISOLLE", "ATELIERS PARTAGES MOULIN GRISOLLES", True),
    ("Judo club de Vaubercourt", "Tennis club de Vaubercourt", False),
    ("Commune de Sainte-Orlène", "CCAS de Sainte-Orlène", False),
    ("Ailes de Trévandre handball", "Ailes de Trévandre plongée", False),
    ("École de musique", "École de musique de Larzignac", False),
    ("Comité des fêtes de Bussoles", "Comité des fêtes de Marvanne", False),
    ("OGEC Saint-Firmin de Coudrelles", "OGEC Saint-Firmin d’Artenoy", False),
    ("Radio Bocage", "Bocage habitat", False),
    ("Amicale laïque d’Ormevielle", "Amicale laïque de Pontgravier", False),
)
# The other names of their place: a list has many alike, and how many counts.
_TOWNS = ("Corvelle", "Nisserey", "Ombrelay", "Vantoux", "Quercelle", "Lurvanne")
_BODIES = (
    "Commune de {}", "CCAS de {}", "École de musique de {}", "Comité des fêtes de {}", "Judo club de {}",
    "Amicale laïque de {}", "OGEC Saint-Firmin de {}", "Tennis club de {}", "Ailes de {}", "Radio {}", "{} habitat",
)  # fmt: skip


def test_what_is_linked_among_invented_names() -> None:
    names = [name for one, other, _same in _PAIRS for name in (one, other)]
    names += [body.format(town) for body in _BODIES for town in _TOWNS]
    found = find_links(records(*names), link_at=LINK_AT, review_at=REVIEW_AT).value
    decided = {
        (int(a), int(b)): how
        for a, b, how in found.select("a", "b", "decision").iter_rows()
        if int(a) < 2 * len(_PAIRS) and int(b) < 2 * len(_PAIRS)
    }
    same = {(2 * at, 2 * at + 1) for at, pair in enumerate(_PAIRS) if pair[2]}
    linked = {pair for pair, how in decided.items() if how == "link"}
    assert linked <= same
    assert len(linked) >= 6
    assert same <= decided.keys()
    assert len(decided.keys() - same) <= 6
