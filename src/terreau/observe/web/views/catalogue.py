"""What other sites read: the catalogue of open data as DCAT-AP, and the places of activity for other maps."""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import condition

from terreau.commons.licences import LICENCES, IncompatibleLicences, combined_licence
from terreau.commons.models import Source
from terreau.commons.queries.freshness import freshness
from terreau.commons.queries.places import served_region, site_name
from terreau.lake.catalogue import datasets
from terreau.lake.publishing import manifest
from terreau.observe import dcat
from terreau.observe.gogocarto import MOST_BOXES, WrongBounds, element, labels, read_bounds
from terreau.observe.queries.coverage import periods_described
from terreau.observe.queries.elements import MapElement, map_elements
from terreau.observe.rdf import Node, to_json_ld, to_turtle
from terreau.observe.web.addresses import absolute

_DESCRIPTION = (
    "Les acteurs de l’économie sociale et solidaire, leurs lieux d’activité, les territoires et leurs chiffres, "
    "avec la source et la licence de chaque jeu de données."
)


def catalogue_json_ld(request: HttpRequest) -> HttpResponse:
    return _catalogue(request, to_json_ld, "application/ld+json")


def catalogue_turtle(request: HttpRequest) -> HttpResponse:
    return _catalogue(request, to_turtle, "text/turtle; charset=utf-8")


def _catalogue(request: HttpRequest, write: Callable[[Node], str], content_type: str) -> HttpResponse:
    """Written at each request, in a few milliseconds: it says what is published now, or 304."""
    with override(settings.LANGUAGE_CODE):
        body = write(_catalogue_node(request))
    response = HttpResponse(body, content_type=content_type)
    etag = quote_etag(sha256(response.content).hexdigest())
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return get_conditional_response(request, etag=etag, response=response) or response


def _catalogue_node(request: HttpRequest) -> Node:
    periods = periods_described()
    entries = []
    for name, dataset in datasets().items():
        if published := manifest(name):
            files = {
                format_: absolute(request, "observe:dataset_file", name, format_)
                for format_ in published["files"]
            }
            page = absolute(request, "observe:dataset", name)
            entries.append(dcat.Entry(dataset, published, page, files, periods.get(name)))
    return dcat.catalogue(
        site=site_name(),
        address=absolute(request, "observe:datasets") + "#catalogue",
        home=absolute(request, "home"),
        api=absolute(request, "api:api-root"),
        description=_DESCRIPTION,
        region=_region(),
        entries=entries,
    )


def _region() -> dcat.Territory | None:
    place = served_region()
    return dcat.Territory(place.code, place.name, place.lon, place.lat) if place else None


def _tag(request: HttpRequest) -> str | None:
    known = freshness()
    return f'W/"{known.tag}"' if known else None


def _changed_at(request: HttpRequest) -> dt.datetime | None:
    known = freshness()
    return known.at if known else None


@condition(etag_func=_tag, last_modified_func=_changed_at)
def elements(request: HttpRequest) -> HttpResponseBase:
    """``?bounds=west,south,east,north``, several separated by ``;``; ``?limit=`` a number of elements.

    Without ``limit`` it gives every element, written little by little: a part would look like the whole.
    """
    bounds, limit = request.GET.get("bounds", ""), request.GET.get("limit", "")
    try:
        boxes = read_bounds(bounds) if bounds else ()
    except WrongBounds:
        message = _("« bounds » : ouest,sud,est,nord en degrés ; au plus %d rectangles, séparés par « ; ».")
        return _refusal(message % MOST_BOXES)
    if limit and not re.fullmatch("[1-9][0-9]{0,8}", limit):
        return _refusal(_("« limit » doit être un nombre entier, au moins 1."))
    if request.method == "HEAD":
        return HttpResponse(content_type="application/json")
    rows = map_elements(boxes=boxes, limit=int(limit) if limit else None)
    response = StreamingHttpResponse(_document(request, rows), content_type="application/json")
    response["Cache-Control"] = "no-cache"
    return response


def _refusal(message: str) -> HttpResponse:
    options = {"ensure_ascii": False}
    return JsonResponse({"detail": message}, status=400, json_dumps_params=options)


def _document(request: HttpRequest, rows: Iterator[MapElement]) -> Iterator[str]:
    """The list of elements under its licence. ``omitted``: those that no single licence lets us give."""
    page = absolute(request, "observe:party", "0")  # found once: the rest is a change of the last part
    before, _identifier, after = page.rpartition("0")
    head = {"licence": _whole_licence(), "ontology": "gogofull"}
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "data": ['
    with override(settings.LANGUAGE_CODE):
        names = labels()
    omitted, separator = 0, "\n"
    for row in rows:
        try:
            found = element(row, f"{before}{row.party.public_id}{after}", names)
        except IncompatibleLicences:
            omitted += 1
            continue
        yield separator + json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        separator = ",\n"
    yield f'\n], "omitted": {omitted}}}\n'


def _whole_licence() -> str | None:
    codes = set(Source.objects.filter(records__isnull=False).values_list("licence", flat=True))
    try:
        return LICENCES[combined_licence(codes)].url
    except IncompatibleLicences:
        return None
