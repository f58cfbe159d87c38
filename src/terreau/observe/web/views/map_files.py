"""What the map downloads: vector tiles of organisations, and layers of boundaries.

Addresses carry the version of what they give (``?v=``), so a browser keeps it for good; asked without it, or with
an old one, the answer is the newest and must be checked again. So a party that is masked is gone at the next page.
"""

import gzip
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from terreau.lake.tiles import InvalidTile, tile
from terreau.lake.tiles.grid import check_tile
from terreau.observe.boundaries import layer_names, layer_path
from terreau.observe.queries.history import read_moment
from terreau.observe.queries.map import point_index
from terreau.observe.queries.map_past import PastMap

CELLS = 16  # clusters along a side of a tile: one every 32 pixels
LAST_TILE_ZOOM = 16  # beyond, the browser enlarges these
TILE_TYPE = "application/vnd.mapbox-vector-tile"
LAYER_TYPE = "application/geo+json"


def tiles_address(asked: str = "", past: PastMap | None = None) -> str:
    """With {z}, {x} and {y} to fill; empty when no point was ever mapped. ``asked``: the date, for the map of one."""
    index = past.index if past else point_index()
    address = reverse("observe:tile", args=[0, 0, 0]).replace("0/0/0", "{z}/{x}/{y}")
    date = {"au": asked} if past else {}
    return f"{address}?{urlencode({**date, 'v': index.digest})}" if index else ""


def layer_address(zoning_code: str) -> str:
    """Empty when the layer was never built."""
    path = layer_path(zoning_code)
    return f"{reverse('observe:boundaries', args=[zoning_code])}?v={_version(path)}" if path.exists() else ""


@require_safe
def tile_file(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """One vector tile, of today or of ``?au=``; empty when no point was ever mapped. 404 when there is no such tile."""
    try:
        check_tile(z, x, y)
        index = PastMap(read_moment(request.GET["au"])).index if "au" in request.GET else point_index()
    except (InvalidTile, ValueError) as error:
        raise Http404(str(error)) from None
    if index is None:
        return HttpResponse(b"", content_type=TILE_TYPE, headers={"Cache-Control": "no-cache"})

    def content(compressed: bool) -> bytes:
        plain = tile(index, z, x, y, cells=CELLS)
        return gzip.compress(plain, 1) if compressed else plain

    return _versioned(request, index.digest, content, TILE_TYPE)


@require_safe
def boundaries_file(request: HttpRequest, zoning_code: str) -> HttpResponse:
    """The layer of one zoning, as GeoJSON. 404 when it was never built."""
    if zoning_code not in layer_names():  # what is built, never whatever file the address may name
        raise Http404(_("Ces contours n’ont pas été construits."))
    path = layer_path(zoning_code)

    def content(compressed: bool) -> bytes:
        return (path.with_name(path.name + ".gz") if compressed else path).read_bytes()

    return _versioned(request, _version(path), content, LAYER_TYPE)


def _version(path: Path) -> str:
    return f"{path.stat().st_mtime_ns:x}"


def _versioned(
    request: HttpRequest, version: str, content: Callable[[bool], bytes], content_type: str
) -> HttpResponse:
    """``content(compressed)`` is called only when the browser does not have this version already."""
    etag = f'W/"{version}"'  # weak: compressed or not, it is the same content
    response: HttpResponse
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        compressed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(content(compressed), content_type=content_type)
        if compressed:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    is_asked_version = request.GET.get("v") == version
    response["Cache-Control"] = "public, max-age=31536000, immutable" if is_asked_version else "no-cache"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
