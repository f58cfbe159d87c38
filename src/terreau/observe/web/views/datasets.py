"""Open data: the catalogue, each dataset with its columns, and its files."""

import datetime as dt
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.core.paginator import Paginator
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import http_date, parse_etags, urlencode

from terreau.commons.licences import LICENCES
from terreau.commons.queries.places import served_region, site_name
from terreau.lake.catalogue import Dataset
from terreau.lake.catalogue import datasets as catalogue
from terreau.lake.gates import Refusal, gate_of
from terreau.lake.kept import open_kept
from terreau.lake.publishing import manifest, published_file
from terreau.lake.versions import PublishedVersion, parquet_of, version_as_of, versions_of
from terreau.observe import schema_org
from terreau.observe.queries.history import read_moment
from terreau.observe.web.addresses import absolute

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True)
class Offered(PublishedVersion):
    """``refusal``: why its files are not given to who asks; None when they are."""

    refusal: Refusal | None


def _offered(request: HttpRequest, name: str, version: PublishedVersion) -> Offered:
    has_files = bool(version.entry["files"])
    refusal = _refusal(request, name, parquet_of(name, version)) if has_files else None
    return Offered(version.entry, version.until, refusal)


def _refusal(request: HttpRequest, name: str, parquet: Path) -> Refusal | None:
    gate = gate_of(name)
    return gate(catalogue()[name], parquet, request.user) if gate else None


def _entry(request: HttpRequest, dataset: Dataset) -> dict[str, object]:
    published = manifest(dataset.name)
    if not published:
        return {"dataset": dataset, "published": None}
    on = dt.datetime.fromisoformat(published["published_at"]).date()
    return {
        "dataset": dataset,
        "published": published,
        "on": on,
        "licence": LICENCES[published["licence"]],
        "refusal": _refusal(request, dataset.name, published_file(dataset.name, "parquet")),
    }


def datasets(request: HttpRequest) -> HttpResponse:
    entries = [_entry(request, dataset) for dataset in catalogue().values()]
    return render(request, "observe/datasets.html", {"entries": entries})


def dataset(request: HttpRequest, name: str) -> HttpResponse:
    if name not in catalogue():
        raise Http404
    address = request.build_absolute_uri(reverse("observe:dataset", args=[name]))
    asked, versions = request.GET.get("au"), versions_of(name)
    page = Paginator(versions, 20).get_page(request.GET.get("page"))
    context = {
        **_entry(request, catalogue()[name]),
        "address": address,
        "schema_org": _schema_org(request, catalogue()[name]),
        "versions": page,
        "rows": [_offered(request, name, one) for one in page],
        "asked": asked,
        "newest": versions[0] if versions else None,
        "oldest": versions[-1] if versions else None,
    }
    status = 200
    if asked is not None:
        try:
            picked = version_as_of(versions, read_moment(asked))
        except ValueError:
            context["is_wrong"] = True
            status = 400
        else:
            context |= {
                "picked": picked and _offered(request, name, picked),
                "is_before": picked is None,
            }
            status = 200 if picked else 404
    return render(request, "observe/dataset.html", context, status=status)


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
    """One file of what is published now; with ``?au=``, the address of the one of that date."""
    published = manifest(name) if name in catalogue() else None
    if not published or file_format not in published["files"]:
        raise Http404
    if "au" in request.GET:
        try:
            picked = version_as_of(versions_of(name), read_moment(request.GET["au"]))
        except ValueError:
            return redirect(
                f"{reverse('observe:dataset', args=[name])}?{urlencode({'au': request.GET['au']})}"
            )
        if picked is None:
            raise Http404
        return redirect("observe:dataset_version_file", name, picked.number, name, file_format)
    if (refused := _refused(request, name, published_file(name, "parquet"))) is not None:
        return refused
    opened = published_file(name, file_format).open("rb")
    return _for_who_asks(name, _file(request, published, opened, f"{name}.{file_format}"))


def dataset_version_file(
    request: HttpRequest, name: str, number: int, file: str, file_format: str
) -> HttpResponseBase:
    """One file of one version: its address does not change, nor do its bytes unless the page of the dataset says so."""
    if name not in catalogue() or file != name:
        raise Http404
    version = next((one for one in versions_of(name) if one.number == number), None)
    if version is None or file_format not in version.entry["files"]:
        raise Http404
    if (refused := _refused(request, name, parquet_of(name, version))) is not None:
        return refused
    is_kept = version.until is not None
    opened = open_kept(name, number, file_format) if is_kept else published_file(name, file_format).open("rb")
    if opened is None:
        raise Http404
    return _for_who_asks(name, _file(request, version.entry, opened, f"{name}-v{number}.{file_format}"))


def _refused(request: HttpRequest, name: str, parquet: Path) -> HttpResponse | None:
    """Asked before any ETag is compared. To a program, the same words as a problem (RFC 9457)."""
    refusal = _refusal(request, name, parquet)
    if refusal is None:
        return None
    status = 403 if refusal.until is None else 409
    if "text/html" in request.headers.get("Accept", ""):
        response = render(request, "observe/file_refused.html", {"refusal": refusal}, status=status)
    else:
        problem = {
            "title": refusal.title,
            "status": status,
            "detail": " ".join(refusal.why),
            "until": refusal.until,
            "see": [request.build_absolute_uri(address) for _words, address in refusal.links],
        }
        response = JsonResponse(problem, status=status, json_dumps_params={"ensure_ascii": False})
        response["Content-Type"] = "application/problem+json"
    if refusal.until is not None:
        response["Retry-After"] = http_date(refusal.until.timestamp())
    add_never_cache_headers(response)
    patch_vary_headers(response, ["Accept", "Cookie"])
    return response


def _for_who_asks(name: str, response: HttpResponseBase) -> HttpResponseBase:
    """What has a gate is not the same answer for everybody: a cache between keeps the two apart."""
    if gate_of(name):
        patch_vary_headers(response, ["Accept", "Cookie"])
    return response


def _file(request: HttpRequest, entry: dict[str, Any], opened: IO[bytes], name: str) -> HttpResponseBase:
    """With its digest as ETag: a client that has it already gets 304.

    A client that did not ask for a compressed answer can check it with Repr-Digest (RFC 9530) too.
    """
    file_format = name.rpartition(".")[2]
    digest = entry["files"][file_format]["sha256"]
    etag = f'"{digest}"'
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if {etag, f"W/{etag}", "*"} & set(known):  # weak once compressed on the way
        opened.close()
        return HttpResponseNotModified(headers={"ETag": etag})
    response = FileResponse(
        opened, as_attachment=True, filename=name, content_type=CONTENT_TYPES[file_format]
    )
    response["ETag"] = etag
    response["Content-Length"] = entry["files"][file_format]["bytes"]
    response["Cache-Control"] = "no-cache"
    if "gzip" not in request.headers.get("Accept-Encoding", ""):  # else it is not these bytes that travel
        response["Repr-Digest"] = f"sha-256=:{b64encode(bytes.fromhex(digest)).decode()}:"
    return response
