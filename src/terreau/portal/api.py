"""The read API, /api/v1/: described by /api/v1/openapi.json, one router a room."""

from importlib import import_module
from importlib.util import find_spec

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError

from terreau import __version__
from terreau.loop import open_packages

# No page of documentation here: the usual ones load their scripts from other servers.
api = NinjaAPI(title="Terreau", version=__version__, docs_url=None, urls_namespace="api")

for package in open_packages():
    if find_spec(f"terreau.{package}.api"):
        api.add_router("", import_module(f"terreau.{package}.api").router)


@api.exception_handler(ValidationError)
def explain_invalid_request(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say which parameter is wrong, in the form that the description declares."""
    detail = [{"where": [str(part) for part in e["loc"]], "problem": e["msg"]} for e in error.errors]
    return api.create_response(request, {"detail": detail}, status=422)
