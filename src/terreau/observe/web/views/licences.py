"""Which contents may stand together: the table of licences, and an answer for those that the reader has."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from terreau.commons.licences import (
    LICENCES,
    IncompatibleLicences,
    Licence,
    Verdict,
    combined_licence,
    compare,
    may_merge,
)


@dataclass(frozen=True)
class Line:
    """Contents under ``licence``: a verdict for each licence of the base, in the order of the columns."""

    licence: Licence
    cells: list[tuple[Licence, Verdict]]

    @property
    def refused(self) -> int:
        return sum(not verdict.allowed for _into, verdict in self.cells)

    @property
    def said(self) -> list[tuple[Licence, Verdict]]:
        """What has a condition or a reason; the rest needs no words."""
        return [(into, verdict) for into, verdict in self.cells if verdict.reason]


def licences(request: HttpRequest) -> HttpResponse:
    """``?contenu=odbl-1.0&contenu=mit``: the licence that a base holding both may carry, or why none."""
    chosen = request.GET.getlist("contenu")
    known = LICENCES.values()
    context: dict[str, object] = {
        "columns": known,
        "lines": [Line(one, [(into, compare(one.code, into.code)) for into in known]) for one in known],
        "chosen": chosen,
    }
    status = 200
    if chosen:
        try:
            together = combined_licence(chosen)
            context |= {"together": LICENCES[together], "conditions": may_merge(together, chosen).reason}
        except IncompatibleLicences as refusal:
            context["refusal"] = str(refusal)
            status = 200 if set(chosen) <= LICENCES.keys() else 400
    return render(request, "observe/licences.html", context, status=status)
