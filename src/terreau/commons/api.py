"""What answers have in common: problems, and telling who has already read what is there that nothing is new."""

import datetime as dt
import json
from calendar import timegm
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from ninja import Schema
from ninja.decorators import decorate_view

from terreau.commons.queries.freshness import Freshness, freshness
from terreau.lake.catalogue import datasets
from terreau.lake.publishing import manifest


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
MOVED_OR_GONE = {302: None, 410: Problem}

View = Callable[..., HttpResponse]


def next_after(request: HttpRequest, key: str) -> str:
    """The address of the page that follows the row with this key."""
    query = request.GET.copy()
    query["after"] = key
    return f"{request.path}?{query.urlencode()}"


def unless_known(fresh: Callable[[], Freshness | None]) -> Callable[[View], View]:
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


def published() -> Freshness | None:
    """Of the files of open data, which are written a little after the act that changes them."""
    found = [published for name in datasets() if (published := manifest(name))]
    if not found:
        return None
    tag = sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
    return Freshness(tag, max(dt.datetime.fromisoformat(one["published_at"]) for one in found))


if_changed = decorate_view(unless_known(freshness))


def _today() -> Freshness | None:
    now = freshness()
    if now is None:
        return None
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Freshness(f"{now.tag}-{midnight:%Y%m%d}", max(now.at, midnight))


if_changed_today = decorate_view(unless_known(_today))
"""For answers that say how something stands against the date: a new day makes them new."""


def _to_visitors(view: View) -> View:
    known = unless_known(_today)(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_visitor = not request.user.is_authenticated  # to have asked says ``Vary: Cookie``, in a 304 too
        return (known if is_visitor else view)(request, *args, **kwargs)

    return answer


if_changed_today_to_visitors = decorate_view(_to_visitors)
"""For answers that depend on who asks: what was read signed out is never called the same once signed in."""
