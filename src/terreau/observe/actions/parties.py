"""Parties and sites as they are shown: new ones, those whose values are chosen again, those that go."""

from collections.abc import Iterable
from contextlib import nullcontext
from typing import Any

import polars as pl
from django.db.models import Exists, OuterRef, Q, QuerySet

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Place, Site, public_id
from terreau.commons.search.index import bulk_load
from terreau.lake.bulk import insert_rows
from terreau.observe.models import SourceRecord
from terreau.observe.sources.resolving import PARTY_COLUMNS, SITE_COLUMNS, resolve_parties, resolve_sites

from .tables import chunks, stored_records, table

CORRECTIONS = "corrections"  # the source whose records are what people corrected
MANY = 5_000
_PARTY_TEXTS = ("acronym", "legal_category", "naf", "description", "website")
# As the model names them: a partial diffusion is one of its values.
_PARTY = tuple("diffusion" if name == "is_partial" else name for name in PARTY_COLUMNS)


def give_public_ids(identities: Iterable[str]) -> list[str]:
    """The digest of each identity; of two that collide, the later takes that of a longer text."""
    wanted = list(identities)
    taken = set(Party.objects.values_list("public_id", flat=True)) if wanted else set()
    given = []
    for identity in wanted:
        text = identity
        while (found := public_id(text)) in taken:
            text += "#"
        taken.add(found)
        given.append(found)
    return given


def insert_parties(records: pl.DataFrame, commune_names: dict[str, str]) -> None:
    """``records``: those of new parties, whose ``party`` is the identity."""
    shown = _shown(resolve_parties(records, commune_names), pl.col("party"))
    identities = shown["party"].to_list()
    rows = zip(identities, give_public_ids(identities), shown.select(_PARTY).iter_rows(), strict=True)
    _write_parties(("identity", "public_id"), [(one, digest, *rest) for one, digest, rest in rows])


def _write_parties(first: tuple[str, ...], rows: list[tuple[Any, ...]], **options: Any) -> None:
    """Many rows are indexed for search together at the end, few one by one."""
    together = len(rows) > MANY and len(rows) > Party.objects.count() // 2
    with bulk_load() if together else nullcontext():
        insert_rows(Party, (*first, *_PARTY), rows, **options)


def refresh_parties(keys: set[int], commune_names: dict[str, str]) -> None:
    """Choose again the values shown of parties that are here already, from all their records."""
    records = stored_records(party=keys)
    if records.is_empty():
        return
    identities = pl.concat(
        table(
            Party.objects.filter(pk__in=some).values_list("pk", "identity", "diffusion"),
            party=pl.Int64,
            identity=pl.String,
            now=pl.String,
        )
        for some in chunks(keys)
    )
    resolved = resolve_parties(records, commune_names).join(identities, on="party", how="left")
    shown = _shown(resolved, pl.col("identity"), pl.col("now") == Diffusion.MASKED.value)
    _write_parties(("id",), list(shown.select("party", *_PARTY).iter_rows()), update_on=["id"])


def _shown(resolved: pl.DataFrame, identity: pl.Expr, is_masked: pl.Expr | None = None) -> pl.DataFrame:
    """Columns as the model takes them. An RNA number that is another party's is left to it."""
    diffusion = (
        pl.when("is_partial").then(pl.lit(Diffusion.PARTIAL.value)).otherwise(pl.lit(Diffusion.OPEN.value))
    )
    if is_masked is not None:
        diffusion = pl.when(is_masked).then(pl.lit(Diffusion.MASKED.value)).otherwise(diffusion)
    owners = table(
        Party.objects.filter(rna__isnull=False).values_list("rna", "identity"), rna=pl.String, owner=pl.String
    )
    owned = (
        resolved.with_columns(
            own=identity,
            rna=pl.coalesce("rna", pl.when(identity.str.starts_with("rna:")).then(identity.str.slice(4))),
        )
        .join(owners, on="rna", how="left", maintain_order="left")
        .with_columns(
            siren=pl.coalesce(
                "siren", pl.when(identity.str.starts_with("siren:")).then(identity.str.slice(6))
            ),
            rna=pl.when(pl.col("owner").is_null() | (pl.col("owner") == pl.col("own"))).then("rna"),
            diffusion=diffusion,
        )
    )
    is_first = pl.col("rna").is_null() | pl.int_range(pl.len()).over("rna").eq(0)
    return owned.with_columns(
        *(pl.col(name).fill_null("") for name in _PARTY_TEXTS), rna=pl.when(is_first).then("rna")
    )


def insert_sites(records: pl.DataFrame) -> None:
    """``records``: those of new sites, whose ``site`` is the identity and ``party`` a key."""
    shown = _placed(resolve_sites(records))
    insert_rows(Site, ("identity", *SITE_COLUMNS), list(shown.select("site", *SITE_COLUMNS).iter_rows()))


def refresh_sites(keys: set[int]) -> None:
    records = stored_records(site=keys)
    if records.is_empty():
        return
    shown = _placed(resolve_sites(records))
    insert_rows(
        Site, ("id", *SITE_COLUMNS), list(shown.select("site", *SITE_COLUMNS).iter_rows()), update_on=["id"]
    )


def sites_of(parties: Iterable[int]) -> set[int]:
    return {
        key
        for some in chunks(parties)
        for key in Site.objects.filter(party__in=some).order_by().values_list("pk", flat=True)
    }


def place_keys(zoning: str) -> dict[str, int]:
    return dict(Place.objects.filter(zoning_id=zoning).values_list("code", "pk"))


def _placed(sites: pl.DataFrame) -> pl.DataFrame:
    texts = ("name", "address", "post_code")
    return sites.with_columns(
        *(pl.col(name).fill_null("") for name in texts),
        *(
            pl.col(zoning).replace_strict(place_keys(zoning), default=None, return_dtype=pl.Int64)
            for zoning in ("commune", "departement")
        ),
    )


def remove_orphans(parties: set[int], sites: set[int]) -> None:
    """Sites and parties that no record speaks of any more. A masked party stays, so that it stays masked.

    What people said of a party stays without it, and waits (``returning.py``).
    """
    for some in chunks(sites):
        Site.objects.filter(~Exists(_speaking_of("site")), pk__in=some).delete()
    for some in chunks(parties):
        gone = Party.objects.filter(~Exists(_speaking_of("party")), pk__in=some)
        gone.exclude(diffusion=Diffusion.MASKED).delete()


def _speaking_of(what: str) -> "QuerySet[SourceRecord]":
    return attesting(SourceRecord.objects.order_by().filter(**{what: OuterRef("pk")}))


def attesting(records: "QuerySet[SourceRecord]") -> "QuerySet[SourceRecord]":
    """Those of ``records`` that keep their party here: what people corrected does not, unless they told of it first."""
    return records.filter(~Q(source=CORRECTIONS) | Q(identity__startswith=f"local:{CORRECTIONS}:"))
