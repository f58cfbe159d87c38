"""Which rows are of the same party and of the same site: by identifiers only, exactly.

A party is its SIREN, else its RNA number, else what the source calls it. Likeness of names proves nothing and
is not used: that is for people, or for a linkage they check.
"""

import json
from collections.abc import Mapping
from hashlib import blake2b

import polars as pl

from terreau.observe.enums import RejectReason

from .declaration import Declaration
from .mapping import shortened
from .placing import text_key
from .readers import LINE

_NOT_VALUES = {"key", LINE, "party_identity", "site_identity", "observed_on"}
_TYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "lon": pl.Float64,
    "lat": pl.Float64,
    "year": pl.Int64,
    "amount_cents": pl.Int64,
    "posts": pl.Int64,
    "active": pl.Boolean,
    "site_active": pl.Boolean,
    "ess_list": pl.Boolean,
    "public_service": pl.Boolean,
}


def type_of(field: str) -> pl.DataType | type[pl.DataType]:
    return _TYPES.get(field, pl.String)


def with_identities(
    rows: pl.DataFrame, declaration: Declaration, siren_of_rna: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """``rows`` (of ``Mapped``) with ``party_identity`` and ``site_identity`` (null: the row names no site), and
    the rejects: an RNA number is of one SIREN only, the first that has it.

    ``siren_of_rna``: what is known already; what the rows themselves say completes it.
    """
    both = rows.filter(pl.col("siren").is_not_null() & pl.col("rna").is_not_null())
    known = {**dict(both.select("rna", "siren").reverse().iter_rows()), **siren_of_rna}
    owner = pl.col("rna").replace_strict(known, default=None, return_dtype=pl.String)
    is_taken = (pl.col("siren") != owner).fill_null(False)
    rejects = rows.filter(is_taken).select(
        line=pl.col(LINE),
        field=pl.lit("rna"),
        value="rna",
        reason=pl.lit(RejectReason.RNA_TAKEN.value),
        whole_row=pl.lit(False),
    )
    local = f"local:{declaration.code}:"
    own_party = _text_of(declaration.same_party or ("key",))
    own_site = _text_of(declaration.same_site or ("key",))
    place = ("commune", "departement", "lon", "address")
    has_place = pl.any_horizontal(pl.col(name).is_not_null() for name in place if name in rows.columns)
    found = rows.with_columns(rna=pl.when(~is_taken).then("rna"), owner=owner).with_columns(
        party_identity=pl.coalesce(
            "siren:" + pl.coalesce("siren", "owner"), "rna:" + pl.col("rna"), local + own_party
        ),
        site_identity=pl.coalesce("siret:" + pl.col("siret"), pl.when(has_place).then(local + own_site)),
    )
    found = found.drop("owner")
    return found.with_columns(shortened(found["party_identity"]), shortened(found["site_identity"])), rejects


def _text_of(fields: tuple[str, ...]) -> pl.Expr:
    """Names are compared without case, accent or punctuation; codes as they are."""
    folded = {"name", "commune_name", "brand", "site_name", "address"}
    return pl.concat_str(
        [(text_key(pl.col(f)) if f in folded else pl.col(f)).fill_null("") for f in fields], separator=":"
    )


def records_of(rows: pl.DataFrame) -> pl.DataFrame:
    """What is stored of each row: key, line, observed_on, identities, ``values`` (a dictionary) and its digest.

    The digest covers values and identities: when it is the same, nothing has to be written.
    """
    names = [name for name in rows.columns if name not in _NOT_VALUES]
    values = [
        {name: value for name, value in zip(names, row, strict=True) if value is not None}
        for row in rows.select(names).iter_rows()
    ]
    observed_on = rows["observed_on"] if "observed_on" in rows.columns else [None] * rows.height
    identities = rows.select("party_identity", "site_identity").iter_rows()
    digests = [
        _digest([content, str(day), party, site])
        for content, day, (party, site) in zip(values, observed_on, identities, strict=True)
    ]
    return pl.DataFrame(
        {
            "key": rows["key"],
            "line": rows[LINE].cast(pl.Int64),
            "observed_on": pl.Series(observed_on, dtype=pl.String).str.to_date("%Y-%m-%d"),
            "party_identity": rows["party_identity"],
            "site_identity": rows["site_identity"],
            "values": pl.Series(values, dtype=pl.Object),
            "digest": pl.Series(digests, dtype=pl.String),
        }
    )


def _digest(content: list) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=16).hexdigest()
