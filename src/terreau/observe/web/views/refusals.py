"""Refused corrections: which fields, why, and what a second steward said. What their authors wrote stays with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from terreau.commons.models import Place
from terreau.observe.models import Appeal, Correction
from terreau.observe.queries import corrections as read
from terreau.observe.queries.parties import find_party
from terreau.observe.rules import has_second_steward
from terreau.observe.web.correction_forms import label_of

A_PAGE = 25


@dataclass(frozen=True)
class Refusal:
    """``reason``: of the first steward. ``waits_for_nobody``: an appeal that nobody may judge yet."""

    correction: Correction
    labels: list[str]
    reason: str
    appeal: Appeal | None
    waits_for_nobody: bool

    @property
    def is_of_missing(self) -> bool:
        """An organisation that somebody said was missing; it has no page."""
        return (
            self.correction.place is not None
            and self.correction.party is None
            and bool(self.correction.identity)
        )


def refusals_told(refused: "Iterable[Any]") -> list[Refusal]:
    return [_told(one) for one in refused]


def _told(correction: Any) -> Refusal:
    appeal = getattr(correction, "appeal", None)
    is_waiting = appeal is not None and appeal.is_granted is None
    return Refusal(
        correction,
        [label_of(name) for name in correction.values],
        appeal.refusal if appeal else correction.answer,
        appeal,
        is_waiting and not has_second_steward(correction),
    )


def refusals(request: HttpRequest) -> HttpResponse:
    """All of them; ``?acteur=``: of one organisation; ``?territoire=``: of one place, ``zonage:code``."""
    found, party, place = read.refusals(), None, None
    if public_id := request.GET.get("acteur", ""):
        party = find_party(public_id)
        if party is None:
            raise Http404
        found = found.filter(party=party)
    elif asked := request.GET.get("territoire", ""):
        zoning, _separator, code = asked.partition(":")
        place = get_object_or_404(Place, zoning=zoning, code=code)
        found = found.filter(place=place)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "refusals": refusals_told(page.object_list), "party": party, "place": place}
    return render(request, "observe/refusals.html", context)
