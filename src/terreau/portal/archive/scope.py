"""Which addresses belong to an archive: what everybody may read and nobody writes to, and that a file can answer.

``portal/permissions.py`` decides first: an address that is not a public page there is never asked for.
"""

from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import translation

from terreau.portal.permissions import PUBLIC_PAGE, ROUTES

NEEDS_SERVER = {
    "observe:nearby": "a search around any point",
    "observe:place_search": "a search",
    "search": "a search",
    "observe:funded_contents_feed": "followed for what is new",
    "commitments:agenda": "followed for what is new",
    "commitments:agenda_feed": "followed for what is new",
    "deliberate:replies_due_feed": "followed for what is new",
    "deliberate:replies_feed": "followed for what is new",
    "deliberate:conferences_calendar": "followed for what is new",
    "deliberate:conferences_feed": "followed for what is new",
    "deliberate:screen": "shown in the hall while people vote",
    "healthz": "about the server",
    "robots": "about the server",
    "account_inactive": "about an account",
}
_FOREIGN_READERS = {"observe:catalogue_json_ld", "observe:catalogue_turtle", "observe:elements"}
"""Full of absolute addresses: meaningless while the site's own is unknown."""

# Parameters of the lists that an archive keeps; every other combination of filters would be one more page.
QUERIES = {
    "commitments:commitments": {"etat", "page"},
    "deliberate:processes": {"etat", "page"},
    "deliberate:refusals": {"page"},
    "deliberate:results": {"page"},
    "deliberate:statements": {"page"},
    "observe:directory": {"territoire", "page"},
    "observe:funded_contents": {"etat", "page"},
    "observe:place": {"communes"},
    "observe:places": {"zonage", "page"},
}
_PAGE_NUMBERS = {"page", "communes"}


class Scope:
    """``languages``: codes of those that are kept; ``origin``: scheme and name by which pages call the site."""

    def __init__(self, languages: tuple[str, ...], origin: str) -> None:
        self.languages = languages
        self.origin = origin
        self.route_of = lru_cache(maxsize=None)(self._route_of)

    def address(self, page: str, link: str) -> str | None:
        """Where ``link`` leads on this site, seen from ``page``: path and query. None: to another site."""
        parts = urlsplit(urljoin(self.origin + page, link))
        if f"{parts.scheme}://{parts.netloc}" != self.origin:
            return None
        given = parse_qsl(parts.query, keep_blank_values=True)
        pairs = [pair for pair in given if pair[0] not in _PAGE_NUMBERS or pair[1] != "1"]
        return (parts.path or "/") + (f"?{urlencode(pairs)}" if pairs else "")

    def holds(self, address: str) -> bool:
        parts = urlsplit(address)
        asked = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
        if parts.path.startswith(settings.STATIC_URL):
            return not asked
        route = self.route_of(parts.path)
        return route is not None and asked <= QUERIES.get(route, {"page"})

    def _route_of(self, path: str) -> str | None:
        """The name of a public page in one of the languages; None for whatever else."""
        language = translation.get_language_from_path(path) or settings.LANGUAGE_CODE
        if language not in self.languages:
            return None
        try:
            with translation.override(language):
                route = resolve(path).view_name
        except Resolver404:
            return None
        is_left_out = route in NEEDS_SERVER or route.startswith("api:")
        is_for_others = route in _FOREIGN_READERS and not settings.SITE_ADDRESS
        is_public = ROUTES.get(route) == PUBLIC_PAGE
        return route if is_public and not is_left_out and not is_for_others else None
