"""Official identifiers, checked as they are in fact: one value at a time, or a whole Polars column at once.

Each check comes twice and the two agree (tests hold them together): ``is_siren(text)`` and
``siren_ok(expr)``. Both want the compact form that ``normalised`` and ``normalised_expr`` give; both answer
False for an empty value.
"""

import re
from collections.abc import Iterable

import polars as pl

LA_POSTE = "356000000"
LA_POSTE_HEAD_OFFICE = "35600000000048"

_NUMBER = r"(?:00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})"
_SIREN = r"^[0-9]{9}$"
_SIRET = r"^[0-9]{14}$"
# Not "W and nine digits": Corsica and overseas have a letter in third place.
_RNA = r"^W[0-9][0-9A-Z][0-9]{7}$"
# Corsica is 2A and 2B since 1976 (20 before, found only in lists of changes); overseas 971–978, 984–989.
_COMMUNE = (
    rf"^(?:(?:0[1-9]|[13-8][0-9]|2[1-9AB]|9[0-5]){_NUMBER}"
    r"|(?:97[1-8]|98[46-9])(?:0[1-9]|[1-9][0-9]))$"
)
_POST_CODE = r"^(?:0[1-9]|[1-8][0-9]|9[0-8])[0-9]{3}$"
_SEPARATORS = r"[ \t\r\n.\u00a0\u202f]+"


def normalised(text: str) -> str:
    """Without spaces (no-break ones too) and dots, in capitals: ``"356 000 000"`` → ``"356000000"``."""
    return re.sub(_SEPARATORS, "", text).upper()


def normalised_expr(expr: pl.Expr) -> pl.Expr:
    return expr.str.replace_all(_SEPARATORS, "").str.to_uppercase()


def is_siren(text: str) -> bool:
    """Nine digits that pass the Luhn check; nine zeros are a placeholder, not a SIREN."""
    return _matches(_SIREN, text) and int(text) != 0 and _luhn(text) % 10 == 0


def siren_ok(expr: pl.Expr) -> pl.Expr:
    number = _as_number(expr, _SIREN)
    return ((number != 0) & (_luhn_expr(number, 9) % 10 == 0)).fill_null(False)


def is_siret(text: str) -> bool:
    """A SIREN and five digits that pass Luhn together; at La Poste the sum of digits is a multiple of 5."""
    if not _matches(_SIRET, text) or not is_siren(text[:9]):
        return False
    if text.startswith(LA_POSTE) and text != LA_POSTE_HEAD_OFFICE:
        return sum(map(int, text)) % 5 == 0
    return _luhn(text) % 10 == 0


def siret_ok(expr: pl.Expr) -> pl.Expr:
    number = _as_number(expr, _SIRET)
    post_office = (number // 100_000 == int(LA_POSTE)) & (number != int(LA_POSTE_HEAD_OFFICE))
    sum_of_digits = _sum(_digit(number, place) for place in range(14))
    last = pl.when(post_office).then(sum_of_digits % 5 == 0).otherwise(_luhn_expr(number, 14) % 10 == 0)
    return (siren_ok(expr.str.slice(0, 9)) & last).fill_null(False)


def is_rna(text: str) -> bool:
    return _matches(_RNA, text)


def rna_ok(expr: pl.Expr) -> pl.Expr:
    return expr.str.contains(_RNA).fill_null(False)


def is_commune_code(text: str) -> bool:
    """The form of an INSEE commune code of today; whether the commune exists is a question for the places."""
    return _matches(_COMMUNE, text)


def commune_code_ok(expr: pl.Expr) -> pl.Expr:
    return expr.str.contains(_COMMUNE).fill_null(False)


def is_post_code(text: str) -> bool:
    return _matches(_POST_CODE, text)


def post_code_ok(expr: pl.Expr) -> pl.Expr:
    return expr.str.contains(_POST_CODE).fill_null(False)


def departement_of(commune_code: str) -> str:
    """``"37261"`` → ``"37"``, ``"2A004"`` → ``"2A"``, ``"97411"`` → ``"974"``."""
    return commune_code[: 3 if commune_code[:2] in {"97", "98"} else 2]


def departement_of_expr(expr: pl.Expr) -> pl.Expr:
    overseas = expr.str.slice(0, 2).is_in(["97", "98"])
    return pl.when(overseas).then(expr.str.slice(0, 3)).otherwise(expr.str.slice(0, 2))


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.ASCII) is not None


def _luhn(digits: str) -> int:
    """Sum of the digits, each second one from the right doubled (and the digits of the double added)."""
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total


def _as_number(expr: pl.Expr, pattern: str) -> pl.Expr:
    return pl.when(expr.str.contains(pattern)).then(expr).cast(pl.Int64)


def _digit(number: pl.Expr, place: int) -> pl.Expr:
    return number // 10**place % 10


def _luhn_expr(number: pl.Expr, length: int) -> pl.Expr:
    digits = [_digit(number, place) for place in range(length)]
    return _sum(
        (digit * 2 - 9 * (digit > 4).cast(pl.Int64)) if place % 2 else digit
        for place, digit in enumerate(digits)
    )


def _sum(parts: Iterable[pl.Expr]) -> pl.Expr:
    """Empty when the number is: a sum that took an empty cell for 0 would pass every check."""
    return pl.sum_horizontal(parts, ignore_nulls=False)
