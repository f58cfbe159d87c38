"""Columns of text become values; what is no value is left out and said."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terreau.observe.sources.converters import CONVERTERS
from terreau.observe.sources.fields import FieldSpec


def convert(converter: str, *texts: str | None, **spec: Any) -> tuple[list[Any], list[set[str]]]:
    """Values, and the reasons met at each row."""
    found = CONVERTERS[converter](pl.Series(list(texts), dtype=pl.String), FieldSpec(**spec))
    reasons: list[set[str]] = [set() for _text in texts]
    for problem in found.problems:
        for row in problem.rows.arg_true():
            reasons[row].add(problem.reason.value)
    return found.values.to_list(), reasons


@pytest.mark.parametrize(
    ("converter", "text", "value", "reason"),
    [
        ("text", " deux   mots\n", "deux mots", None),
        ("text", "L&#39;&eacute;picerie &amp; Cie", "L'épicerie & Cie", None),
        ("text", "<b>Gras</b> et <script>alert(1)</script>maigre", "Gras et maigre", "html_removed"),
        ("text", "&lt;img src=x onerror=alert(1)&gt;Nom", "Nom", "html_removed"),
        ("text", "&amp;lt;b&amp;gt;Nom", "Nom", "html_removed"),
        ("text", "moins de 3 < 4 personnes", "moins de 3 < 4 personnes", None),
        ("text", "<p></p>", None, "html_removed"),
        ("text", "Écrire à moi.ici@exemple.fr pour venir", "Écrire à pour venir", "contact_removed"),
        ("text", "Sur RDV : 02.47.00.00.00", "Sur RDV", "contact_removed"),
        ("text", "Appeler le +33 (0)6 00 00 00 00.", "Appeler le .", "contact_removed"),
        ("text", "L'@MI, 14 rue du 8 mai 1945", "L'@MI, 14 rue du 8 mai 1945", None),
        ("siren", "732 829 320", "732829320", None),
        ("siren", "732829320.0", "732829320", None),
        ("siren", "5520135", None, "invalid_siren"),
        ("siren", "5520135", None, "invalid_siren"),
        ("siren", "732829321", None, "invalid_siren"),
        ("siret", "73282932000074", "73282932000074", None),
        ("siret", "35600000049837", "35600000049837", None),
        ("siret", "73282932000075", None, "invalid_siret"),
        ("rna", "w751085568", "W751085568", None),
        ("rna", "W2A1000001", "W2A1000001", None),
        ("rna", "751085568", None, "invalid_rna"),
        ("rna_in_text", "reprise sous W751085568 en 2013", "W751085568", None),
        ("rna_in_text", "rien", None, None),
        ("rna_departement", "W451002345", "45", None),
        ("rna_departement", "W9R1000001", None, None),
        ("post_code", "1400", "01400", None),
        ("post_code", "84200.0", "84200", None),
        ("post_code", "Tours", None, "invalid_post_code"),
        ("post_code_in_text", "8 rue du 11 novembre 45000 ORLÉANS", "45000", None),
        ("post_code_in_text", "8 rue du 11 novembre", None, None),
        ("commune_in_text", "8 rue de la Boétie - 33000 Bordeaux", "Bordeaux", None),
        ("commune_in_text", "1 place 37000 Tours Cedex 1", "Tours", None),
        ("commune_in_text", "37000 Saint-Cyr, France", "Saint-Cyr", None),
        ("commune_in_text", "ZA 12345", None, None),
        ("commune", "1001", "01001", None),
        ("commune", "2A004", "2A004", None),
        ("commune", "Tours", None, "unknown_commune"),
        ("departement", "1", "01", None),
        ("departement", "2b", "2B", None),
        ("departement", "974", "974", None),
        ("departement", "20", None, "unknown_departement"),
        ("departement", "00", None, "unknown_departement"),
        ("naf", "8899B", "88.99B", None),
        ("naf", "88.99B", "88.99B", None),
        ("naf", "8899", None, "unknown_value"),
        ("legal_category", "9220.0", "9220", None),
        ("legal_category", "association", None, "unknown_value"),
        ("nature", "association", "association", None),
        ("nature", "club", None, "unknown_value"),
        ("boolean", "Oui", True, None),
        ("boolean", "0", False, None),
        ("boolean", "peut-être", None, "unknown_value"),
        ("ess_flag", "True", "O", None),
        ("ess_flag", "N", "N", None),
        ("diffusion", "OO", None, None),
        ("diffusion", "OP", "partial", None),
        ("diffusion", "PN", "masked", None),
        ("labels", '{EPN,"Promeneur du net"}', "EPN ; Promeneur du net", None),
        ("url", "https://Exemple.fr/a?b=1", "https://Exemple.fr/a?b=1", None),
        ("url", "www.exemple.fr", "https://www.exemple.fr", None),
        ("url", "http://a.fr ; http://b.fr", "http://a.fr", None),
        ("url", "javascript:alert(1)", None, "invalid_url"),
        ("url", "data:text/html,x", None, "invalid_url"),
        ("url", "http://moi@exemple.fr/", None, "invalid_url"),
        ("url", "facebook : notre page", None, "invalid_url"),
        ("url", 'https://x.fr/"onclick=', None, "invalid_url"),
        ("date", "2021-03-04", "2021-03-04", None),
        ("date", "2021/03/04 12:00:01.5", "2021-03-04", None),
        ("date", "04/03/2021", "2021-03-04", None),
        ("date", "20210304", "2021-03-04", None),
        ("date", "2021-03-04T05:06:07Z", "2021-03-04", None),
        ("date", "0001-01-01", None, "invalid_date"),
        ("date", "2021-02-30", None, "invalid_date"),
        ("date", "hier", None, "invalid_date"),
        ("number", "1 234,5", 1234.5, None),
        ("number", "-0.693", -0.693, None),
        ("number", "douze", None, "not_a_number"),
        ("number", "NaN", None, "not_a_number"),
        ("amount", "19875.06", 1_987_506, None),
        ("amount", "1\u202f234,5 €", 123_450, None),
        ("amount", "1.234,56", 123_456, None),
        ("amount", "1,234.56", 123_456, None),
        ("amount", "-12", -1_200, None),
        ("amount", "0,005", 1, None),
        ("amount", "gratuit", None, "not_a_number"),
        ("year", "2010.0", 2010, None),
        ("year", "10", None, "not_a_number"),
        ("count", "3", 3, None),
        ("count", "-3", None, "not_a_number"),
    ],
)
def test_one_value(converter: str, text: str, value: Any, reason: str | None) -> None:
    values, reasons = convert(converter, None, text)
    assert values == [None, value]
    assert reasons == [set(), {reason} if reason else set()]


def test_a_siren_that_lost_its_zero_is_checked_with_it() -> None:
    assert convert("siren", "62201199")[0] == ["062201199"]
    assert convert("siret", "6220119900031")[0] == ["06220119900031"]


def test_contains_and_date_format() -> None:
    assert convert("contains", "a|ess_france", "a", word="ess_france")[0] == [True, None]
    assert convert("date", "4 3 21", date_format="%d %m %y")[0] == ["2021-03-04"]


@settings(deadline=None)
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_amounts_are_exact_to_the_cent(amount: Decimal) -> None:
    expected = int((abs(amount) * 100).quantize(Decimal(1), ROUND_HALF_UP)) * (-1 if amount < 0 else 1)
    assert convert("amount", f"{amount:f}")[0] == [expected]
    assert convert("amount", f"{amount:f}".replace(".", ","))[0] == [expected]


@settings(deadline=None)
@given(st.dates(min_value=dt.date(1700, 1, 1), max_value=dt.date(2199, 12, 31)))
def test_every_date_is_read_in_both_orders(day: dt.date) -> None:
    assert convert("date", day.isoformat(), f"{day:%d/%m/%Y}")[0] == [day.isoformat()] * 2


@pytest.mark.parametrize("converter", sorted(CONVERTERS))
@settings(deadline=None, max_examples=40)
@given(texts=st.lists(st.one_of(st.none(), st.text(min_size=1, max_size=30)), min_size=1, max_size=5))
def test_no_text_makes_a_converter_fail(converter: str, texts: list[str | None]) -> None:
    found = CONVERTERS[converter](pl.Series(texts, dtype=pl.String), FieldSpec(word="x"))
    assert len(found.values) == len(texts)
    assert all(value is None for text, value in zip(texts, found.values, strict=True) if text is None)
