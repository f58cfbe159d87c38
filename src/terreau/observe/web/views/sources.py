"""The sources, their accounts, their rejected rows, and the rule of the perimeter."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from terreau.commons.enums import PerimeterBasis
from terreau.commons.models import Source
from terreau.observe.enums import reason_label
from terreau.observe.models import Harvest
from terreau.observe.nomenclatures import legal_categories
from terreau.observe.perimeter import PERIMETER_OF_BASIS
from terreau.observe.queries.sources import (
    basis_counts,
    coverage,
    harvests_of,
    reconcile,
    reference_sources,
    reject_counts,
    rejects_of,
)

REJECTS_A_PAGE = 50
HARVESTS_SHOWN = 10


def sources(request: HttpRequest) -> HttpResponse:
    context = {"accounts": reconcile(), "references": reference_sources(), "coverage": coverage(None)}
    return render(request, "observe/sources.html", context)


def source(request: HttpRequest, code: str) -> HttpResponse:
    found = get_object_or_404(Source, code=code)
    harvests = list(harvests_of(found)[:HARVESTS_SHOWN])
    last = next((harvest for harvest in harvests if harvest.status == Harvest.Status.DONE), None)
    context = {"source": found, "harvests": harvests, "last": last}
    if last:
        page = Paginator(rejects_of(last), REJECTS_A_PAGE).get_page(request.GET.get("page"))
        context |= {
            "page": page,
            "rejects": [(reject, reason_label(reject.reason)) for reject in page.object_list],
            "reasons": [(reason_label(reason), whole, times) for reason, whole, times in reject_counts(last)],
            "kept": found.records.count(),
        }
    return render(request, "observe/source.html", context)


def perimeter(request: HttpRequest) -> HttpResponse:
    counts = basis_counts()
    named = [category for category in legal_categories().values() if category.named_by_law]
    context = {
        "lines": [(basis, PERIMETER_OF_BASIS[basis], counts[basis]) for basis in PERIMETER_OF_BASIS],
        "total": sum(counts.values()),
        "named": named,
        "Basis": PerimeterBasis,
    }
    return render(request, "observe/perimeter.html", context)
