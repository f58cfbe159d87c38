"""Open data: the catalogue, each dataset with its columns, and its files."""

import datetime as dt
from base64 import b64encode

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import parse_etags

from terreau.commons.licences import LICENCES
from terreau.commons.queries.places import served_region, site_name
from terreau.lake.catalogue import Dataset
from terreau.lake.catalogue import datasets as catalogue
from terreau.lake.publishing import manifest, published_file
from terreau.observe import schema_org
from terreau.observe.web.addresses import absolute

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
}


def _entry(dataset: Dataset) -> dict[str, object]:
    published = manifest(dataset.name)
    if not published:
        return {"dataset": dataset, "published": None}
    on = dt.datetime.fromisoformat(published["published_at"]).date()
    return {"dataset": dataset, "published": published, "on": on, "licence": LICENCES[published["licence"]]}


def datasets(request: HttpRequest) -> HttpResponse:
    entries = [_entry(dataset) for dataset in catalogue().values()]
    return render(request, "observe/datasets.html", {"entries": entries})


def dataset(request: HttpRequest, name: str) -> HttpResponse:
    if name not in catalogue():
        raise Http404
    address = request.build_absolute_uri(reverse("observe:dataset", args=[name]))
    entry = _entry(catalogue()[name])
    context = {**entry, "address": address, "schema_org": _schema_org(request, catalogue()[name])}
    return render(request, "observe/dataset.html", context)


def _schema_org(request: HttpRequest, dataset: Dataset) -> str:
    """What the page says to machines; nothing before there is a file to find."""
    published = manifest(dataset.name)
    if not published:
        return ""
    region = served_region()
    found = schema_org.dataset(
        dataset,
        published,
        page=absolute(request, "observe:dataset", dataset.name),
        catalogue=absolute(request, "observe:datasets"),
        site=site_name(),
        region=region.name if region else "",
        files={f: absolute(request, "observe:dataset_file", dataset.name, f) for f in published["files"]},
    )
    return schema_org.script_text(found)


def dataset_file(request: HttpRequest, name: str, file_format: str) -> HttpResponseBase:
    """One file, with its digest as ETag: a client that has it already gets 304.

    A client that did not ask for a compressed answer can check it with Repr-Digest (RFC 9530) too.
    """
    published = manifest(name) if name in catalogue() else None
    if not published or file_format not in published["files"]:
        raise Http404
    digest = published["files"][file_format]["sha256"]
    etag = f'"{digest}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if {etag, f"W/{etag}", "*"} & set(known):  # weak once compressed on the way
        return HttpResponseNotModified(headers={"ETag": etag})
    response = FileResponse(
        published_file(name, file_format).open("rb"),
        as_attachment=True,
        filename=f"{name}.{file_format}",
        content_type=CONTENT_TYPES[file_format],
    )
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    if "gzip" not in request.headers.get("Accept-Encoding", ""):  # else it is not these bytes that travel
        response["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(digest)).decode()}:"
    return response
