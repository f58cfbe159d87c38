"""The open data of the observatory: organisations, their sites, places, and which commune is in which zone."""

from collections.abc import Iterable
from typing import Any

import polars as pl
from django.db.models import QuerySet

from terreau.commons.attribution import FIGURES_COMPUTED, PARTIES_CHANGED, PLACES_CHANGED, attribution
from terreau.commons.enums import PRIVATE_FIELDS, Diffusion
from terreau.commons.licences import combined_licence
from terreau.commons.models import Membership, Party, Place, Site, Source
from terreau.commons.queries.places import site_name
from terreau.lake.catalogue import TYPES, Column, Content, Dataset

from .models import IndicatorValue, SourceRecord
from .queries import visible_parties
from .queries.secrecy import hidden_public_ids, partial_public_ids

_PARTY = Column("party", "integer", "Clé interne, qui n’est pas publiée")
_IDENTITY = (
    Column("public_id", "string", "Identifiant permanent, le même sur toutes les instances"),
    Column("name", "string", "Nom"),
    Column("siren", "string", "SIREN"),
)
_SITE = (
    Column("address", "string", "Adresse"),
    Column("post_code", "string", "Code postal"),
    Column("commune_code", "string", "Code INSEE de la commune"),
    Column("commune", "string", "Commune"),
    Column("departement_code", "string", "Code du département"),
    Column("lon", "number", "Longitude, en degrés (WGS 84)"),
    Column("lat", "number", "Latitude, en degrés (WGS 84)"),
)
_SOURCES = Column("sources", "string", "Codes des sources, séparés par |")
_ORGANISATION = (
    *_IDENTITY,
    Column("acronym", "string", "Sigle"),
    Column("rna", "string", "Numéro RNA"),
    Column("nature", "string", "Statut"),
    Column("legal_category", "string", "Catégorie juridique (INSEE)"),
    Column("naf", "string", "Activité principale (NAF rév. 2)"),
    Column("perimeter", "string", "Périmètre de l’ESS : in (dedans), out (dehors), unknown (non établi)"),
    Column("perimeter_basis", "string", "Raison de cette réponse"),
    Column("is_active", "boolean", "En activité, selon les sources"),
    Column("website", "string", "Site web"),
    *_SITE,
    Column("sites", "integer", "Nombre de lieux connus ; l’adresse donnée est celle du premier"),
    _SOURCES,
)
_SITE_TABLE = (
    *_IDENTITY,
    Column("siret", "string", "SIRET"),
    Column("site_name", "string", "Nom du lieu"),
    *_SITE,
    _SOURCES,
)
_PLACE = (
    Column("zoning", "string", "Zonage"),
    Column("code", "string", "Code officiel"),
    Column("name", "string", "Nom"),
    Column("population", "integer", "Population de tout le territoire"),
    Column("population_in_region", "integer", "Population de sa part située dans la région"),
    Column("communes_total", "integer", "Nombre de communes"),
    Column("communes_in_region", "integer", "Nombre de communes situées dans la région"),
    Column("lon", "number", "Longitude du centre, en degrés (WGS 84)"),
    Column("lat", "number", "Latitude du centre, en degrés (WGS 84)"),
)
_MEMBERSHIP = (
    Column("commune_code", "string", "Code INSEE de la commune"),
    Column("zoning", "string", "Zonage"),
    Column("zone_code", "string", "Code du territoire auquel la commune appartient"),
)
_MEMBERSHIP_KEY = ("zoning", "zone_code", "commune_code")
_INDICATOR = (
    Column("indicator", "string", "Code de l’indicateur ; sa définition est sur chaque page de territoire"),
    Column("zoning", "string", "Zonage"),
    Column("code", "string", "Code officiel du territoire"),
    Column("name", "string", "Nom du territoire"),
    Column("period", "string", "Année, ou date de la source la plus récente"),
    Column("value", "number", "Valeur ; vide : aucune source ne le dit, ce n’est pas zéro"),
    Column("unplaced", "integer", "Cas qui peuvent être ici, mais que la source ne place pas si finement"),
)
_INDICATOR_KEY = ("indicator", "zoning", "code", "period")


_Known = dict[str, set[str | None]]


def _frame(
    columns: Iterable[Column], rows: QuerySet[Any], paths: dict[str, str] | None = None
) -> pl.DataFrame:
    """One row per row of ``rows``, one column per declared column. The caller sorts them: databases do not
    agree on the order of letters.

    ``paths``: for a column whose value is not the field of the same name, the path to it.
    """
    schema = {column.name: TYPES[column.type] for column in columns}
    values = rows.values_list(*((paths or {}).get(name, name) for name in schema))
    return pl.DataFrame(list(values), schema=schema, orient="row", infer_schema_length=None)


def _sources_of_parties() -> pl.DataFrame:
    """party → its source codes joined with |, sorted."""
    pairs = list(SourceRecord.objects.order_by().values_list("party_id", "source_id").distinct())
    frame = pl.DataFrame(pairs, schema={"party": pl.Int64, "source": pl.String}, orient="row")
    return frame.sort("source").group_by("party").agg(pl.col("source").str.join("|").alias("sources"))


def _content(frame: pl.DataFrame, sources: QuerySet[Source], changes: str = PARTIES_CHANGED) -> Content:
    used = list(sources)
    credit = attribution(used, site=site_name(), changes=changes)
    return Content(frame, combined_licence({one.licence for one in used}), credit)


def _sites() -> pl.DataFrame:
    """Every active site, with its party, the first one of each party first."""
    columns = (_PARTY, *_SITE, *_SITE_TABLE[3:5])
    paths = {
        "party": "party_id",
        "site_name": "name",
        "commune_code": "commune__code",
        "commune": "commune__name",
        "departement_code": "departement__code",
    }
    sites = Site.objects.filter(is_active=True).order_by("party_id", "pk")
    partial = set(visible_parties().filter(diffusion=Diffusion.PARTIAL).values_list("pk", flat=True))
    is_open = ~pl.col("party").is_in(list(partial))
    return _frame(columns, sites, paths).with_columns(
        pl.when(is_open).then(n).alias(n) for n in PRIVATE_FIELDS
    )


def read_organisations() -> Content:
    sites = _sites()
    first = sites.unique("party", keep="first", maintain_order=True).drop("siret", "site_name")
    counts = sites.group_by("party").agg(pl.len().cast(pl.Int64).alias("sites"))
    elsewhere = {column.name for column in _SITE} | {"sites", "sources"}
    own = (_PARTY, *(column for column in _ORGANISATION if column.name not in elsewhere))
    frame = (
        _frame(own, visible_parties().order_by(), {"party": "pk"})
        .join(first, on="party", how="left")
        .join(counts, on="party", how="left")
        .join(_sources_of_parties(), on="party", how="left")
        .with_columns(pl.col("sites").fill_null(0))
        .sort("public_id")
        .select(column.name for column in _ORGANISATION)
    )
    return _content(frame, Source.objects.filter(records__isnull=False).distinct())


def read_sites() -> Content:
    frame = (
        _sites()
        .with_row_index("order")
        .join(_frame((_PARTY, *_IDENTITY), visible_parties().order_by(), {"party": "pk"}), on="party")
        .join(_sources_of_parties(), on="party", how="left")
        .sort("public_id", "order")
        .select(column.name for column in _SITE_TABLE)
    )
    return _content(frame, Source.objects.filter(records__isnull=False).distinct())


def without_hidden(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows published before, without those of parties that are masked now, under any address or number of theirs;
    and without the private fields of those that are partial now.
    """
    of_masked: _Known = {"public_id": {*hidden_public_ids()}, "siren": set(), "rna": set()}
    of_partial: _Known = {"public_id": {*partial_public_ids()}, "siren": set(), "rna": set()}
    reserved = Party.objects.exclude(diffusion=Diffusion.OPEN).order_by()
    for diffusion, siren, rna in reserved.values_list("diffusion", "siren", "rna"):
        found = of_masked if diffusion == Diffusion.MASKED else of_partial
        found["siren"].add(siren)
        found["rna"].add(rna)
    is_open = ~_is_one_of(frame, of_partial)
    private = [name for name in PRIVATE_FIELDS if name in frame.columns]
    shown = frame.with_columns(pl.when(is_open).then(name).alias(name) for name in private)
    return shown.filter(~_is_one_of(frame, of_masked))


def _is_one_of(frame: pl.DataFrame, known: _Known) -> pl.Series:
    found = pl.Series([False]).new_from_index(0, frame.height)
    for name, values in known.items():
        if name in frame.columns:
            found = found | frame[name].is_in(list(values - {None})).fill_null(False)
    return found


def read_places() -> Content:
    places = Place.objects.filter(communes_in_region__gt=0).order_by()
    frame = _frame(_PLACE, places, {"zoning": "zoning_id"}).sort("zoning", "code")
    return _content(frame, Source.objects.filter(zonings__isnull=False).distinct(), PLACES_CHANGED)


def read_memberships() -> Content:
    memberships = Membership.objects.filter(commune__communes_in_region__gt=0)
    paths = {"commune_code": "commune__code", "zoning": "place__zoning_id", "zone_code": "place__code"}
    frame = _frame(_MEMBERSHIP, memberships, paths).sort(_MEMBERSHIP_KEY)
    return _content(frame, Source.objects.filter(zonings__isnull=False).distinct(), PLACES_CHANGED)


def read_indicators() -> Content:
    values = IndicatorValue.objects.filter(place__communes_in_region__gt=0)
    paths = {"zoning": "place__zoning_id", "code": "place__code", "name": "place__name"}
    frame = _frame(_INDICATOR, values.order_by(), paths).sort(_INDICATOR_KEY)
    return _content(frame, Source.objects.all(), FIGURES_COMPUTED)


DATASETS = (
    Dataset(
        "organisations",
        "Acteurs",
        "Une ligne par acteur connu de nos sources, avec son périmètre ESS et son premier lieu d’activité.",
        ("public_id",),
        _ORGANISATION,
        read_organisations,
        ("lon", "lat"),
        without_hidden,
    ),
    Dataset(
        "sites",
        "Lieux d’activité",
        "Une ligne par lieu où un acteur travaille.",
        ("public_id", "siret"),
        _SITE_TABLE,
        read_sites,
        ("lon", "lat"),
        without_hidden,
    ),
    Dataset(
        "places",
        "Territoires",
        "Communes et territoires de chaque zonage, avec leur population ; un territoire peut dépasser la région.",
        ("zoning", "code"),
        _PLACE,
        read_places,
        ("lon", "lat"),
    ),
    Dataset(
        "memberships",
        "Appartenances",
        "Quelle commune appartient à quel territoire, pour chaque version de chaque zonage.",
        _MEMBERSHIP_KEY,
        _MEMBERSHIP,
        read_memberships,
    ),
    Dataset(
        "indicators",
        "Chiffres",
        "Chaque indicateur, pour chaque territoire et chaque période.",
        _INDICATOR_KEY,
        _INDICATOR,
        read_indicators,
    ),
)
