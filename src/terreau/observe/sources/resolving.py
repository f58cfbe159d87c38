"""From what several sources say of a party or a site to the one value shown.

The source of least ``precedence`` is believed first, then the newest record. Nothing is mixed within an
address: street, post code and point come from records that name the same commune.
"""

from typing import Any

import polars as pl
from django.utils import translation

from terreau.commons.enums import Diffusion, Nature, PartyKind, PerimeterBasis
from terreau.commons.search.fold import fold_for_search, party_search_text
from terreau.observe.models import Scheme
from terreau.observe.nomenclatures import naf_labels
from terreau.observe.perimeter import classify, nature_of

from .fields import FIELDS
from .linking import type_of

#: Of each record: whom it speaks of, and how far it is believed. Field columns follow, all of FIELDS.
RANK = ("precedence", "observed_on", "record")
PARTY_COLUMNS = (
    "kind",
    "name",
    "acronym",
    "siren",
    "rna",
    "nature",
    "legal_category",
    "naf",
    "description",
    "website",
    "perimeter",
    "perimeter_basis",
    "is_partial",
    "is_active",
    "search_text",
)
SITE_COLUMNS = (
    "party",
    "siret",
    "name",
    "address",
    "post_code",
    "commune",
    "departement",
    "lon",
    "lat",
    "is_active",
)
# Words by which a party is found, beside its name: free text, and labels that many share. Official numbers are
# not words: the search looks for them in their own columns.
_TEXTS = ("name", "brand", "site_name", "description", "tags")
_LABELS = ("commune_title", "naf_label", "scheme_label")
PEOPLE = 5  # the precedence of corrections; a steward’s choice comes before
MOST_LETTERS = 10_000  # of those words: what a thousand rows say of one party would take minutes to fold


def with_every_field(records: pl.DataFrame) -> pl.DataFrame:
    """A column for each field, null where the records do not have it."""
    missing = [
        pl.lit(None, type_of(name)).alias(name)
        for name in FIELDS
        if name not in records.columns and name != "observed_on"
    ]
    return records.with_columns(missing)


def _by_trust(records: pl.DataFrame) -> pl.DataFrame:
    return records.sort(*RANK, descending=[False, True, False], nulls_last=True)


def _first(name: str) -> pl.Expr:
    return pl.col(name).drop_nulls().first()


def _said_by_people() -> pl.Expr:
    """Corrections and choices: what they do not say is not denied."""
    return pl.col("precedence") <= PEOPLE


def resolve_parties(records: pl.DataFrame, commune_names: dict[str, str]) -> pl.DataFrame:
    """One row per ``party`` with PARTY_COLUMNS. ``records``: ``party``, RANK, ``scheme`` (what their source attests
    of all its parties), every field (``with_every_field``).

    ``commune_names``: code → name, so that a party is found by the communes it works in.
    """
    titles = {code: fold_for_search(name) for code, name in commune_names.items()}
    labels = {code: fold_for_search(label) for code, label in naf_labels().items()}
    with translation.override("fr"):
        schemes = {scheme.value: fold_for_search(str(scheme.label)) for scheme in Scheme}
    named = _by_trust(records).with_columns(
        commune_title=pl.col("commune").replace_strict(titles, default=None, return_dtype=pl.String),
        naf_label=pl.col("naf").replace_strict(labels, default=None, return_dtype=pl.String),
        scheme_label=pl.col("scheme").replace_strict(schemes, default=None, return_dtype=pl.String),
    )
    said = (
        "acronym",
        "siren",
        "rna",
        "nature",
        "legal_category",
        "naf",
        "ess_flag",
        "description",
        "website",
    )
    parties = named.group_by("party", maintain_order=True).agg(
        _first("name"),
        *(_first(name) for name in said),
        in_ess_list=pl.col("ess_list").any(),
        declared_public=(pl.col("nature") == Nature.PUBLIC.value).any(),
        only_public_service=(pl.col("public_service").fill_null(False) | _said_by_people()).all()
        & pl.col("public_service").any(),
        is_partial=(pl.col("diffusion") == Diffusion.PARTIAL.value).any(),
        is_active=_first("active").fill_null(True) & pl.col("dissolved_on").is_null().all(),
        texts=_distinct_words(_TEXTS),
        labels=_distinct_words(_LABELS),
    )
    natured = _with_nature(classify(parties))
    return natured.with_columns(_search_text(natured)).select("party", *PARTY_COLUMNS)


def _with_nature(parties: pl.DataFrame) -> pl.DataFrame:
    """The legal category says the nature; a declared form completes it where the category cannot tell."""
    categories = parties["legal_category"].drop_nulls().unique()
    known = {code: nature_of(code).value for code in categories}
    of_category = pl.col("legal_category").replace_strict(known, default=None, return_dtype=pl.String)
    is_hidden_cooperative = (of_category == Nature.COMPANY.value) & (
        pl.col("nature") == Nature.COOPERATIVE.value
    )
    is_public = pl.col("legal_category").is_null() & (
        pl.col("perimeter_basis") == PerimeterBasis.PUBLIC_BODY.value
    )
    nature = (
        pl.when(is_public)
        .then(pl.lit(Nature.PUBLIC.value))
        .when(is_hidden_cooperative)
        .then(pl.lit(Nature.COOPERATIVE.value))
        .otherwise(
            pl.coalesce(
                pl.when(of_category != Nature.UNKNOWN.value).then(of_category),
                "nature",
                pl.lit(Nature.UNKNOWN.value),
            )
        )
    )
    kind = (
        pl.when(pl.col("nature") == Nature.PUBLIC.value)
        .then(pl.lit(PartyKind.PUBLIC_BODY.value))
        .when(pl.col("nature") == Nature.GROUP.value)
        .then(pl.lit(PartyKind.GROUP.value))
        .otherwise(pl.lit(PartyKind.ORGANISATION.value))
    )
    return parties.with_columns(nature=nature).with_columns(kind=kind)


def _distinct_words(columns: tuple[str, ...]) -> pl.Expr:
    words = pl.concat_list(columns).explode().drop_nulls().unique(maintain_order=True).str.join(" ")
    return words.str.slice(0, MOST_LETTERS)


def _search_text(parties: pl.DataFrame) -> pl.Series:
    """Labels are folded already: only what is particular to a party is folded here."""
    columns = ("name", "acronym", "texts", "labels")
    rows = parties.select(pl.col(name).fill_null("") for name in columns).iter_rows()
    found = []
    for name, acronym, texts, labels in rows:
        others = fold_for_search(texts) if texts != name else ""
        rest = " ".join(part for part in (others, labels) if part)
        first = party_search_text(name, acronym)
        found.append(f"{first}\n{rest}" if rest else first)
    return pl.Series("search_text", found, dtype=pl.String)


def resolve_sites(records: pl.DataFrame) -> pl.DataFrame:
    """One row per ``site`` with SITE_COLUMNS. ``records``: ``site``, ``party``, RANK, every field."""
    ordered = _by_trust(records)
    best = (
        ordered.sort(
            pl.col("commune").is_null(),
            pl.col("departement").is_null(),
            pl.col("address").is_null(),
            maintain_order=True,
        )
        .group_by("site", maintain_order=True)
        .agg(pl.col("commune").first(), pl.col("departement").first())
    )
    in_order: dict[str, Any] = {"on": "site", "maintain_order": "left"}  # of trust: the first one is shown
    chosen = ordered.join(best.select("site", chosen="commune"), **in_order)
    same_commune = chosen.filter(pl.col("commune").eq_missing(pl.col("chosen")))
    address = same_commune.group_by("site").agg(
        *(_first(name) for name in ("address", "post_code", "lon", "lat"))
    )
    others = ordered.group_by("site", maintain_order=True).agg(
        pl.col("party").first(),
        _first("siret"),
        _first("site_name").alias("name"),
        is_active=_first("site_active").fill_null(True),
    )
    return others.join(best, **in_order).join(address, **in_order).select("site", *SITE_COLUMNS)
