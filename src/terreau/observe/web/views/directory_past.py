"""The directory on a date: the organisations that were shown then, page after page, as the API lists them."""

import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from terreau.commons.enums import Nature
from terreau.observe.nomenclatures import naf_label
from terreau.observe.queries.history import first_revision, read_moment
from terreau.observe.queries.listing_as_of import list_organisations_as_of

PAGE_SIZE = 25
_PUBLIC_ID = re.compile(r"[0-9a-z]{1,10}")


def directory_past(request: HttpRequest) -> HttpResponse:
    """``?au=`` a date; ``apres``: the identifier after which the page begins. Other filters are of today only."""
    asked = request.GET["au"].strip()
    context: dict[str, Any] = {"asked": asked, "first": first_revision()}
    try:
        moment = read_moment(asked)
    except ValueError:
        return render(request, "observe/directory_past.html", {**context, "is_wrong": True}, status=400)
    after = request.GET.get("apres", "")
    after = after if _PUBLIC_ID.fullmatch(after) else ""
    rows = list_organisations_as_of(moment, after=after, limit=PAGE_SIZE + 1)
    following = ""
    if len(rows) > PAGE_SIZE:
        rows = rows[:PAGE_SIZE]
        following = _address(asked, rows[-1]["public_id"])
    context |= {
        "moment": moment,
        "entries": [_entry(row, asked) for row in rows],
        "start": _address(asked) if after else "",
        "following": following,
        "has_filters": bool(request.GET.keys() - {"au", "apres"}),
    }
    return render(request, "observe/directory_past.html", context)


def _entry(row: dict[str, Any], asked: str) -> dict[str, Any]:
    """``address``: of its own page, on the same date."""
    page = reverse("observe:party", args=[row["public_id"]])
    return {
        **row,
        "nature": Nature(row["nature"]).label if row["nature"] in Nature.values else row["nature"],
        "does": naf_label(row["naf"]) if row["naf"] else "",
        "address": f"{page}?{urlencode({'au': asked})}",
    }


def _address(asked: str, after: str = "") -> str:
    query = urlencode({"au": asked, **({"apres": after} if after else {})})
    return f"{reverse('observe:directory')}?{query}"
