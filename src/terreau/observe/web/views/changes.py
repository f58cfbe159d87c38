"""Latest changes: of the whole site, and as feeds that a reader subscribes to."""

from typing import Any

from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from terreau.commons.models import Place, Revision
from terreau.observe.queries.changes import (
    events_of,
    parties_touched,
    revisions,
    verbs_used,
    visible_names,
)
from terreau.observe.queries.changes_in import departements, touched_in, touching
from terreau.observe.queries.history import Past, past_of
from terreau.observe.queries.secrecy import told
from terreau.observe.web.change_words import sources_of, verb_label, who
from terreau.observe.web.views.history import Line, last_name, lines_of
from terreau.ui.feeds import SteadyFeed
from terreau.ui.templatetags.ui import format_number, joined

PAGE_SIZE = 25
IN_A_FEED = 50


class Entry:
    """One revision of the site, in words."""

    def __init__(self, revision: Revision, touched: tuple[int, int], by: str, names: dict[str, str]) -> None:
        self.revision = revision
        self.written, self.replaced = touched
        self.who = by
        self.what = verb_label(revision.verb)
        kind, _sign, self.name_of_subject = revision.subject.partition(":")
        self.source = self.name_of_subject if kind == "source" else ""
        self.party = self.name_of_subject if kind == "party" and self.name_of_subject in names else ""
        self.party_name = names.get(self.name_of_subject, "") if kind == "party" else ""

    @property
    def figures(self) -> str:
        written = ngettext(
            "%(n)s fiche nouvelle ou changée", "%(n)s fiches nouvelles ou changées", self.written
        )
        replaced = ngettext("%(n)s version gardée", "%(n)s versions gardées", self.replaced)
        return joined(
            (
                written % {"n": format_number(self.written)},
                replaced % {"n": format_number(self.replaced)} if self.replaced else "",
            )
        )


def entries_of(rows: list[Revision], departement: Place | None = None) -> list[Entry]:
    """``departement``: count what changed there alone."""
    shown = told(rows)
    numbers = [one.number for one in shown]
    touched = touched_in(numbers, departement) if departement else parties_touched(numbers)
    sources = sources_of(shown)
    addresses = [one.subject.removeprefix("party:") for one in shown if one.subject.startswith("party:")]
    names = visible_names(addresses)
    return [Entry(one, touched[one.number], who(one, sources), names) for one in shown]


def asked_departement(request: HttpRequest) -> Place | None:
    """``?departement=37``: by its code. Raises Http404 for one that is not of the region."""
    code = request.GET.get("departement", "")
    return get_object_or_404(departements(), code=code) if code else None


def changes(request: HttpRequest) -> HttpResponse:
    verbs = verbs_used()
    asked = request.GET.get("acte", "")
    verb = asked if asked in verbs else ""
    departement = asked_departement(request)
    found = touching(revisions(verb), departement) if departement else revisions(verb)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "entries": entries_of(list(page), departement),
        "verb": verb,
        "departement": departement,
        "departements": departements(),
        "verbs": sorted(((one, verb_label(one)) for one in verbs), key=lambda pair: pair[1]),
    }
    return render(request, "observe/changes.html", context)


class Changes(Feed):
    """One entry a revision, the newest first; with ``?departement=``, of one département."""

    feed_type = SteadyFeed
    subtitle = gettext_lazy("Chaque changement de ce que le site montre : qui, quand, pourquoi.")

    def get_object(self, request: HttpRequest) -> Place | None:
        return asked_departement(request)

    def title(self, departement: Place | None) -> str:
        return _("Derniers changements : %s") % departement.name if departement else _("Derniers changements")

    def link(self, departement: Place | None) -> str:
        return reverse("observe:changes") + (f"?departement={departement.code}" if departement else "")

    def feed_url(self, departement: Place | None) -> str:
        return reverse("observe:changes_feed") + (f"?departement={departement.code}" if departement else "")

    def items(self, departement: Place | None) -> list[tuple[str, Entry]]:
        found = touching(revisions(), departement) if departement else revisions()
        link = self.link(departement)
        return [(link, entry) for entry in entries_of(list(found[:IN_A_FEED]), departement)]

    def item_title(self, item: Any) -> str:
        entry = item[1]
        return f"{entry.what}, {entry.party_name or entry.who}"

    def item_description(self, item: Any) -> str:
        return joined((item[1].figures, item[1].revision.reason), ". ")

    def item_link(self, item: Any) -> str:
        link, entry = item
        return f"{link}#r{entry.revision.number}"

    def item_updateddate(self, item: Any) -> Any:
        return item[1].revision.at

    def item_author_name(self, item: Any) -> str:
        return str(item[1].who)


class PartyChanges(Feed):
    """What changes of one party; of one that was merged, what changes of the party kept."""

    feed_type = SteadyFeed

    def get_object(self, request: HttpRequest, public_id: str) -> Past:
        past = past_of(public_id)
        if past is not None and past.party and not past.is_here:
            past = past_of(past.party.public_id)
        if past is None:
            raise Http404
        return past

    def title(self, past: Past) -> str:
        name = past.party.name if past.party else last_name(past)
        return _("Changements : %s") % name

    def link(self, past: Past) -> str:
        return reverse("observe:party_history", args=[past.public_id])

    def items(self, past: Past) -> list[tuple[str, Line]]:
        lines = lines_of(past, events_of(past)[:IN_A_FEED])
        return [(self.link(past), line) for line in lines]

    def item_title(self, item: Any) -> str:
        return str(item[1].what)

    def item_description(self, item: Any) -> str:
        labels = [row.label for row in item[1].rows or []]
        return joined((joined(labels), item[1].revision.reason), ". ")

    def item_link(self, item: Any) -> str:
        address, line = item
        return f"{address}#r{line.revision.number}-{line.event.public_id}"

    def item_updateddate(self, item: Any) -> Any:
        return item[1].revision.at

    def item_author_name(self, item: Any) -> str:
        return str(item[1].who)
