"""The read API of the observatory: organisations, places, indicators, sources and datasets.

Lists of organisations are paged by key: ``next`` holds the address of the next page, however deep.
Each answer has an ETag and a date: who sends them back is told 304 when nothing has changed, by one short query.
"""

import datetime as dt
import json
from calendar import timegm
from collections.abc import Callable, Iterable
from functools import wraps
from hashlib import sha256
from typing import Annotated, Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from ninja import Field, Path, Query, Router, Schema, Status
from ninja.decorators import decorate_view
from pydantic import TypeAdapter

from terreau.commons.enums import PRIVATE_FIELDS, Diffusion, Nature, Perimeter
from terreau.commons.models import Party, Place, Site, Source, Zoning
from terreau.commons.search.index import matching
from terreau.lake.catalogue import datasets
from terreau.lake.publishing import manifest

from .models import IndicatorValue, Scheme, SourceRecord
from .queries import visible_parties
from .queries.freshness import Freshness, freshness
from .queries.listing import list_organisations
from .queries.practices import PracticeSheet, standing_practices

CODE = r"^[0-9A-Za-z_]*$"
SLUG = r"^[0-9A-Za-z_-]*$"

router = Router(tags=["observatoire"])


class Problem(Schema):
    detail: str


class InvalidRequest(Schema):
    """Which parameters are wrong, and how."""

    class Item(Schema):
        where: list[str]
        problem: str

    detail: list[Item]


UNCHANGED = {304: None}
WRONG = {422: InvalidRequest, **UNCHANGED}
WRONG_OR_ABSENT = {404: Problem, **WRONG}

View = Callable[..., HttpResponse]


def _unless_known(fresh: Callable[[], Freshness | None]) -> Callable[[View], View]:
    """Answers 304 to who has already read what is there now; else the view answers, with ETag and Last-Modified."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            # Before the view reads: what changes in between gets the older tag, never the reverse.
            now = fresh()
            if now is None:
                return view(request, *args, **kwargs)
            etag = f'W/"{now.tag}"'
            # Dates have no parts of seconds: until that second is over, a date would call two states the same.
            is_over = now.at.replace(microsecond=0) + dt.timedelta(seconds=1) < timezone.now()
            changed = timegm(now.at.utctimetuple()) if is_over else None
            # "*" asks whether it exists: the view tells.
            if request.headers.get("If-None-Match", "").strip() != "*":
                known = get_conditional_response(request, etag=etag, last_modified=changed)
                if known is not None and known.status_code == 304:
                    known["ETag"] = etag
                    return known
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                response["ETag"] = etag
                response["Cache-Control"] = "no-cache"
                if changed is not None:
                    response["Last-Modified"] = http_date(changed)
            return response

        return answer

    return decorate


def _published() -> Freshness | None:
    """Of the files of open data, which are written a little after the act that changes them."""
    found = [published for name in datasets() if (published := manifest(name))]
    if not found:
        return None
    tag = sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
    return Freshness(tag, max(dt.datetime.fromisoformat(one["published_at"]) for one in found))


_if_changed = decorate_view(_unless_known(freshness))


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


_page_adapter = TypeAdapter(OrganisationPage)


def _chosen(wanted: OrganisationFilter) -> QuerySet[Party] | None:
    """The parties that the filters choose; None when there is no filter."""
    if not wanted.model_dump(exclude={"after", "limit"}, exclude_defaults=True):
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
@_if_changed
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
    response = HttpResponse(body, content_type="application/json")
    if next_page:
        response["Link"] = f'<{next_page}>; rel="next"'
    return response


class Value(Schema):
    """A value as one source gives it."""

    field: str
    value: Any
    source: str
    licence: str
    date: str | None
    line: int


class PracticeOut(Schema):
    """What the organisation says it does, under one theme; never a score."""

    class Confirmation(Schema):
        peer: str = Field(description="public_id of the organisation that has seen it")
        peer_name: str
        words: str
        confirmed_at: dt.datetime

    class Contradiction(Schema):
        state: str
        opened_at: dt.datetime
        closed_at: dt.datetime | None
        reason: str | None = Field(
            description="Its words are public once a steward has upheld it; null before"
        )
        evidence: str | None
        reply: str | None
        answer: str

    theme: str
    text: str
    evidence: str
    declared_at: dt.datetime
    confirmations: list[Confirmation]
    contradictions: list[Contradiction]


class OrganisationDetail(Organisation):
    acronym: str
    legal_category: str
    description: str
    website: str
    perimeter_basis: str
    values: list[Value]
    practices: list[PracticeOut]


def _practice(sheet: PracticeSheet) -> dict[str, Any]:
    practice, contested = sheet.practice, []
    for one in sheet.contradictions:
        told = {name: getattr(one, name) for name in ("state", "opened_at", "closed_at", "answer")}
        is_upheld = one.state == one.State.UPHELD
        words = {name: getattr(one, name) if is_upheld else None for name in ("reason", "evidence", "reply")}
        contested.append(told | words)
    confirmations = [
        {
            "peer": one.peer.public_id,
            "peer_name": one.peer.name,
            "words": one.words,
            "confirmed_at": one.confirmed_at,
        }
        for one in sheet.confirmations
    ]
    said = {name: getattr(practice, name) for name in ("theme", "text", "evidence", "declared_at")}
    return said | {"confirmations": confirmations, "contradictions": contested}


@router.get("/organisations/{public_id}", response={200: OrganisationDetail, **WRONG_OR_ABSENT})
@_if_changed
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
    columns = OrganisationDetail.model_fields.keys() - {
        "practices"
    }  # the rows that the name leads to are not all public
    own = {name: getattr(party, name) for name in columns if hasattr(party, name)}
    own |= {"commune_code": site.get("commune_code"), "commune": site.get("commune_name")}
    own |= {"lon": site.get("lon"), "lat": site.get("lat"), "values": values}
    return own | {"practices": [_practice(sheet) for sheet in standing_practices(party)]}


class PlaceOut(Schema):
    zoning: str
    code: str
    name: str
    population: int | None
    population_in_region: int | None
    communes_total: int
    communes_in_region: int


@router.get("/places", response={200: list[PlaceOut], **WRONG_OR_ABSENT})
@_if_changed
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


class IndicatorOut(Schema):
    indicator: str
    code: str
    period: str
    value: float | None = Field(description="null means: not measured")
    unplaced: int


@router.get("/indicators", response={200: list[IndicatorOut], **WRONG_OR_ABSENT})
@_if_changed
def indicators(
    request: HttpRequest,
    zoning: str = Query("departement", max_length=50, pattern=CODE, description="Code of a zoning"),
    indicator: str = Query("", max_length=50, pattern=CODE, description="Only this indicator"),
    place: str = Query("", max_length=9, pattern=CODE, description="Only the place with this official code"),
    period: str = Query("", max_length=10, pattern=SLUG, description="Only this year, or this day"),
) -> Any:
    """Values of indicators for the places of one zoning."""
    if not Zoning.objects.filter(pk=zoning).exists():
        return Status(404, {"detail": "no such zoning"})
    values = IndicatorValue.objects.filter(place__zoning=zoning, place__communes_in_region__gt=0)
    if indicator:
        values = values.filter(indicator=indicator)
    if place:
        values = values.filter(place__code=place)
    if period:
        values = values.filter(period=period)
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


@router.get("/sources", response={200: list[SourceOut], **UNCHANGED})
@_if_changed
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
    sha256: dict[str, str] = Field(description="Format → digest of the file, which is also its ETag")
    bytes: dict[str, int] = Field(description="Format → size of the file")


@router.get("/datasets", response={200: list[DatasetOut], **UNCHANGED})
@decorate_view(_unless_known(_published))
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
        listed.append({**about, "columns": columns, "files": files, **facts})
    return listed
