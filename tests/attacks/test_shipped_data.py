"""The data that the software brings: how to reach a person, or at whose home an association is, is not in it."""

from pathlib import Path

import polars as pl
import pytest
from django.conf import settings

from terreau.observe.enums import RejectReason
from terreau.observe.sources.converters import name, text
from terreau.observe.sources.fields import FIELDS, FieldSpec

FILES = sorted(Path(settings.SHIPPED_DATA).rglob("*.parquet"))
#: Wider than what the harvest takes out, so that it can be found wanting.
MAIL = r"(?i)[\w.+-]+\s?(?:@|\(at\)|\[at\]|\barobase\b)\s?[\w-]+\s?(?:\.|\(dot\)|\bpoint\b)\s?[a-z]{2,}"
PHONE = r"(?:(?:\+|\b00)\s?33|\b0)\s?(?:\(0\))?\s?[1-9](?:[\s.\-/_]{0,2}\d\d){4}\b"
AT_HOME = r"(?i)\bchez\s+(?:m|mr|mme|mlle|melle|monsieur|madame)\b|\bc/o\b|\bc/\s*(?:m|mr|mme)\b"
ONLY_DIGITS = r"^[\d.,\-]+$"


def texts_of(path: Path) -> pl.Series:
    frame = pl.read_parquet(path)
    columns = [
        frame[one].drop_nulls().alias("text") for one in frame.columns if frame[one].dtype == pl.String
    ]
    texts = pl.concat(columns) if columns else pl.Series("text", [], dtype=pl.String)
    return texts.filter(~texts.str.contains(ONLY_DIGITS)).unique()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_way_to_reach_a_person_in_what_is_shipped(path: Path) -> None:
    texts = texts_of(path)
    for pattern in (MAIL, PHONE, AT_HOME):
        assert texts.filter(texts.str.contains(pattern)).to_list() == []


def test_what_is_shipped_is_looked_at() -> None:
    assert {"siae", "subventions_etat_2010", "mediation_numerique"} <= {path.stem for path in FILES}
    assert texts_of(next(path for path in FILES if path.stem == "siae")).len() > 1000


@pytest.mark.parametrize(
    "given",
    [
        "Écrire à prenom.nom@exemple.invalid", "Tél. 02 38 00 00 00", "02.38.00.00.00", "0238000000",
        "+33 2 38 00 00 00",
        "+33(0)2-38-00-00-00", "mailto:a+b@exemple.invalid",
        "a&#64;exemple.invalid", "02&nbsp;38&nbsp;00&nbsp;00&nbsp;00", "02\u202f38\u202f00\u202f00\u202f00",
    ],
)  # fmt: skip
def test_ways_to_reach_a_person_are_taken_out_and_not_kept_in_the_report(given: str) -> None:
    read = text(pl.Series([f"Accueil. {given} fin"]), FieldSpec())
    (found,) = read.values.to_list()
    assert "exemple" not in found and "38" not in found
    (problem,) = [one for one in read.problems if one.reason == RejectReason.CONTACT_REMOVED]
    assert problem.is_private and problem.rows.to_list() == [True]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("UNION FICTIVE CHEZ MME FICTIVE", "UNION FICTIVE"),
        ("Union fictive – chez M. Fictif Jean", "Union fictive"),
        ("ENTENTE C/M.FICTIF", "ENTENTE"),
        ("Union c/o Mairie", "Union"),
        ("chez Mme Fictive, 3 rue Inventée", "3 rue Inventée"),
        ("La Maison (chez Mlle Fictive)", "La Maison"),
        ("INFORMATIQUE CHEZ VOUS.COM", "INFORMATIQUE CHEZ VOUS.COM"),
        ("Chez Marcel", "Chez Marcel"),
        ("A.C.M. FORMATION", "A.C.M. FORMATION"),
        ("CHEZ MME FICTIVE", None),
    ],
)
def test_person_at_whose_home_an_organisation_is(given: str, kept: str | None) -> None:
    read = name(pl.Series([given]), FieldSpec())
    assert read.values.to_list() == [kept]
    (problem,) = [one for one in read.problems if one.reason == RejectReason.PERSON_REMOVED]
    assert problem.is_private and problem.rows.to_list() == [given != kept]


def test_names_and_addresses_are_read_so() -> None:
    assert {one for one, field in FIELDS.items() if field.converter == "name"} == {
        "name",
        "brand",
        "site_name",
        "address",
    }
