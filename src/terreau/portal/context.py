"""What every page needs to know of the site: the region, the languages, where one can go, light or dark."""

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from terreau.commons.queries.places import served_region
from terreau.loop import open_packages

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


def site(request: HttpRequest) -> dict[str, object]:
    theme = request.COOKIES.get("theme", "")
    return {
        "region": SimpleLazyObject(served_region),
        "languages": settings.LANGUAGES,
        "navigation": navigation(),
        "theme": theme if theme in THEMES else "",
    }
