"""The list of the register, and the page of one commitment."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.enums import Clock, State
from terreau.commitments.models import ProgrammeItem
from terreau.commitments.queries import visible_commitments
from terreau.commitments.queries.commitments import counts, find_commitment, matching
from terreau.commitments.queries.listing import all_items, by_attention, with_what_a_line_says
from terreau.commitments.queries.sheets import read_commitment
from terreau.commitments.rules import is_keeper, may_erase, may_open, may_see, may_write
from terreau.commitments.web.history_words import history_of
from terreau.commitments.web.trajectory_picture import draw, rows_of
from terreau.commitments.words import (
    beneficiary_of,
    is_orphan,
    judged_on,
    lines_of,
    owner_of,
    progress,
    quantity,
    standing,
)
from terreau.commons.licences import LICENCES
from terreau.commons.models import Party, Place, User
from terreau.commons.queries.choosing import find_parties, find_places, party_called, place_called
from terreau.commons.queries.places import site_name

ON_A_PAGE = 50
LONGEST_SEARCH = 200
FILTERS = ("q", "etat", "acteur", "territoire", "programme", "point")
STATES: dict[str, Any] = {
    State.OPEN: State.OPEN.label,
    Clock.LATE: Clock.LATE.label,
    Clock.SOON: Clock.SOON.label,
    Clock.AHEAD: Clock.AHEAD.label,
    "orphan": "",  # said in state_label
    State.KEPT: State.KEPT.label,
    State.RENEGOTIATED: State.RENEGOTIATED.label,
    State.ABANDONED: State.ABANDONED.label,
}


def who_asks(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


@dataclass
class Asked:
    """``unclear``: choices for words that may mean several things; ``unknown``: words that mean nothing."""

    q: str = ""
    state: str = ""
    party: Party | None = None
    place: Place | None = None
    item: ProgrammeItem | None = None
    programme: str = ""
    unclear: list[tuple[str, str, str]] | None = None  # parameter, value, words of each choice
    unknown: str = ""

    def filters(self) -> dict[str, Any]:
        return {
            "words": self.q,
            "party": self.party,
            "place": self.place,
            "programme": self.programme,
            "item": self.item.code if self.item else "",
        }


def commitments(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    asked, address = _asked(request)
    if address is not None:
        return redirect(address)
    everyone = visible_commitments()
    filtered = matching(everyone, on=today, **asked.filters())
    numbers = counts(filtered, on=today)
    total = sum(numbers[state.value] for state in State if state != State.DRAFT)
    rows = matching(everyone, on=today, state=asked.state, **asked.filters())
    page = Paginator(with_what_a_line_says(by_attention(rows)), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "page": page,
        "lines": lines_of(page, today),
        "states": [(code, state_label(code), numbers[code]) for code in STATES],
        "total": total,
        "items": all_items(),
        "is_filtered": any(request.GET.get(name) for name in FILTERS),
        "may_write": who_asks(request) is not None,
    }
    return render(request, "commitments/commitments.html", context)


def state_label(code: str) -> str:
    return _("sans porteur") if code == "orphan" else str(STATES[code])


def _asked(request: HttpRequest) -> tuple[Asked, str | None]:
    """What is asked; and, for words that mean one thing, the address that names it as feeds and the API do."""
    given = {name: " ".join(request.GET.get(name, "").split())[:LONGEST_SEARCH] for name in FILTERS}
    asked = Asked(q=given["q"], state=given["etat"] if given["etat"] in STATES else "")
    named: dict[str, str] = {}
    if given["acteur"] and (party := party_called(given["acteur"])):
        asked.party = party
    elif given["acteur"]:
        parties, is_sure = find_parties(given["acteur"])
        choices = [("acteur", one.public_id, one.name) for one in parties]
        _settle(asked, named, choices, is_sure, given["acteur"])
    if given["territoire"] and (place := place_called(given["territoire"])):
        asked.place = place
    elif given["territoire"]:
        places, is_sure = find_places(given["territoire"])
        choices = [
            ("territoire", f"{one.zoning_id}:{one.code}", f"{one.name}, {one.zoning.title}") for one in places
        ]
        _settle(asked, named, choices, is_sure, given["territoire"])
    slug, colon, code = given["point"].rpartition(":")
    if colon:  # of the form, which offers the items of every programme in one list
        named |= {"programme": slug, "point": code}
    elif given["programme"]:
        asked.programme = given["programme"]
        if given["point"]:
            asked.item = all_items().filter(programme__slug=given["programme"], code=given["point"]).first()
            asked.unknown = asked.unknown or ("" if asked.item else given["point"])
    if not named:
        return asked, None
    query = {name: value for name, value in {**given, **named}.items() if value}
    return asked, f"{reverse('commitments:commitments')}?{urlencode(query)}"


def _settle(
    asked: Asked, named: dict[str, str], choices: list[tuple[str, str, str]], is_sure: bool, typed: str
) -> None:
    if is_sure:
        named[choices[0][0]] = choices[0][1]
    elif choices:
        asked.unclear = [*(asked.unclear or []), *choices]
    else:
        asked.unknown = typed


def commitment(request: HttpRequest, token: str) -> HttpResponse:
    found = find_commitment(token)
    by = who_asks(request)
    if found is None or not may_see(by, found):
        raise Http404
    today = timezone.localdate()
    sheet = read_commitment(found)
    day = judged_on(found, today)
    way = sheet.trajectory
    sentence = progress(way, day)
    context = {
        "commitment": found,
        "sheet": sheet,
        "owner": owner_of(found),
        "beneficiary": beneficiary_of(found),
        "standing": standing(found, today),
        "is_orphan": is_orphan(found),
        "is_late": found.is_open and found.due_on is not None and found.due_on < today,
        "progress": sentence,
        "baseline": quantity(found.baseline),
        "target": quantity(found.target),
        "rows": rows_of(way, day) if way else [],
        "picture": draw(way, day, f"{sentence} ({found.unit})") if way else None,
        "steps": [(step, quantity(step.amount) if step.amount is not None else "") for step in sheet.steps],
        "history": history_of(sheet),
        "licence": LICENCES.get(found.licence),
        "rights_holder": site_name(),
        "may_write": may_write(by, found),
        "may_open": found.is_draft and may_open(by, found),
        "may_erase": may_erase(by),
        "is_author": by is not None and (found.created_by_id == by.pk or is_keeper(by)),
    }
    return render(request, "commitments/commitment.html", context)
