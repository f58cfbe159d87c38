"""Proposals and replies as files: the feed of what is due, the table of a process, the file of one proposal."""

import csv
import datetime as dt
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from terreau.commons.models import User
from terreau.commons.web.following import unless_the_same
from terreau.deliberate.models import Process, Proposal, Reply
from terreau.deliberate.queries.proposal_files import file_of
from terreau.deliberate.queries.proposals import locked_among, proposals_of
from terreau.deliberate.queries.replies import Due, due_on, put_forward, replies_due
from terreau.deliberate.rules import are_results_hidden
from terreau.deliberate.web.asking import process_or_404, who_asks
from terreau.deliberate.web.locking import refuse_if_locked
from terreau.ui.feeds import SteadyFeed

from .proposals import proposal_or_404

IN_A_FEED = 200


@dataclass(frozen=True)
class Asked:
    """Of a process, or of the whole site; ``by``: files that an interest locks are not told to their holder."""

    process: Process | None
    by: User | None


class DueFeed(Feed):
    """One entry a reply that is owed; it goes away once the reply is given. With ``slug``: of one process."""

    feed_type = SteadyFeed

    def get_object(self, request: HttpRequest, slug: str = "") -> Asked:
        return Asked(process_or_404(request, slug) if slug else None, who_asks(request))

    def title(self, asked: Asked) -> str:
        return _("Réponses dues : %s") % asked.process.title if asked.process else _("Réponses dues")

    def link(self, asked: Asked) -> str:
        if asked.process is None:
            return reverse("deliberate:replies_due")
        return reverse("deliberate:replies", args=[asked.process.slug])

    subtitle = gettext_lazy(
        "Les propositions adoptées qui attendent une réponse, et de combien de jours. Pendant une réserve électorale, "
        "ce flux ne dit rien des organismes publics : la page dit tout."
    )

    def items(self, asked: Asked) -> list[Due]:
        today = timezone.localdate()
        rows = list(put_forward(replies_due(process=asked.process), today)[:IN_A_FEED])
        locked = locked_among(asked.by, rows)
        return due_on(today, [row for row in rows if row.pk not in locked])

    def item_title(self, item: Due) -> str:
        facts = {"number": item.proposal.number, "title": shown_title(item.proposal)}
        if item.late:
            return _("Sans réponse : proposition n° %(number)s, %(title)s") % facts
        return _("Réponse attendue : proposition n° %(number)s, %(title)s") % facts

    def item_description(self, item: Due) -> str:
        return f"{item.proposal.process.title}. {lateness(item)}"

    def item_link(self, item: Due) -> str:
        return reverse("deliberate:proposal", args=[item.proposal.process.slug, item.proposal.token])

    def item_guid(self, item: Due) -> str:
        return f"urn:terreau:reponse-due:{item.proposal.token}"

    def item_updateddate(self, item: Due) -> dt.datetime:
        """The day of the vote; once it is late, the day on which it became so."""
        day = item.by + dt.timedelta(days=1) if item.late else item.proposal.judged_on
        assert day is not None  # what was adopted has a day: a constraint of the database
        return timezone.make_aware(dt.datetime.combine(day, dt.time()))


due_feed = require_safe(unless_the_same(DueFeed()))


def shown_title(proposal: Any) -> str:
    """Its words, if they may be read."""
    return proposal.current_title if proposal.is_published else _("mots refusés par la relecture")


def lateness(due: Due) -> str:
    day = date_format(due.by)
    if not due.late:
        return _("Réponse due au plus tard le %(day)s.") % {"day": day}
    return ngettext(
        "En retard de %(n)s jour : la réponse était due le %(day)s.",
        "En retard de %(n)s jours : la réponse était due le %(day)s.",
        due.late,
    ) % {"n": due.late, "day": day}


COLUMNS = (
    "numero", "identifiant", "etat", "titre", "version", "jugee_le", "reunion", "soutiens", "pour", "contre",
    "abstentions", "reponse", "repondue_le", "raisons", "engagements", "pourquoi_aucun",
)  # fmt: skip


@require_safe
def proposals_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """A line a proposal; one that an interest locks for who asks has its number, and nothing else."""
    process = process_or_404(request, slug)
    by = who_asks(request)
    rows = list(proposals_of(process).prefetch_related("counts"))
    locked, hidden = locked_among(by, rows), are_results_hidden(process, timezone.now())
    replies = _current_replies(rows)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        if row.pk in locked:
            values: list[Any] = [row.number, "", _("fermée pour vous : vous y avez déclaré un intérêt")]
        else:
            values = _values(row, replies.get(row.pk), hidden)
        writer.writerow([cell(value) for value in values])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="propositions-{process.slug}.csv"'
    return response


def _current_replies(rows: list[Proposal]) -> dict[int, Reply]:
    found = Reply.objects.filter(proposal__in=rows, is_current=True).prefetch_related("commitments")
    return {reply.proposal_id: reply for reply in found}


def _values(row: Any, reply: Reply | None, is_hidden: bool) -> list[Any]:
    hands: list[Any] = ["", "", ""]
    if not is_hidden and row.counts.all():
        hands = [
            sum(getattr(one, name) for one in row.counts.all())
            for name in ("in_favour", "against", "abstained")
        ]
    answered: list[Any] = ["", "", "", "", ""]
    if reply is not None:
        answered = [
            reply.answer,
            timezone.localtime(reply.at).isoformat(timespec="seconds"),
            reply.reasons,
            " ".join(one.token for one in reply.commitments.all()),
            reply.no_commitment_because,
        ]
    supports = "" if is_hidden else row.support_count or 0
    said = [
        row.number,
        row.token,
        row.state,
        shown_title(row),
        row.current_number,
        row.judged_on,
        row.meeting,
    ]
    return [*said, supports, *hands, *answered]


def cell(value: Any) -> Any:
    """A spreadsheet computes what starts like a formula: words are words."""
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if is_formula else value


@require_safe
def proposal_file(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The whole file of a proposal: versions, counts, replies."""
    process = process_or_404(request, slug)
    found = proposal_or_404(request, process, token)
    if (closed := refuse_if_locked(request, process, proposal=found)) is not None:
        return closed
    content = file_of(found, is_hidden=are_results_hidden(process, timezone.now()))
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="proposition-{found.token}.json"'
    return response
