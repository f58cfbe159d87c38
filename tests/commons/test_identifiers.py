"""Each check is written twice, for one value and for a column: they must agree on anything."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terreau.commons import identifiers as ids

PAIRS = [
    (ids.is_siren, ids.siren_ok),
    (ids.is_siret, ids.siret_ok),
    (ids.is_rna, ids.rna_ok),
    (ids.is_commune_code, ids.commune_code_ok),
    (ids.is_post_code, ids.post_code_ok),
]
DIGITS = st.text("0123456789", min_size=0, max_size=15)
NEAR_MISSES = st.one_of(
    DIGITS,
    st.text("0123456789AWB ", max_size=15),
    st.text(max_size=15),
    st.deferred(lambda: SIRENS),
    st.from_regex(r"35600000[0-9]{6}", fullmatch=True),
    st.from_regex(r"356000000[0-9]{5}", fullmatch=True),
    st.from_regex(r"(2[AB]|97|98)[0-9]{3}", fullmatch=True),
    st.from_regex(r"W[0-9][0-9A-Z][0-9]{7}", fullmatch=True),
)


def luhn_complete(digits: str) -> str:
    """``digits`` and the check digit that makes the whole pass, found by trying."""
    return next(
        digits + last
        for last in "0123456789"
        if sum(sum(divmod(int(d) * (1 + i % 2), 10)) for i, d in enumerate(reversed(digits + last))) % 10 == 0
    )


SIRENS = st.from_regex(r"[0-9]{8}", fullmatch=True).map(luhn_complete).filter(lambda siren: int(siren) > 0)


@given(st.lists(NEAR_MISSES, min_size=1, max_size=20))
def test_one_value_and_column_agree(texts):
    column = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    for scalar, vectorised in PAIRS:
        assert column.select(vectorised(pl.col("text")))["text"].to_list() == [scalar(t) for t in texts]
    assert column.select(ids.normalised_expr(pl.col("text")))["text"].to_list() == list(
        map(ids.normalised, texts)
    )


@given(SIRENS, st.integers(0, 8), st.integers(1, 9))
def test_any_wrong_digit_of_a_siren_is_refused(siren, place, shift):
    wrong = siren[:place] + str((int(siren[place]) + shift) % 10) + siren[place + 1 :]
    assert ids.is_siren(siren)
    assert not ids.is_siren(wrong)


@given(SIRENS, st.from_regex(r"[0-9]{4}", fullmatch=True))
def test_siret_is_a_siren_and_five_digits_that_pass_together(siren, office):
    assert ids.is_siret(luhn_complete(siren + office))


@pytest.mark.parametrize(
    ("siret", "right"),
    [
        ("35600000000048", True),  # the head office passes Luhn; its digits add up to 26
        ("35600000000001", True),  # 15
        ("35600000000006", True),  # 20
        ("35600000000002", False),
        ("35600000000055", False),  # passes neither
    ],
)
def test_la_poste_counts_its_digits(siret, right):
    assert ids.is_siret(siret) is right
    assert pl.select(ids.siret_ok(pl.lit(siret))).item() is right


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (ids.is_siret, ["73282932000074"], ["732829320", "00000000000000", "73282932100073"]),
        (ids.is_siren, ["356000000", "732829320"], ["000000000", "732829321", "73282932", "73282932٠", ""]),
        (
            ids.is_rna,
            ["W372000001", "W2A1000123", "W9R2000456"],
            ["W37200001", "X372000001", "w372000001", "W3720000012"],
        ),
        (
            ids.is_commune_code,
            ["37261", "2A004", "2B033", "97411", "97801", "98818", "01001"],
            [
                "20004",
                "2C004",
                "00123",
                "37000",
                "97000",
                "97900",
                "98500",
                "99100",
                "96001",
                "3726",
                "372611",
            ],
        ),
        (ids.is_post_code, ["37000", "20000", "97410", "98000"], ["00100", "99000", "3700", "37 000"]),
    ],
)
def test_forms(check, right, wrong):
    assert [text for text in right if not check(text)] == []
    assert [text for text in wrong if check(text)] == []
    column = pl.DataFrame({"text": right + wrong})
    vectorised = dict(PAIRS)[check]
    assert column.filter(vectorised(pl.col("text")))["text"].to_list() == right


def test_an_empty_cell_is_never_right():
    empty = pl.DataFrame({"text": [None]}, schema={"text": pl.String})
    for _, vectorised in PAIRS:
        assert empty.select(vectorised(pl.col("text")))["text"].to_list() == [False]


def test_normalised_takes_spaces_and_dots_away():
    assert ids.normalised(" 356 000.000\u00a0000\u202f48 ") == "35600000000048"
    assert ids.normalised("w2a1000123") == "W2A1000123"


def test_departement_of():
    codes = ["37261", "2A004", "97411", "98818"]
    assert [ids.departement_of(code) for code in codes] == ["37", "2A", "974", "988"]
    frame = pl.DataFrame({"code": codes})
    assert frame.select(ids.departement_of_expr(pl.col("code")))["code"].to_list() == [
        "37",
        "2A",
        "974",
        "988",
    ]


def test_every_official_code_passes(settings):
    communes = pl.read_parquet(settings.SHIPPED_DATA / "territories" / "communes.parquet")
    assert communes.select(ids.commune_code_ok(pl.col("code")).all()).item()
    assert communes.select(ids.siren_ok(pl.col("siren").drop_nulls()).all()).item()
    assert communes.select(ids.post_code_ok(pl.col("post_codes").list.explode().drop_nulls()).all()).item()
    agrees = ids.departement_of_expr(pl.col("code")) == pl.col("departement")
    assert communes.select(agrees.all()).item()


def test_the_thirteen_known_wrong_siret_of_the_siae_list(shared_data):
    siae = pl.read_csv(
        shared_data / "organisations" / "siae_marche_inclusion_2022-01.csv", infer_schema=False
    )
    assert siae.height == 3853
    assert siae.filter(~ids.siret_ok(pl.col("siret"))).height == 13
