"""The read API of the observatory: organisations, places, indicators, sources and datasets.

Lists of organisations and of indicators are paged by key: ``next`` holds the address of the next page, however deep.
Each answer has an ETag and a date: who sends them back is told 304 when nothing has changed, by one short query.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from ninja import Field, Path, Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import TypeAdapter, model_validator

from terreau.commons.api import (
    MOVED_OR_GONE,
    UNCHANGED,
    WRONG,
    WRONG_OR_ABSENT,
    if_changed,
    next_after,
    published,
    unless_known,
)
from terreau.commons.enums import PRIVATE_FIELDS, Diffusion, Nature, Perimeter
from terreau.commons.models import Party, Place, Site, Source, Zoning
from terreau.commons.search.index import matching
from terreau.lake.catalogue import datasets
from terreau.lake.publishing import manifest
from terreau.lake.versions import PublishedVersion, versions_of
from terreau.observe.models import IndicatorValue, Scheme, SourceRecord
from terreau.observe.queries import visible_parties
from terreau.observe.queries.history import (
    State,
    party_as_of,
    past_of,
    present_number,
    read_moment,
    state_at,
)
from terreau.observe.queries.listing import list_organisations
from terreau.observe.queries.listing_as_of import list_organisations_as_of
from terreau.observe.queries.pictures import pictures_shown
from terreau.observe.queries.practices import practices_by_theme

from .pictures import pictures_told
from .practices import practices_told
from .versions import AsOf, Frozen, Organisation, OrganisationDetail, dates_of, version_answer

CODE = r"^[0-9A-Za-z_]*$"
SLUG = r"^[0-9A-Za-z_-]*$"

router = Router(tags=["observatoire"])


class OrganisationPage(Schema):
    items: list[Organisation]
    next: str | None = Field(description="Address of the next page; null on the last one")


class OrganisationFilter(Schema):
    q: str = Field("", max_length=200, description="Words, or a SIREN, SIRET or RNA number")
    nature: Nature | None = Field(None, description="What it is in law")
    perimeter: Perimeter | None = Field(
        None, description="In the solidarity economy (law of 31 July 2014), out of it, or unknown"
    )
    scheme: Scheme | None = Field(None, description="A public scheme that a source attests")
    source: str = Field("", max_length=50, pattern=SLUG, description="Code of a source that speaks of it")
    zoning: str = Field("", max_length=50, pattern=CODE, description="Code of a zoning, with `place`")
    place: str = Field("", max_length=9, pattern=CODE, description="Official code of a place of that zoning")
    after: str = Field("", max_length=10, pattern=CODE, description="Only organisations after this public_id")
    limit: int = Field(50, ge=1, le=200, description="How many on a page")
    as_of: AsOf | None = Field(None, description="A past date or instant; with no other filter")

    @model_validator(mode="after")
    def _past_has_no_filter(self) -> "OrganisationFilter":
        if self.as_of is not None and self.model_dump(exclude=_NO_FILTER, exclude_defaults=True):
            raise ValueError("as_of goes with after and limit only: filters look at what is known today")
        return self


_NO_FILTER = {"after", "limit", "as_of"}
_page_adapter = TypeAdapter(OrganisationPage)


def _chosen(wanted: OrganisationFilter) -> QuerySet[Party] | None:
    """The parties that the filters choose; None when there is no filter."""
    if not wanted.model_dump(exclude=_NO_FILTER, exclude_defaults=True):
        return None
    parties = matching(visible_parties(), wanted.q)
    if wanted.nature:
        parties = parties.filter(nature=wanted.nature)
    if wanted.perimeter:
        parties = parties.filter(perimeter=wanted.perimeter)
    if wanted.scheme:
        parties = parties.filter(pk__in=Party.objects.filter(schemes__scheme=wanted.scheme).values("pk"))
    if wanted.source:
        parties = parties.filter(pk__in=SourceRecord.objects.filter(source=wanted.source).values("party"))
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
@if_changed
def organisations(request: HttpRequest, wanted: Query[OrganisationFilter]) -> HttpResponse:
    """Organisations, by public identifier."""
    if wanted.as_of is None:
        rows = list_organisations(among=_chosen(wanted), after=wanted.after, limit=wanted.limit + 1)
    else:
        moment = read_moment(wanted.as_of)
        rows = list_organisations_as_of(moment, after=wanted.after, limit=wanted.limit + 1)
    following = rows[wanted.limit :]
    rows = rows[: wanted.limit]
    next_page = next_after(request, rows[-1]["public_id"]) if following else None
    # The rows are plain values of known types: writing them at once is several times cheaper than objects.
    body = _page_adapter.dump_json(
        OrganisationPage.model_construct(items=rows, next=next_page), warnings=False
    )
    response = HttpResponse(body, content_type="application/json")
    if next_page:
        response["Link"] = f'<{next_page}>; rel="next"'
    return response


@router.get(
    "/organisations/{public_id}", response={200: OrganisationDetail, **MOVED_OR_GONE, **WRONG_OR_ABSENT}
)
@if_changed
def organisation(
    request: HttpRequest, public_id: Annotated[str, Path(pattern=CODE)], frozen: Query[Frozen]
) -> Any:
    """One organisation, with every value that each source gives: now, as of a date, or as one of its versions."""
    past = past_of(public_id)
    if past is None:
        return Status(404, {"detail": "no organisation has this identifier"})
    if frozen.as_of is not None:
        found = party_as_of(past, read_moment(frozen.as_of))
        return version_answer(past, found.state, "nothing is known of this organisation as of that date")
    if frozen.version is not None:
        return version_answer(past, state_at(past, frozen.version), "this organisation has no such version")
    if past.party is None:
        return Status(410, {"detail": "no source speaks of it any more; its versions stay: ?version=1"})
    if not past.is_here:
        return HttpResponseRedirect(reverse("api:organisation", args=[past.party.public_id]))
    return _present(past.party)


def _present(party: Party) -> dict[str, Any]:
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
    # These names lead to more than is public.
    columns = OrganisationDetail.model_fields.keys() - {"practices", "pictures"}
    own = {name: getattr(party, name) for name in columns if hasattr(party, name)}
    own |= {"commune_code": site.get("commune_code"), "commune": site.get("commune_name")}
    state = State(party.public_id, present_number(party.public_id), party.revision, None)
    own |= {"lon": site.get("lon"), "lat": site.get("lat"), "values": values}
    own |= {"pictures": pictures_told(pictures_shown().filter(party=party))}
    return own | dates_of(state) | {"practices": practices_told(practices_by_theme(party))}


class PlaceOut(Schema):
    zoning: str
    code: str
    name: str
    population: int | None
    population_in_region: int | None
    communes_total: int
    communes_in_region: int


@router.get("/places", response={200: list[PlaceOut], **WRONG_OR_ABSENT})
@if_changed
def places(
    request: HttpRequest,
    zoning: str = Query("commune", max_length=50, pattern=CODE, description="Code of a zoning"),
) -> Any:
    """The places of one zoning that lie in the region, at least in part."""
    if not Zoning.objects.filter(pk=zoning).exists():
        known = ", ".join(Zoning.objects.values_list("pk", flat=True))
        return Status(404, {"detail": f"no such zoning; known: {known}"})
    names = [name for name in PlaceOut.model_fields if name != "zoning"]
    rows = Place.objects.filter(zoning=zoning, communes_in_region__gt=0).order_by("code").values(*names)
    return [{"zoning": zoning, **row} for row in rows]


class IndicatorFilter(Schema):
    zoning: str = Field("departement", max_length=50, pattern=CODE, description="Code of a zoning")
    indicator: str = Field("", max_length=50, pattern=CODE, description="Only this indicator")
    place: str = Field("", max_length=9, pattern=CODE, description="Only the place with this official code")
    period: str = Field("", max_length=10, pattern=SLUG, description="Only this year, or this day")
    after: str = Field(
        "",
        max_length=80,
        pattern=r"^$|^[0-9A-Za-z_]+,[0-9A-Za-z_]+,[0-9A-Za-z_-]+$",
        description="Only values after this indicator, place and period, with commas between",
    )
    limit: int = Field(1000, ge=1, le=10_000, description="How many on a page")


class IndicatorOut(Schema):
    indicator: str
    code: str
    period: str
    value: float | None = Field(description="null means: not measured")
    unplaced: int


class IndicatorPage(Schema):
    items: list[IndicatorOut]
    next: str | None = Field(description="Address of the next page; null on the last one")


@router.get("/indicators", response={200: IndicatorPage, **WRONG_OR_ABSENT})
@if_changed
def indicators(request: HttpRequest, response: HttpResponse, wanted: Query[IndicatorFilter]) -> Any:
    """Values of indicators for the places of one zoning, by indicator, place and period."""
    if not Zoning.objects.filter(pk=wanted.zoning).exists():
        return Status(404, {"detail": "no such zoning"})
    values = IndicatorValue.objects.filter(place__zoning=wanted.zoning, place__communes_in_region__gt=0)
    if wanted.indicator:
        values = values.filter(indicator=wanted.indicator)
    if wanted.place:
        values = values.filter(place__code=wanted.place)
    if wanted.period:
        values = values.filter(period=wanted.period)
    if wanted.after:
        indicator, code, period = wanted.after.split(",")
        of_the_same = Q(indicator=indicator) & (
            Q(place__code__gt=code) | Q(place__code=code, period__gt=period)
        )
        values = values.filter(Q(indicator__gt=indicator) | of_the_same)
    ordered = values.order_by("indicator", "place__code", "period")
    told = ordered.values("indicator", "period", "value", "unplaced", code=F("place__code"))
    rows = list(told[: wanted.limit + 1])
    following = rows[wanted.limit :]
    rows = rows[: wanted.limit]
    next_page = None
    if following:
        last = rows[-1]
        next_page = next_after(request, f"{last['indicator']},{last['code']},{last['period']}")
        response["Link"] = f'<{next_page}>; rel="next"'
    return {"items": rows, "next": next_page}


class SourceOut(Schema):
    code: str
    title: str
    publisher: str
    licence: str
    url: str
    vintage: str | None
    covers: str


@router.get("/sources", response={200: list[SourceOut], **UNCHANGED})
@if_changed
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


class PublicationOut(Schema):
    version: int
    published_at: dt.datetime
    redacted_on: dt.date | None = Field(description="What may no longer be shown was taken out that day")
    files: dict[str, str] = Field(description="Format → address, which does not change")
    sha256: dict[str, str]


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
    sha256: dict[str, str] = Field(description="Format → digest of the file, which is also its ETag")
    bytes: dict[str, int] = Field(description="Format → size of the file")
    version: int | None
    versions: list[PublicationOut] = Field(description="Every publication kept, the newest first")


@router.get("/datasets", response={200: list[DatasetOut], **UNCHANGED})
@decorate_view(unless_known(published))
def list_datasets(request: HttpRequest) -> Any:
    """The catalogue of open data: columns, licence, and the address of each file."""
    listed = []
    for dataset in datasets().values():
        published = manifest(dataset.name) or {}
        files = {
            f: reverse("observe:dataset_file", args=[dataset.name, f]) for f in published.get("files", {})
        }
        facts = {key: published.get(key) for key in ("rows", "licence", "attribution", "published_at")}
        for fact in ("sha256", "bytes"):
            facts[fact] = {f: file[fact] for f, file in published.get("files", {}).items()}
        columns = [{"name": c.name, "type": c.type, "title": str(c.title)} for c in dataset.columns]
        about = {"name": dataset.name, "title": str(dataset.title), "description": str(dataset.description)}
        versions = [_publication(dataset.name, one) for one in versions_of(dataset.name)]
        facts |= {"versions": versions, "version": versions[0]["version"] if versions else None}
        listed.append({**about, "columns": columns, "files": files, **facts})
    return listed


def _publication(name: str, version: PublishedVersion) -> dict[str, Any]:
    files = version.entry["files"]
    route = "observe:dataset_version_file"
    return {
        "version": version.number,
        "published_at": version.since,
        "redacted_on": version.redacted_on,
        "files": {f: reverse(route, args=[name, version.number, name, f]) for f in files},
        "sha256": {f: file["sha256"] for f, file in files.items()},
    }
