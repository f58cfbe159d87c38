"""The page of the search across everything."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from terreau.portal.search import LONGEST, is_searchable, search


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    words = " ".join(request.GET.get("q", "").split())[:LONGEST]
    groups = search(words)
    context = {
        "words": words,
        "longest": LONGEST,
        "groups": groups,
        "total": sum(group.count for group in groups),
        "is_too_short": bool(words) and not is_searchable(words),
    }
    return render(request, "portal/search.html", context)
