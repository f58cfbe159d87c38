"""Each line of the rule, their order, and the traps of the registers."""

import polars as pl
import pytest

from terreau.commons.enums import Nature, Perimeter, PerimeterBasis
from terreau.observe.nomenclatures import legal_categories
from terreau.observe.perimeter import FACTS, PERIMETER_OF_BASIS, classify, nature_of

NOTHING = {
    "siren": "",
    "nature": "unknown",
    "legal_category": "",
    "ess_flag": "",
    "in_ess_list": False,
    "declared_public": False,
    "only_public_service": False,
}


def judge(**known: object) -> tuple[str, str]:
    row = classify(pl.DataFrame([NOTHING | known], schema=FACTS)).row(0, named=True)
    return row["perimeter"], row["perimeter_basis"]


@pytest.mark.parametrize(
    ("known", "basis"),
    [
        ({"ess_flag": "O"}, "official_flag"),
        ({"in_ess_list": True}, "ess_list"),
        ({"legal_category": "7210"}, "public_body"),  # commune
        ({"legal_category": "4140"}, "public_body"),  # local public firm
        ({"siren": "214500017"}, "public_body"),
        ({"siren": "130025265"}, "public_body"),
        ({"declared_public": True}, "public_body"),
        ({"nature": "public"}, "public_body"),
        ({"legal_category": "9220"}, "legal_status"),
        ({"legal_category": "5458"}, "legal_status"),  # SCOP
        ({"legal_category": "8210"}, "legal_status"),
        ({"legal_category": "6411"}, "legal_status"),
        ({"legal_category": "9300"}, "legal_status"),
        ({"nature": "association"}, "legal_status"),
        ({"nature": "cooperative"}, "legal_status"),
        ({"nature": "mutual"}, "legal_status"),
        ({"nature": "foundation"}, "legal_status"),
        ({"nature": "cooperative", "legal_category": "5710"}, "legal_status"),  # a SCIC in the form of a SAS
        ({"only_public_service": True}, "public_service"),
        ({"ess_flag": "N"}, "official_no"),
        ({"ess_flag": "N", "legal_category": "5499"}, "official_no"),
        ({}, "no_source"),
        ({"legal_category": "5499"}, "no_source"),  # a firm, with or without a label
        ({"legal_category": "9210", "nature": "association"}, "no_source"),  # no legal personality
        ({"legal_category": "5710", "nature": "association"}, "no_source"),  # the register is believed
        ({"legal_category": "1000"}, "no_source"),
        ({"nature": "group"}, "no_source"),
        ({"legal_category": "0x!?"}, "no_source"),
    ],
)
def test_each_line(known: dict[str, object], basis: str) -> None:
    assert judge(**known) == (PERIMETER_OF_BASIS[PerimeterBasis(basis)], basis)


@pytest.mark.parametrize(
    ("known", "basis"),
    [
        ({"ess_flag": "O", "legal_category": "7410"}, "official_flag"),  # a GIP that SIRENE flags
        ({"in_ess_list": True, "ess_flag": "N"}, "ess_list"),
        ({"declared_public": True, "nature": "association"}, "public_body"),
        ({"only_public_service": True, "legal_category": "9220"}, "legal_status"),
        ({"only_public_service": True, "siren": "214500017"}, "public_body"),
        ({"only_public_service": True, "ess_flag": "N"}, "public_service"),
        ({"ess_flag": "N", "legal_category": "9220"}, "legal_status"),
    ],
)
def test_first_line_that_applies_wins(known: dict[str, object], basis: str) -> None:
    assert judge(**known)[1] == basis


def test_series_10_of_siren_is_not_public() -> None:
    assert judge(siren="100029172", legal_category="9220") == ("in", "legal_status")
    assert judge(siren="100029172") == ("unknown", "no_source")


def test_a_private_body_whose_siren_starts_with_2_is_judged_by_its_category() -> None:
    assert judge(siren="200000008", legal_category="9220") == ("in", "legal_status")


def test_nulls_are_absence_and_rows_keep_their_order() -> None:
    facts = pl.DataFrame({name: [None, None] for name in FACTS}, schema=FACTS).with_columns(
        siren=pl.Series(["", "217500016"]), party=pl.Series([7, 3])
    )
    judged = classify(facts)
    assert judged["party"].to_list() == [7, 3]
    assert judged["perimeter"].to_list() == ["unknown", "out"]


@pytest.mark.parametrize("rows", [0, 1, 300])
def test_any_number_of_rows(rows: int) -> None:
    judged = classify(pl.DataFrame([NOTHING] * rows, schema=FACTS))
    assert judged.height == rows
    assert set(judged.columns) == {*FACTS, "perimeter", "perimeter_basis"}
    assert set(judged["perimeter"]) <= set(Perimeter.values)


def test_a_missing_column_is_an_error() -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        classify(pl.DataFrame([NOTHING], schema=FACTS).drop("ess_flag"))


@pytest.mark.parametrize(
    ("category", "nature"),
    [
        ("9220", Nature.ASSOCIATION),
        ("9210", Nature.ASSOCIATION),
        ("9260", Nature.ASSOCIATION),
        ("5458", Nature.COOPERATIVE),
        ("5558", Nature.COOPERATIVE),
        ("6596", Nature.COOPERATIVE),
        ("8210", Nature.MUTUAL),
        ("9300", Nature.FOUNDATION),
        ("5710", Nature.COMPANY),
        ("5499", Nature.COMPANY),
        ("1000", Nature.SOLE_TRADER),
        ("7210", Nature.PUBLIC),
        ("4150", Nature.PUBLIC),
        ("2900", Nature.GROUP),
        ("6540", Nature.OTHER),
        ("9240", Nature.OTHER),
        ("", Nature.UNKNOWN),
        (None, Nature.UNKNOWN),
        ("9999", Nature.UNKNOWN),
    ],
)
def test_nature_of_a_legal_category(category: str | None, nature: Nature) -> None:
    assert nature_of(category) == nature


def test_every_official_category_has_a_label_and_a_nature() -> None:
    categories = legal_categories()
    assert len(categories) == 260
    assert all(category.label for category in categories.values())
    assert {code[0] for code, c in categories.items() if c.nature == Nature.PUBLIC} == {"4", "7"}
    assert {c.nature for c in categories.values() if c.named_by_law} == {
        Nature.ASSOCIATION,
        Nature.COOPERATIVE,
        Nature.MUTUAL,
        Nature.FOUNDATION,
    }


def test_real_firms_of_series_10_are_not_called_public(shared_data) -> None:
    units = pl.read_csv(
        shared_data / "organisations" / "ess_numerique_unites_legales_2026.csv", infer_schema_length=0
    )
    facts = units.select(
        "siren",
        pl.lit("unknown").alias("nature"),
        pl.col("categorie_juridique").str.slice(0, 4).alias("legal_category"),
        pl.lit("").alias("ess_flag"),
        *(pl.lit(False).alias(name) for name in ("in_ess_list", "declared_public", "only_public_service")),
    )
    judged = classify(facts)
    recent = judged.filter(pl.col("siren").str.starts_with("10"))
    assert recent.height == 23
    assert recent.filter(pl.col("perimeter") == "out").height == 0
    assert judged.filter(pl.col("legal_category") == "4140")["perimeter"].to_list() == ["out"]
