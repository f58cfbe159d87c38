"""What every page needs to know of the site: the region, the languages, where one can go, light or dark."""

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.timezone import localdate

from terreau.commitments.queries.reserve import Reserve, reserve_on
from terreau.commons.queries.places import served_region
from terreau.loop import SPINE, open_packages

THEMES = ("light", "dark")


@dataclass(frozen=True)
class NavigationEntry:
    title: str
    address: str


def navigation() -> list[NavigationEntry]:
    """The main pages of the spine and the open rooms, as each ``web/urls.py`` lists them in ``NAVIGATION``."""
    return [
        NavigationEntry(str(title), reverse(name))
        for package in open_packages()
        for name, title in import_module(f"terreau.{package}.web.urls").NAVIGATION
    ]


def reserve(request: HttpRequest) -> Reserve | None:
    """The electoral reserve that the home page and those of the register announce; elsewhere nothing is asked."""
    match = request.resolver_match
    is_told = match is not None and (match.namespace == SPINE or match.view_name == "home")
    return reserve_on(localdate()) if is_told else None


def site(request: HttpRequest) -> dict[str, object]:
    theme = request.COOKIES.get("theme", "")
    return {
        "region": SimpleLazyObject(served_region),
        "reserve": SimpleLazyObject(lambda: reserve(request)),
        "languages": settings.LANGUAGES,
        "navigation": navigation(),
        "theme": theme if theme in THEMES else "",
    }
