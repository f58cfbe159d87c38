"""Is this party in the solidarity economy (ESS)? The rule of the law of 31 July 2014, from what sources say.

The first line that applies gives the answer; the page ``observe:perimeter`` shows this same table.

==  =========================================================================  ===========================
#   What the sources say                                                       perimeter / basis
==  =========================================================================  ===========================
1   SIRENE flags it ``O`` (économie sociale et solidaire)                      in / official_flag
2   it is in the national list of ESS enterprises                              in / ess_list
3   legal category 4xxx or 7xxx, or a source declares it public, or its        out / public_body
    category is unknown and its SIREN is in a public series (11–19, 2)
4   legal category of a form named by article 1 of the law; or a source        in / legal_status
    declares such a form and the legal category does not contradict it
5   known only as a public service place, whose operator no source names       out / public_service
6   SIRENE flags it ``N``                                                      out / official_no
7   nothing of that                                                            unknown / no_source
==  =========================================================================  ===========================

- SIREN of the series 10 were given to private bodies from 2025 on: "starts with 1" is not "public" any more.
- An association that was not declared (9210) has no legal personality: the law does not name it.
- A SAS or a SARL may be a cooperative without its legal category saying so: there a declared form counts.
- A label (ESUS, work integration) does not make a firm a member of the ESS by itself.
"""

import polars as pl

from terreau.commons.enums import Nature, Perimeter, PerimeterBasis

from .nomenclatures import legal_categories

#: What ``classify`` reads, one row per party. Missing text is "" or null, a missing yes/no is false or null.
FACTS = {
    "siren": pl.String,
    "nature": pl.String,  # a value of Nature
    "legal_category": pl.String,  # four digits
    "ess_flag": pl.String,  # "O", "N" or ""
    "in_ess_list": pl.Boolean,
    "declared_public": pl.Boolean,
    "only_public_service": pl.Boolean,
}

NATURES_NAMED_BY_LAW = (Nature.ASSOCIATION, Nature.COOPERATIVE, Nature.MUTUAL, Nature.FOUNDATION)
PUBLIC_SIREN = "^(1[1-9]|2)"
PUBLIC_CATEGORY = "^[47]"

PERIMETER_OF_BASIS = {
    PerimeterBasis.OFFICIAL_FLAG: Perimeter.IN,
    PerimeterBasis.ESS_LIST: Perimeter.IN,
    PerimeterBasis.PUBLIC_BODY: Perimeter.OUT,
    PerimeterBasis.LEGAL_STATUS: Perimeter.IN,
    PerimeterBasis.PUBLIC_SERVICE: Perimeter.OUT,
    PerimeterBasis.OFFICIAL_NO: Perimeter.OUT,
    PerimeterBasis.NO_SOURCE: Perimeter.UNKNOWN,
}


def nature_of(legal_category: str | None) -> Nature:
    """The nature that an INSEE legal category means; UNKNOWN for none or one not in the list."""
    category = legal_categories().get(legal_category or "")
    return category.nature if category else Nature.UNKNOWN


def classify(facts: pl.DataFrame) -> pl.DataFrame:
    """``facts`` (columns of FACTS, others kept) with two more columns: ``perimeter`` and ``perimeter_basis``.

    Same rows in the same order. Raises ``polars.exceptions.ColumnNotFoundError`` if a column is missing.
    """
    text = {
        name: pl.col(name).cast(pl.String).fill_null("") for name, kind in FACTS.items() if kind is pl.String
    }
    yes = {name: pl.col(name).fill_null(False) for name, kind in FACTS.items() if kind is pl.Boolean}
    category, nature = text["legal_category"], text["nature"]
    named_by_law = [code for code, known in legal_categories().items() if known.named_by_law]
    companies = [code for code, known in legal_categories().items() if known.nature == Nature.COMPANY]
    is_public = (
        yes["declared_public"]
        | (nature == Nature.PUBLIC.value)
        | category.str.contains(PUBLIC_CATEGORY)
        | ((category == "") & text["siren"].str.contains(PUBLIC_SIREN))
    )
    has_legal_status = (
        category.is_in(named_by_law)
        | ((category == "") & nature.is_in([known.value for known in NATURES_NAMED_BY_LAW]))
        | (category.is_in(companies) & (nature == Nature.COOPERATIVE.value))
    )
    basis = (
        pl.when(text["ess_flag"] == "O")
        .then(pl.lit(PerimeterBasis.OFFICIAL_FLAG.value))
        .when(yes["in_ess_list"])
        .then(pl.lit(PerimeterBasis.ESS_LIST.value))
        .when(is_public)
        .then(pl.lit(PerimeterBasis.PUBLIC_BODY.value))
        .when(has_legal_status)
        .then(pl.lit(PerimeterBasis.LEGAL_STATUS.value))
        .when(yes["only_public_service"])
        .then(pl.lit(PerimeterBasis.PUBLIC_SERVICE.value))
        .when(text["ess_flag"] == "N")
        .then(pl.lit(PerimeterBasis.OFFICIAL_NO.value))
        .otherwise(pl.lit(PerimeterBasis.NO_SOURCE.value))
    )
    perimeter_of = {basis.value: perimeter.value for basis, perimeter in PERIMETER_OF_BASIS.items()}
    return facts.with_columns(
        basis.replace_strict(perimeter_of, return_dtype=pl.String).alias("perimeter"),
        basis.alias("perimeter_basis"),
    )
