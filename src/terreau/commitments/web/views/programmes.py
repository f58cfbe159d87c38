"""Programmes, the items of one, and what is promised for an item."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from terreau.commitments.models import Programme
from terreau.commitments.queries import visible_commitments
from terreau.commitments.queries.beside import beside
from terreau.commitments.queries.commitments import counts, matching
from terreau.commitments.queries.listing import by_attention, with_what_a_line_says
from terreau.commitments.queries.programmes import find_item, items_of
from terreau.commitments.queries.programmes import programmes as read_programmes
from terreau.commitments.words import lines_of
from terreau.commons.licences import LICENCES

from .commitments import STATES, state_label

ON_A_PAGE = 50


def programmes(request: HttpRequest) -> HttpResponse:
    rows = [(programme, programme.said("title"), programme.said("author")) for programme in read_programmes()]
    return render(request, "commitments/programmes.html", {"programmes": rows})


def programme(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Programme, slug=slug)
    context = {
        "programme": found,
        "title": found.said("title"),
        "author": found.said("author"),
        "presentation": found.said("presentation"),
        "licence": LICENCES.get(found.licence),
        "items": items_of(found, on=timezone.localdate()),
    }
    return render(request, "commitments/programme.html", context)


def programme_item(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    item = find_item(slug, code)
    if item is None:
        raise Http404
    today = timezone.localdate()
    rows = matching(visible_commitments(), on=today, programme=slug, item=code)
    numbers = counts(rows, on=today)
    page = Paginator(with_what_a_line_says(by_attention(rows)), ON_A_PAGE).get_page(request.GET.get("page"))
    next_one = rows.filter(state="open", due_on__gte=today).order_by("due_on", "pk").first()
    context = {
        "item": item,
        "programme_title": item.programme.said("title"),
        "title": item.said("title"),
        "next": next_one,
        "states": [(state, state_label(state), numbers[state]) for state in STATES],
        "total": page.paginator.count,
        "page": page,
        "lines": lines_of(page, today),
        "beside": beside(item),
    }
    return render(request, "commitments/programme_item.html", context)
