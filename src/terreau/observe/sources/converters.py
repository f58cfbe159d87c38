"""How the text of one column becomes a value: whole columns at once.

A converter takes a column of trimmed text (null where empty) and gives the values, null where the text is
no such value, with the problems met. It never raises on what a file may hold.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from terreau.commons import identifiers
from terreau.commons.enums import Diffusion, Nature
from terreau.observe.enums import RejectReason

from .fields import FieldSpec


@dataclass(frozen=True)
class Problem:
    """``rows``: true where it was met. ``is_private``: the text is not kept in the report."""

    reason: RejectReason
    rows: pl.Series
    is_private: bool = False


@dataclass(frozen=True)
class Converted:
    values: pl.Series
    problems: list[Problem] = field(default_factory=list)


Converter = Callable[[pl.Series, FieldSpec], Converted]

#: Not diffusible on the owner's request, and a mark that a publisher left in place of an address.
NO_VALUE = (r"^\[ND\]$", r"^\[?e-?mail supprim[eé]\]?$")

#: Control characters, marks that turn the direction of writing, and tags: they only serve to deceive.
UNSEEN = (
    r"[\x00-\x08\x0E-\x1F\x7F-\x84\x86-\x9F\u{200B}\u{200E}\u{200F}\u{202A}-\u{202E}\u{2060}-\u{206F}\u{FEFF}"
    r"\u{E0000}-\u{E007F}]"
)

#: One after the other, and by an engine whose time grows with the text alone: a text may be made to be slow.
_TAGS = (
    r"(?is)<script\b.*?</script\s*>",
    r"(?is)<style\b.*?</style\s*>",
    r"(?s)<!--.*?-->",
    r"</?[a-zA-Z!][^<>]*>",
)
_ENDLESS_NUMBER = r"&#\d{8,};?"  # no character has such a number, and Python refuses to read it
_HAS_MARKUP = r"</?[a-zA-Z!]|&(?:#\d+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);"
_MAIL = r"[\w.+-]+@[\w-]+\.[\w.-]*\w"
_PHONE = r"(?:\+33[ .]?(?:\(0\))?[ .]?|\b0)[1-9](?:[ .\-/]?\d{2}){4}\b"
_CONTACT = f"{_MAIL}|{_PHONE}"
_TITLE = r"(?:m\.|(?:mr|mme|mlle|melle|messieurs|mesdames|monsieur|madame|mademoiselle|m)\b)"
_AT_HOME_OF = rf"(?i)(?:\b(?:chez|c/|s/c)\s*{_TITLE}|\bc/o\b)[^,;()\d]*"
_NUMBER = r"^-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$"


def _apply(values: pl.Series, expr: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    return values.to_frame("v").select(expr(pl.col("v"))).to_series()


def _left_out(before: pl.Series, after: pl.Series) -> pl.Series:
    """Rows that gave a text and got no value."""
    return before.is_not_null() & after.is_null()


def _only(values: pl.Series, is_good: pl.Series) -> pl.Series:
    return values.to_frame("v").select(pl.when(is_good).then("v").alias("v")).to_series()


def _checked(raw: pl.Series, values: pl.Series, is_good: pl.Series, reason: RejectReason) -> Converted:
    found = _only(values, is_good.fill_null(False))
    return Converted(found, [Problem(reason, _left_out(raw, found))])


def _code(raw: pl.Series, length: int) -> pl.Series:
    """An official number as written by a spreadsheet: ``"62201199.0"`` is ``"062201199"``."""
    compact = raw.str.replace(r"\.0+$", "")
    compact = _apply(compact, identifiers.normalised_expr)
    lost_zero = compact.str.contains(rf"^\d{{{length - 1}}}$")
    return compact.to_frame("v").select(pl.when(lost_zero).then("0" + pl.col("v")).otherwise("v")).to_series()


def siren(raw: pl.Series, spec: FieldSpec) -> Converted:
    code = _code(raw, 9)
    return _checked(raw, code, _apply(code, identifiers.siren_ok), RejectReason.INVALID_SIREN)


def siret(raw: pl.Series, spec: FieldSpec) -> Converted:
    code = _code(raw, 14)
    return _checked(raw, code, _apply(code, identifiers.siret_ok), RejectReason.INVALID_SIRET)


def rna(raw: pl.Series, spec: FieldSpec) -> Converted:
    code = _apply(raw, identifiers.normalised_expr)
    return _checked(raw, code, _apply(code, identifiers.rna_ok), RejectReason.INVALID_RNA)


def post_code(raw: pl.Series, spec: FieldSpec) -> Converted:
    code = _code(raw, 5)
    return _checked(raw, code, _apply(code, identifiers.post_code_ok), RejectReason.INVALID_POST_CODE)


_TOWN = r"(?:^|[\s,\-])(\d{5})\s+([^\d,;]+?)\s*(?:,.*|cedex.*)?$"


def post_code_in_text(raw: pl.Series, spec: FieldSpec) -> Converted:
    """The post code of an address on one line: ``"8 rue de la Gare 45000 ORLÉANS"``. Says nothing otherwise."""
    return post_code(raw.str.extract(rf"(?i){_TOWN}", 1), spec)


def commune_in_text(raw: pl.Series, spec: FieldSpec) -> Converted:
    """The name of the commune after the post code of an address on one line."""
    return text(raw.str.extract(rf"(?i){_TOWN}", 2), spec)


def commune(raw: pl.Series, spec: FieldSpec) -> Converted:
    code = _code(raw, 5)
    return _checked(raw, code, _apply(code, identifiers.commune_code_ok), RejectReason.UNKNOWN_COMMUNE)


_DEPARTEMENT = r"^(?:0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5]|97[1-8]|98[46-8])$"


def departement(raw: pl.Series, spec: FieldSpec) -> Converted:
    code = _code(raw, 2)
    return _checked(raw, code, code.str.contains(_DEPARTEMENT), RejectReason.UNKNOWN_DEPARTEMENT)


def rna_in_text(raw: pl.Series, spec: FieldSpec) -> Converted:
    """The RNA number that a remark holds, if any."""
    return Converted(raw.str.to_uppercase().str.extract(r"\b(W[0-9][0-9A-Z][0-9]{7})\b", 1))


def rna_departement(raw: pl.Series, spec: FieldSpec) -> Converted:
    """The département where an association was first declared, from its RNA number. Says nothing otherwise."""
    code = _apply(raw, identifiers.normalised_expr)
    found = _only(code.str.slice(1, 2), _apply(code, identifiers.rna_ok))
    return Converted(_only(found, found.str.contains(_DEPARTEMENT).fill_null(False)))


def naf(raw: pl.Series, spec: FieldSpec) -> Converted:
    code = _apply(raw, identifiers.normalised_expr)
    dotted = code.str.replace(r"^(\d{2})(\d{2}[A-Z])$", "${1}.${2}")
    return _checked(raw, dotted, dotted.str.contains(r"^\d{2}\.\d{2}[A-Z]$"), RejectReason.UNKNOWN_VALUE)


def legal_category(raw: pl.Series, spec: FieldSpec) -> Converted:
    code = raw.str.replace(r"\.0+$", "")
    return _checked(raw, code, code.str.contains(r"^\d{4}$"), RejectReason.UNKNOWN_VALUE)


def nature(raw: pl.Series, spec: FieldSpec) -> Converted:
    return _checked(raw, raw, raw.is_in(Nature.values), RejectReason.UNKNOWN_VALUE)


_TRUE = ("true", "vrai", "oui", "o", "1", "1.0", "yes", "y", "x")
_FALSE = ("false", "faux", "non", "n", "0", "0.0", "no")


def boolean(raw: pl.Series, spec: FieldSpec) -> Converted:
    lower = raw.str.to_lowercase()
    value = lower.is_in(_TRUE)
    return _checked(raw, value, value | lower.is_in(_FALSE), RejectReason.UNKNOWN_VALUE)


def ess_flag(raw: pl.Series, spec: FieldSpec) -> Converted:
    """``"O"`` or ``"N"``, as SIRENE writes it."""
    read = boolean(raw, spec)
    letters = read.values.replace_strict({True: "O", False: "N"}, default=None, return_dtype=pl.String)
    return Converted(letters, read.problems)


def diffusion(raw: pl.Series, spec: FieldSpec) -> Converted:
    """SIRENE letters, of several columns if they are joined: the most reserved wins. Open is not written.

    ``"masked"`` here means that the row must not be taken at all.
    """
    upper = raw.str.to_uppercase()
    frame = upper.to_frame("v")
    value = frame.select(
        pl.when(pl.col("v").str.contains("N"))
        .then(pl.lit(Diffusion.MASKED.value))
        .when(pl.col("v").str.contains("P"))
        .then(pl.lit(Diffusion.PARTIAL.value))
    ).to_series()
    return Converted(value)


def contains(raw: pl.Series, spec: FieldSpec) -> Converted:
    """True where the text holds the word; nothing is said elsewhere."""
    has_word = raw.str.contains(spec.word, literal=True).fill_null(False)
    return Converted(_only(has_word, has_word))


def text(raw: pl.Series, spec: FieldSpec) -> Converted:
    """Trimmed, spaces collapsed, HTML tags and entities turned to plain text, e-mails and phones taken out."""
    found = raw.str.replace_all(r"\s+", " ")
    problems = []
    has_markup = found.str.contains(_HAS_MARKUP).fill_null(False)
    if has_markup.any():
        plain = marked = _unescaped(found.filter(has_markup))
        for tag in _TAGS:
            plain = plain.str.replace_all(tag, " ")
        rows, had_tag = has_markup.arg_true(), plain != marked
        plain = plain.str.replace_all(UNSEEN, "")
        found = found.clone().scatter(rows, plain.str.replace_all(r"\s+", " ").str.strip_chars())
        problems.append(Problem(RejectReason.HTML_REMOVED, has_markup.clone().scatter(rows, had_tag)))
    has_contact = found.str.contains(_CONTACT).fill_null(False)
    if has_contact.any():
        found = without_contacts(found)
        problems.append(Problem(RejectReason.CONTACT_REMOVED, has_contact, is_private=True))
    found = found.str.strip_chars(" ;,:-–|").replace("", None)
    return Converted(found, problems)


def name(raw: pl.Series, spec: FieldSpec) -> Converted:
    """As ``text``, without whose home it is at: « chez Mme … », « c/o … »."""
    read = text(raw, spec)
    values = without_persons(read.values)
    problem = Problem(RejectReason.PERSON_REMOVED, read.values.ne_missing(values), is_private=True)
    return Converted(values, [*read.problems, problem])


def without_persons(texts: pl.Series) -> pl.Series:
    """« chez » and a title, or « c/o », taken out with the name that follows, up to a comma or a number."""
    is_at_home = texts.str.contains(_AT_HOME_OF).fill_null(False)
    if not is_at_home.any():
        return texts
    left = texts.str.replace_all(_AT_HOME_OF, " ").str.replace_all(r"\(\s*\)|\s+", " ")
    left = left.str.strip_chars(" ;,:-–|").replace("", None)
    return pl.select(pl.when(is_at_home).then(left).otherwise(texts).alias(texts.name)).to_series()


def without_contacts(texts: pl.Series) -> pl.Series:
    """E-mail addresses and telephone numbers taken out."""
    return texts.str.replace_all(_CONTACT, " ").str.replace_all(r"\s+", " ")


def _unescaped(marked: pl.Series) -> pl.Series:
    """Entities as characters, even when they were escaped twice."""
    for _turn in range(3):
        texts = marked.str.replace_all(_ENDLESS_NUMBER, " ")
        marked = pl.Series([html.unescape(one) for one in texts], dtype=pl.String)
    return marked


def labels(raw: pl.Series, spec: FieldSpec) -> Converted:
    """Several words in one cell, ``{EPN,"Promeneur du net"}`` or ``a|b``, → ``"EPN ; Promeneur du net"``."""
    plain = raw.str.replace_all(r"^[{\[]|[}\]]$|\"", "").str.replace_all(r"\s*[|;,]\s*", " ; ")
    return text(plain, spec)


def url(raw: pl.Series, spec: FieldSpec) -> Converted:
    """The first http or https address; a bare domain gets https."""
    first = raw.str.replace_all("&amp;", "&", literal=True).str.extract(r"^[\s;,|]*([^\s;,|]+)", 1)
    first = first.str.replace(r"(?i)^(https?)\s*:?/+", "${1}://")
    is_bare = first.str.contains(r"(?i)^(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#]|$)")
    full = (
        first.to_frame("v").select(pl.when(is_bare).then("https://" + pl.col("v")).otherwise("v")).to_series()
    )
    scheme = full.str.extract(r"(?i)^(https?://)", 1).str.to_lowercase()
    full = scheme + full.str.replace(r"(?i)^https?://", "")
    is_good = full.str.contains(r"^https?://[^\s/?#@<>\"']+\.[^\s/?#@<>\"']+(?:[/?#][^\s<>\"']*)?$")
    return _checked(raw, full, is_good, RejectReason.INVALID_URL)


_DAY = r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"


def date(raw: pl.Series, spec: FieldSpec) -> Converted:
    """ISO text. 0001-01-01 and other dates before 1700 mean "unknown", and are left out."""
    if spec.date_format:
        day = raw.str.to_date(spec.date_format, strict=False)
    else:
        iso = raw.str.replace(rf"^{_DAY}(?:[T ].*)?$", "${1}-${2}-${3}")
        iso = iso.str.replace(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ].*)?$", "${3}-${2}-${1}")
        iso = iso.str.replace(r"^(\d{4})(\d{2})(\d{2})$", "${1}-${2}-${3}")
        day = iso.str.to_date("%Y-%m-%d", strict=False)
    is_known = day.dt.year().is_between(1700, 2199)
    return _checked(raw, day.dt.to_string("%Y-%m-%d"), is_known, RejectReason.INVALID_DATE)


def _decimal_text(raw: pl.Series) -> pl.Series:
    """``"1 234,50 €"`` → ``"1234.50"``. A comma is a decimal mark, as in French, unless a point follows it."""
    compact = raw.str.replace_all(r"(?i)[\s\u00a0\u202f'’]|€|euros?|eur$", "").str.replace(
        "−", "-", literal=True
    )
    frame = compact.to_frame("v")
    value = pl.col("v")
    return frame.select(
        pl.when(value.str.contains(r",.*\."))
        .then(value.str.replace_all(",", ""))
        .when(value.str.contains(r"\..*,"))
        .then(value.str.replace_all(".", "", literal=True).str.replace(",", "."))
        .otherwise(value.str.replace(",", "."))
    ).to_series()


def number(raw: pl.Series, spec: FieldSpec) -> Converted:
    decimal = _decimal_text(raw)
    is_good = decimal.str.contains(_NUMBER)
    return _checked(raw, decimal.cast(pl.Float64, strict=False), is_good, RejectReason.NOT_A_NUMBER)


def amount(raw: pl.Series, spec: FieldSpec) -> Converted:
    """Euros as text → cents as an integer, exact: digits are moved, no float is made. Half a cent rounds up."""
    parts = (
        _decimal_text(raw).str.extract_groups(r"^(?<minus>-?)(?<euros>\d{1,14})(?:\.(?<rest>\d*))?$").struct
    )
    rest = parts.field("rest").fill_null("") + "000"
    cents = parts.field("euros").cast(pl.Int64) * 100 + rest.str.slice(0, 2).cast(pl.Int64)
    cents = cents + (rest.str.slice(2, 1).cast(pl.Int64) >= 5).cast(pl.Int64)
    is_negative = parts.field("minus") == "-"
    signed = pl.DataFrame({"c": cents, "n": is_negative}).select(
        pl.when("n").then(-pl.col("c")).otherwise("c").alias("c")
    )["c"]
    return _checked(raw, signed, signed.is_not_null(), RejectReason.NOT_A_NUMBER)


def _whole_number(raw: pl.Series, least: int, most: int) -> Converted:
    value = raw.str.extract(r"^(\d{1,9})(?:[.,]0*)?$", 1).cast(pl.Int64, strict=False)
    return _checked(raw, value, value.is_between(least, most), RejectReason.NOT_A_NUMBER)


def year(raw: pl.Series, spec: FieldSpec) -> Converted:
    return _whole_number(raw, 1900, 2199)


def count(raw: pl.Series, spec: FieldSpec) -> Converted:
    return _whole_number(raw, 0, 32_767)


CONVERTERS: dict[str, Converter] = {
    function.__name__: function
    for function in (
        amount,
        boolean,
        commune,
        commune_in_text,
        contains,
        count,
        date,
        departement,
        diffusion,
        ess_flag,
        labels,
        legal_category,
        naf,
        name,
        nature,
        number,
        post_code,
        post_code_in_text,
        rna,
        rna_departement,
        rna_in_text,
        siren,
        siret,
        text,
        url,
        year,
    )
}
