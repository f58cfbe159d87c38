"""Writing the rows of one source: parties and sites that are new, records that changed, what depends on them.

Tables are compared as a whole in memory and only differences are written, many rows at a time.
"""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from terreau.commons.models import Site
from terreau.lake.bulk import insert_rows
from terreau.observe.actions.parties import (
    insert_parties,
    insert_sites,
    place_keys,
    refresh_parties,
    refresh_sites,
    remove_orphans,
    sites_of,
)
from terreau.observe.actions.returning import attach_returned
from terreau.observe.actions.tables import chunks, table
from terreau.observe.models import Funding, SchemeMember, SourceRecord
from terreau.observe.queries.identities import party_keys_of_identities, roots
from terreau.observe.sources.declaration import Declaration
from terreau.observe.sources.resolving import with_every_field

_RECORD = ("key", "identity", "party", "site", "line", "observed_on", "values", "digest")


@dataclass(frozen=True)
class Written:
    """Counts of records."""

    added: int
    changed: int
    removed: int
    unchanged: int


def write_records(
    rows: pl.DataFrame,
    records: pl.DataFrame,
    declaration: Declaration,
    commune_names: dict[str, str],
    *,
    to_refresh: Collection[int] = (),
) -> Written:
    """Make what is stored of this source be ``rows``, with identities, in the caller's transaction.

    ``records``: of ``rows``. ``commune_names``: code → name. ``to_refresh``: keys of parties whose values are to be
    chosen again whatever their records become.
    """
    known = rows.with_columns(
        precedence=pl.lit(declaration.precedence),
        record=pl.int_range(pl.len()),
        scheme=pl.lit(declaration.scheme or None, pl.String),
    )
    if "observed_on" in rows.columns:
        known = known.with_columns(pl.col("observed_on").str.to_date("%Y-%m-%d"))
    else:
        known = known.with_columns(observed_on=pl.lit(None, pl.Date))
    known = _with_parties(with_every_field(known), commune_names)
    known = _with_sites(known)
    records = records.with_columns(
        identity=pl.col("party_identity"), party=known["party"], site=known["site"]
    )
    diff = _compare(records, declaration.code)
    _write(diff, declaration.code)
    _write_fundings(known, diff, declaration.code)
    _write_schemes(known, declaration)
    touched = diff.filter("is_touched")
    parties = set(to_refresh) | _keys(touched, "party_before", "party")
    sites = _keys(touched, "site_before", "site") | sites_of(to_refresh)
    refresh_sites(sites - _keys(known.filter("is_new_site"), "site"))  # before the party that they leave goes
    remove_orphans(parties, sites)
    back = attach_returned()
    refresh_parties((parties - _keys(known.filter("is_new_party"), "party")) | back, commune_names)
    refresh_sites(sites_of(back))
    counts = dict(diff.group_by("fate").len().iter_rows())
    return Written(**{fate: counts.get(fate, 0) for fate in ("added", "changed", "removed", "unchanged")})


def _keys(frame: pl.DataFrame, *columns: str) -> set[int]:
    return {key for column in columns for key in frame[column].drop_nulls().unique()}


def _with_parties(known: pl.DataFrame, commune_names: dict[str, str]) -> pl.DataFrame:
    """Columns ``party`` (its key) and ``is_new_party``; makes the missing ones, each as the root of its merges."""

    def keys() -> pl.DataFrame:
        there = party_keys_of_identities()
        return known.with_columns(
            party=pl.col("party_identity").replace_strict(there, default=None, return_dtype=pl.Int64)
        )

    is_new = keys()["party"].is_null()
    if is_new.any():
        party = pl.col("party_identity").replace(roots())
        insert_parties(known.filter(is_new).with_columns(party=party), commune_names)
    return keys().with_columns(is_new_party=is_new)


def _with_sites(known: pl.DataFrame) -> pl.DataFrame:
    def keys() -> pl.DataFrame:
        there = table(Site.objects.values_list("identity", "pk"), site_identity=pl.String, site=pl.Int64)
        return known.join(there, on="site_identity", how="left", maintain_order="left")

    found = keys()
    is_new = found["site"].is_null() & found["site_identity"].is_not_null()
    if is_new.any():
        insert_sites(known.filter(is_new).with_columns(site="site_identity"))
    return keys().with_columns(is_new_site=is_new)


def _compare(records: pl.DataFrame, source: str) -> pl.DataFrame:
    """``records`` and those stored, side by side, with ``fate``; ``is_touched``: party or site may look different."""
    stored = table(
        SourceRecord.objects.filter(source=source).values_list(
            "key", "pk", "digest", "party_id", "site_id", "line"
        ),
        key=pl.String,
        pk=pl.Int64,
        digest_before=pl.String,
        party_before=pl.Int64,
        site_before=pl.Int64,
        line_before=pl.Int64,
    )
    both = records.with_row_index("row").select(pl.exclude("values"))
    both = both.join(stored, on="key", how="full", coalesce=True).sort("row", nulls_last=True)
    same = (
        (pl.col("digest") == pl.col("digest_before"))
        & (pl.col("party") == pl.col("party_before"))
        & pl.col("site").eq_missing(pl.col("site_before"))
    )
    fate = (
        pl.when(pl.col("pk").is_null())
        .then(pl.lit("added"))
        .when(pl.col("digest").is_null())
        .then(pl.lit("removed"))
        .when(same)
        .then(pl.lit("unchanged"))
        .otherwise(pl.lit("changed"))
    )
    compared = both.with_columns(fate=fate).with_columns(is_touched=pl.col("fate") != "unchanged")
    values = records["values"].to_list()
    rows = compared["row"].to_list()
    return compared.with_columns(
        pl.Series("values", [None if row is None else values[row] for row in rows], dtype=pl.Object)
    )


def _write(diff: pl.DataFrame, source: str) -> None:
    for some in chunks(_keys(diff.filter(fate="removed"), "pk")):
        SourceRecord.objects.filter(pk__in=some).delete()
    moved = (pl.col("fate") == "unchanged") & (pl.col("line") != pl.col("line_before"))
    renewed = diff.filter((pl.col("fate") == "changed") | moved)
    insert_rows(
        SourceRecord,
        ("id", "source", *_RECORD),
        [(key, source, *rest) for key, *rest in renewed.select("pk", *_RECORD).iter_rows()],
        update_on=["id"],
    )
    added = diff.filter(fate="added").select(_RECORD).iter_rows()
    insert_rows(SourceRecord, ("source", *_RECORD), [(source, *row) for row in added])


def _write_fundings(known: pl.DataFrame, diff: pl.DataFrame, source: str) -> None:
    """Money is placed at the finest place the row gives: its commune, else its département."""
    touched = diff.filter(pl.col("fate").is_in(["added", "changed"])).select("key")
    paid = known.join(touched, on="key", how="semi").filter(
        pl.col("year").is_not_null() & pl.col("amount_cents").is_not_null()
    )
    changed = diff.filter(fate="changed").join(paid, on="key", how="anti")
    for some in chunks(_keys(changed, "pk")):
        Funding.objects.filter(record__in=some).delete()
    if paid.is_empty():
        return
    stored = table(
        SourceRecord.objects.filter(source=source).values_list("key", "pk"),
        key=pl.String,
        record_key=pl.Int64,
    )
    commune = pl.col("commune").replace_strict(place_keys("commune"), default=None, return_dtype=pl.Int64)
    departement = pl.col("departement").replace_strict(
        place_keys("departement"), default=None, return_dtype=pl.Int64
    )
    rows = paid.join(stored, on="key", maintain_order="left").select(
        "record_key",
        "party",
        "year",
        "amount_cents",
        pl.col("posts").fill_null(0),
        pl.col("purpose").fill_null(""),
        commune,
        pl.when(pl.col("commune").is_null()).then(departement).alias("departement"),
    )
    columns = ("record", "party", "year", "amount_cents", "posts", "purpose", "commune", "departement")
    insert_rows(Funding, columns, list(rows.iter_rows()), update_on=["record"])


def _write_schemes(known: pl.DataFrame, declaration: Declaration) -> None:
    stored = table(
        SchemeMember.objects.filter(source=declaration.code).values_list(
            "pk", "party_id", "scheme", "detail"
        ),
        pk=pl.Int64,
        party=pl.Int64,
        scheme=pl.String,
        detail=pl.String,
    )
    said = known if declaration.scheme else known.head(0)
    wanted = said.select(
        "party", scheme=pl.lit(declaration.scheme), detail=pl.col("scheme_detail").fill_null("")
    ).unique(maintain_order=True)
    key = ["party", "scheme", "detail"]
    for some in chunks(_keys(stored.join(wanted, on=key, how="anti"), "pk")):
        SchemeMember.objects.filter(pk__in=some).delete()
    missing = wanted.join(stored, on=key, how="anti")
    insert_rows(SchemeMember, (*key, "source"), [(*row, declaration.code) for row in missing.iter_rows()])
