"""History of a party: each version at its own address, what each revision changed, what was shown on a date."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from terreau.commons.models import Revision
from terreau.observe.queries.changes import Event, changes_between, events_of
from terreau.observe.queries.corrections import refusals
from terreau.observe.queries.history import (
    Past,
    contents_of,
    party_as_of,
    party_at,
    past_of,
    read_moment,
    versions_of,
)
from terreau.observe.queries.parties import find_party
from terreau.observe.web.addresses import absolute
from terreau.observe.web.change_words import ChangeRow, change_rows, sources_of, verb_label, who

from .party import not_shown, party_context, show_party
from .refusals import refusals_told

PAGE_SIZE = 20
MOST_CHANGES = 50  # of one revision on a page; each version is one link away


@dataclass(frozen=True)
class Line:
    """One revision, in words. ``rows``: None when there is nothing to compare, or it may not be shown."""

    event: Event
    what: str
    who: str
    rows: list[ChangeRow] | None
    more: int

    @property
    def revision(self) -> Revision:
        return self.event.revision


def party(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of today; with ``?au=``, what it was on a date. An address that changed leads to the new one."""
    if "au" in request.GET:
        return as_of(request, public_id, request.GET["au"])
    found = find_party(public_id)
    if found:
        return show_party(request, found)
    past = past_of(public_id)
    if past is None:
        return not_shown(request)
    return redirect("observe:party", past.party.public_id) if past.party else gone(request, past)


def party_version(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    past = past_of(public_id)
    frozen = party_at(past, number) if past else None
    if past is None or frozen is None:
        return not_shown(request)
    context = {
        **party_context(frozen.sheet, frozen.themes, is_live=False),
        "frozen": frozen,
        "state": frozen.state,
        "past": past,
        "canonical": absolute(request, "observe:party", past.party.public_id if past.party else public_id),
        "permalink": absolute(request, "observe:party_version", public_id, number),
    }
    return render(request, "observe/party_version.html", context)


def party_history(request: HttpRequest, public_id: str) -> HttpResponse:
    past = past_of(public_id)
    if past is None:
        return not_shown(request)
    if past.party and not past.is_here:
        return redirect("observe:party_history", past.party.public_id)
    page = Paginator(events_of(past), PAGE_SIZE).get_page(request.GET.get("page"))
    versions = versions_of(past)
    context = {
        "past": past,
        "page": page,
        "start": page.paginator.count - page.start_index() + 1,
        "lines": lines_of(past, list(page)),
        "name": past.party.name if past.party else last_name(past),
        "refusals": refusals_told(refusals().filter(party=past.party)[:PAGE_SIZE]) if past.party else [],
        "versions": versions,
        "oldest": versions[0] if versions else None,
    }
    return render(request, "observe/party_history.html", context)


def lines_of(past: Past, events: list[Event]) -> list[Line]:
    """In a fixed number of queries."""
    states = [state for event in events for state in (event.before, event.after) if state]
    documents = contents_of(past, states)
    sources = sources_of(event.revision for event in events)
    lines = []
    for event in events:
        before, after = (
            documents.get((state.public_id, state.number)) if state else None
            for state in (event.before, event.after)
        )
        rows = change_rows(changes_between(before, after)) if before and after else None
        more = max(0, len(rows or []) - MOST_CHANGES)
        who_did = who(event.revision, sources)
        lines.append(Line(event, _what(past, event), who_did, rows[:MOST_CHANGES] if rows else rows, more))
    return lines


def _what(past: Past, event: Event) -> str:
    if event.before is None:
        return _("la fiche apparaît")
    if event.after is None and past.party and event.public_id != past.party.public_id:
        return _("cette fiche est réunie à une autre")
    if event.after is None:
        return _("la fiche n’est plus dans les sources")
    return verb_label(event.revision.verb)


def last_name(past: Past) -> str:
    """What a party that is no more was called last, if that may be told."""
    states = versions_of(past)
    frozen = party_at(past, states[-1].number) if states else None
    return frozen.party.name if frozen else past.public_id


def as_of(request: HttpRequest, public_id: str, asked: str) -> HttpResponse:
    """The version of the date asked for, at its own address; or why there is none."""
    past = past_of(public_id)
    if past is None:
        return not_shown(request)
    context = {"past": past, "asked": asked, "name": past.party.name if past.party else last_name(past)}
    try:
        moment = read_moment(asked)
    except ValueError:
        return render(request, "observe/party_as_of.html", {**context, "is_wrong": True}, status=400)
    found = party_as_of(past, moment)
    if found.state:
        return redirect("observe:party_version", found.state.public_id, found.state.number)
    return render(
        request, "observe/party_as_of.html", {**context, "found": found, "moment": moment}, status=404
    )


def gone(request: HttpRequest, past: Past) -> HttpResponse:
    """No source speaks of it any more: its address says so, and where its history is."""
    states = versions_of(past)
    context = {"past": past, "last": states[-1] if states else None, "name": last_name(past)}
    return render(request, "observe/party_gone.html", context, status=410)
