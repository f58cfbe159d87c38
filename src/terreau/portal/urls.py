"""Every address of the site. French has no prefix; English lives under /en/."""

from importlib import import_module

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from terreau.loop import open_packages
from terreau.portal.api import api
from terreau.portal.web.views import robots


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("robots.txt", robots, name="robots"),
    path("api/v1/", api.urls),
    *i18n_patterns(
        path("", include("terreau.portal.web.urls")),
        path("", include("terreau.portal.accounts.urls")),
        *(path("", include(import_module(f"terreau.{package}.web.urls"))) for package in open_packages()),
        prefix_default_language=False,
    ),
]
