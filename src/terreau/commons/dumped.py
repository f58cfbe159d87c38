"""What the ground contributes to a dump: sources, places, parties. Accounts and the journal stay.

Their history is the observatory's to give: who may be shown in it depends on merges.
"""

import json
from collections.abc import Iterable
from typing import Any

import polars as pl
from django.db.models import Exists, OuterRef

from terreau.commons.attribution import PLACES_CHANGED, RECORDS_CHANGED, attribution
from terreau.commons.diffusion import without_private
from terreau.commons.enums import Diffusion
from terreau.commons.licences import combined_licence
from terreau.commons.models import (
    CommuneChange,
    JournalEntry,
    LogEntry,
    Membership,
    OutgoingMail,
    Party,
    Place,
    PopulationCount,
    PostCode,
    RoleGrant,
    Site,
    Source,
    User,
    Workshop,
    Zoning,
)
from terreau.commons.queries.places import served_region, site_name
from terreau.commons.search.index import bulk_load
from terreau.lake.dump import Table

_CODE = r"^[0-9A-Za-z]+$"


def credit_of(sources: Iterable[Source], changes: str) -> tuple[str, str]:
    """The licence of a table that holds contents of ``sources``, and whom to credit."""
    used = list(sources)
    credit = attribution(used, site=site_name(), changes=changes)
    return combined_licence({source.licence for source in used}), credit


def credit_all() -> tuple[str, str]:
    return credit_of(Source.objects.all(), RECORDS_CHANGED)


def credit_places() -> tuple[str, str]:
    sources = Source.objects.filter(Exists(Zoning.objects.filter(source=OuterRef("pk"))))
    return credit_of(sources, PLACES_CHANGED)


def about() -> dict[str, Any]:
    region = served_region()
    return {"region": {"code": region.code, "name": region.name} if region else None}


def clean_json(*columns: str) -> Any:
    """A ``clean`` that takes PRIVATE_FIELDS out of JSON ``columns`` where ``diffusion`` is partial."""

    def clean(frame: pl.DataFrame) -> pl.DataFrame:
        is_partial = (frame["diffusion"] == Diffusion.PARTIAL.value).fill_null(False)
        if not is_partial.any():
            return frame
        return frame.with_columns(
            pl.Series(
                name,
                [
                    _cleaned(text) if partial else text
                    for text, partial in zip(frame[name], is_partial, strict=True)
                ],
                dtype=pl.String,
            )
            for name in columns
        )

    return clean


def _cleaned(text: str) -> str:
    kept = without_private(json.loads(text))
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _clean_sites(frame: pl.DataFrame) -> pl.DataFrame:
    is_open = pl.col("diffusion") != Diffusion.PARTIAL.value
    return frame.with_columns(
        pl.when(is_open).then("address").otherwise(pl.lit("")).alias("address"),
        *(pl.when(is_open).then(axis).alias(axis) for axis in ("lon", "lat")),
    )


TABLES = (
    Table(
        name="sources",
        title="Sources, avec leur licence",
        model=Source,
        columns=(
            "code",
            "title",
            "publisher",
            "licence",
            "url",
            "vintage",
            "frequency",
            "covers",
            "precedence",
        ),
        key=("code",),
        rows=Source.objects.all,
        credit=credit_all,
        dated_by="vintage",
    ),
    Table(
        name="zonings",
        title="Zonages",
        model=Zoning,
        columns=("code", "kind", "version", "title", "title_plural", "level", "is_current", "source"),
        key=("code",),
        rows=Zoning.objects.all,
        credit=credit_places,
    ),
    Table(
        name="places",
        title="Territoires",
        model=Place,
        columns=(
            "zoning",
            "code",
            "name",
            "search_text",
            "population",
            "population_in_region",
            "communes_total",
            "communes_in_region",
            "lon",
            "lat",
        ),
        key=("zoning", "code"),
        rows=Place.objects.all,
        credit=credit_places,
        patterns={"code": _CODE},
    ),
    Table(
        name="memberships",
        title="Quelle commune est dans quel territoire",
        model=Membership,
        columns=("place", "commune"),
        key=("place", "commune"),
        rows=Membership.objects.all,
        credit=credit_places,
    ),
    Table(
        name="post_codes",
        title="Codes postaux",
        model=PostCode,
        columns=("code", "commune"),
        key=("code", "commune"),
        rows=PostCode.objects.all,
        credit=credit_places,
    ),
    Table(
        name="population_counts",
        title="Populations communales",
        model=PopulationCount,
        columns=("commune", "year", "population"),
        key=("commune", "year"),
        rows=PopulationCount.objects.all,
        credit=credit_places,
    ),
    Table(
        name="commune_changes",
        title="Fusions, scissions et changements de nom de communes",
        model=CommuneChange,
        columns=("date", "kind", "code_before", "name_before", "code_after", "name_after"),
        key=("date", "kind", "code_before", "code_after"),
        rows=CommuneChange.objects.all,
        credit=credit_places,
    ),
    Table(
        name="parties",
        title="Acteurs",
        model=Party,
        columns=(
            "identity",
            "public_id",
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
            "diffusion",
            "is_active",
            "search_text",
            "revision",
        ),
        key=("identity",),
        rows=lambda: Party.objects.exclude(diffusion=Diffusion.MASKED),
        credit=credit_all,
        may_lose=("revision",),
        patterns={"public_id": r"^[a-z0-9]{10}$"},
        inside=bulk_load,
    ),
    Table(
        name="sites",
        title="Lieux d’activité",
        model=Site,
        columns=(
            "identity",
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
        ),
        key=("identity",),
        rows=lambda: Site.objects.exclude(party__diffusion=Diffusion.MASKED),
        credit=credit_all,
        asks={"diffusion": "party__diffusion"},
        clean=_clean_sites,
        ranked_within=("party",),
    ),
)

#: model → why nothing of it leaves
NOT_DUMPED = {
    JournalEntry: "names accounts, and acts on what is masked",
    LogEntry: "published by itself, signed: only the site that signs a log can go on with it",
    OutgoingMail: "e-mail addresses",
    RoleGrant: "belongs to accounts",
    User: "e-mail addresses",
    Workshop: "the code of one room, for one afternoon",
}
