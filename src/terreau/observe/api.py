"""The read API of the observatory: organisations, places, indicators, sources and datasets.

Lists of organisations are paged by key: ``next`` holds the address of the next page, however deep.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Field, Path, Query, Router, Schema, Status
from pydantic import TypeAdapter

from terreau.commons.enums import Diffusion, Nature, Perimeter
from terreau.commons.models import Party, Place, Site, Source, Zoning
from terreau.commons.search.index import matching
from terreau.lake.catalogue import datasets
from terreau.lake.publishing import manifest

from .models import IndicatorValue, Scheme
from .queries import PRIVATE_FIELDS, visible_parties
from .queries.listing import list_organisations

CODE = r"^[0-9A-Za-z_]*$"

router = Router(tags=["observatoire"])


class Problem(Schema):
    detail: str


class InvalidRequest(Schema):
    """Which parameters are wrong, and how."""

    class Item(Schema):
        where: list[str]
        problem: str

    detail: list[Item]


WRONG = {422: InvalidRequest}
WRONG_OR_ABSENT = {404: Problem, 422: InvalidRequest}


class Organisation(Schema):
    """One party that may be shown; the site is the first one known."""

    public_id: str
    name: str
    siren: str | None
    rna: str | None
    nature: str
    naf: str
    perimeter: str
    is_active: bool
    commune_code: str | None = None
    commune: str | None = None
    lon: float | None = None
    lat: float | None = None


class OrganisationPage(Schema):
    items: list[Organisation]
    next: str | None = Field(description="Address of the next page; null on the last one")


class OrganisationFilter(Schema):
    q: str = Field("", max_length=200, description="Words, or a SIREN, SIRET or RNA number")
    nature: Nature | None = None
    perimeter: Perimeter | None = None
    scheme: Scheme | None = None
    zoning: str = Field("", max_length=50, pattern=CODE, description="Code of a zoning, with `place`")
    place: str = Field("", max_length=9, pattern=CODE, description="Official code of a place of that zoning")
    after: str = Field("", max_length=10, pattern=CODE, description="Only organisations after this public_id")
    limit: int = Field(50, ge=1, le=200)


_page_adapter = TypeAdapter(OrganisationPage)


def _chosen(wanted: OrganisationFilter) -> QuerySet[Party] | None:
    """The parties that the filters choose; None when there is no filter."""
    if not (wanted.q or wanted.nature or wanted.perimeter or wanted.scheme or wanted.zoning or wanted.place):
        return None
    parties = matching(visible_parties(), wanted.q)
    if wanted.nature:
        parties = parties.filter(nature=wanted.nature)
    if wanted.perimeter:
        parties = parties.filter(perimeter=wanted.perimeter)
    if wanted.scheme:
        parties = parties.filter(pk__in=Party.objects.filter(schemes__scheme=wanted.scheme).values("pk"))
    if wanted.zoning or wanted.place:
        place = Place.objects.filter(zoning=wanted.zoning or "commune", code=wanted.place)
        path = "commune__in" if wanted.zoning in {"", "commune"} else "commune__zones__in"
        parties = parties.filter(pk__in=Site.objects.filter(**{path: place}).values("party"))
    return parties


def _first_sites(parties: list[int]) -> dict[int, dict[str, Any]]:
    sites = Site.objects.filter(party__in=parties, is_active=True).order_by("-pk")
    names = {"commune_code": F("commune__code"), "commune_name": F("commune__name")}
    rows: Iterable[Any] = sites.values("party_id", "lon", "lat", "party__diffusion", **names)
    return {row["party_id"]: _without_private(row, row["party__diffusion"]) for row in rows}


def _without_private(values: dict[str, Any], diffusion: str) -> dict[str, Any]:
    if diffusion != Diffusion.PARTIAL:
        return values
    return {name: value for name, value in values.items() if name not in PRIVATE_FIELDS}


@router.get("/organisations", response={200: OrganisationPage, **WRONG})
def organisations(request: HttpRequest, wanted: Query[OrganisationFilter]) -> HttpResponse:
    """Organisations, by public identifier."""
    rows = list_organisations(among=_chosen(wanted), after=wanted.after, limit=wanted.limit + 1)
    following = rows[wanted.limit :]
    rows = rows[: wanted.limit]
    next_page = None
    if following:
        query = request.GET.copy()
        query["after"] = rows[-1]["public_id"]
        next_page = f"{request.path}?{query.urlencode()}"
    # The rows are plain values of known types: writing them at once is several times cheaper than objects.
    body = _page_adapter.dump_json(
        OrganisationPage.model_construct(items=rows, next=next_page), warnings=False
    )
    return HttpResponse(body, content_type="application/json")


class Value(Schema):
    """A value as one source gives it."""

    field: str
    value: Any
    source: str
    licence: str
    date: str | None
    line: int


class OrganisationDetail(Organisation):
    acronym: str
    legal_category: str
    description: str
    website: str
    perimeter_basis: str
    values: list[Value]


@router.get("/organisations/{public_id}", response={200: OrganisationDetail, **WRONG_OR_ABSENT})
def organisation(request: HttpRequest, public_id: Annotated[str, Path(pattern=CODE)]) -> Any:
    """One organisation, with every value that each source gives."""
    party = visible_parties().filter(public_id=public_id).first()
    if party is None:
        return Status(404, {"detail": "no organisation has this identifier"})
    site = _first_sites([party.pk]).get(party.pk, {})
    values = [
        {
            "field": field,
            "value": value,
            "source": record.source_id,
            "licence": record.source.licence,
            "date": record.observed_on.isoformat() if record.observed_on else None,
            "line": record.line,
        }
        for record in party.records.select_related("source")
        for field, value in _without_private(record.values, party.diffusion).items()
    ]
    own = {name: getattr(party, name) for name in OrganisationDetail.model_fields if hasattr(party, name)}
    own |= {"commune_code": site.get("commune_code"), "commune": site.get("commune_name")}
    return own | {"lon": site.get("lon"), "lat": site.get("lat"), "values": values}


class PlaceOut(Schema):
    zoning: str
    code: str
    name: str
    population: int | None
    population_in_region: int | None
    communes_total: int
    communes_in_region: int


@router.get("/places", response={200: list[PlaceOut], **WRONG_OR_ABSENT})
def places(request: HttpRequest, zoning: str = Query("commune", max_length=50, pattern=CODE)) -> Any:
    """The places of one zoning that lie in the region, at least in part."""
    if not Zoning.objects.filter(pk=zoning).exists():
        known = ", ".join(Zoning.objects.values_list("pk", flat=True))
        return Status(404, {"detail": f"no such zoning; known: {known}"})
    names = [name for name in PlaceOut.model_fields if name != "zoning"]
    rows = Place.objects.filter(zoning=zoning, communes_in_region__gt=0).order_by("code").values(*names)
    return [{"zoning": zoning, **row} for row in rows]


class IndicatorOut(Schema):
    indicator: str
    code: str
    period: str
    value: float | None = Field(description="null means: not measured")
    unplaced: int


@router.get("/indicators", response={200: list[IndicatorOut], **WRONG_OR_ABSENT})
def indicators(
    request: HttpRequest,
    zoning: str = Query("departement", max_length=50, pattern=CODE),
    indicator: str = Query("", max_length=50, pattern=CODE),
) -> Any:
    """Values of indicators for the places of one zoning."""
    if not Zoning.objects.filter(pk=zoning).exists():
        return Status(404, {"detail": "no such zoning"})
    values = IndicatorValue.objects.filter(place__zoning=zoning, place__communes_in_region__gt=0)
    if indicator:
        values = values.filter(indicator=indicator)
    rows = values.order_by("indicator", "place__code", "period")
    return list(rows.values("indicator", "period", "value", "unplaced", code=F("place__code")))


class SourceOut(Schema):
    code: str
    title: str
    publisher: str
    licence: str
    url: str
    vintage: str | None
    covers: str


@router.get("/sources", response=list[SourceOut])
def sources(request: HttpRequest) -> Any:
    """Every source, the most trusted first."""
    names = [name for name in SourceOut.model_fields if name != "vintage"]
    return [
        {**{name: getattr(source, name) for name in names}, "vintage": source.vintage and str(source.vintage)}
        for source in Source.objects.all()
    ]


class ColumnOut(Schema):
    name: str
    type: str
    title: str


class DatasetOut(Schema):
    name: str
    title: str
    description: str
    columns: list[ColumnOut]
    rows: int | None
    licence: str | None
    attribution: str | None
    published_at: str | None
    files: dict[str, str] = Field(description="Format → address")


@router.get("/datasets", response=list[DatasetOut])
def list_datasets(request: HttpRequest) -> Any:
    """The catalogue of open data: columns, licence, and the address of each file."""
    listed = []
    for dataset in datasets().values():
        published = manifest(dataset.name) or {}
        files = {
            f: reverse("observe:dataset_file", args=[dataset.name, f]) for f in published.get("files", {})
        }
        columns = [{"name": c.name, "type": c.type, "title": str(c.title)} for c in dataset.columns]
        facts = {key: published.get(key) for key in ("rows", "licence", "attribution", "published_at")}
        about = {"name": dataset.name, "title": str(dataset.title), "description": str(dataset.description)}
        listed.append({**about, "columns": columns, "files": files, **facts})
    return listed
