"""The regional conference: when the next one is due, the page of one, and its form for facilitators."""

import datetime as dt
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.core import ratelimit
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.syndication.views import Feed
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from terreau import __version__
from terreau.commons.models import User
from terreau.commons.web.addresses import absolute
from terreau.commons.web.following import unless_the_same
from terreau.commons.web.form_errors import take_errors
from terreau.deliberate import actions
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import TAKING_PART, AgendaPart, Preset
from terreau.deliberate.models import Conference, Process
from terreau.deliberate.queries.conferences import (
    MONTHS,
    REMINDER_DAYS,
    adopted_at,
    announced_conferences,
    clock_on,
    find_conference,
    visible_conferences,
)
from terreau.deliberate.queries.proposals import locked_among
from terreau.deliberate.rules import may_facilitate, may_start
from terreau.deliberate.web.asking import process_or_404, who_asks
from terreau.deliberate.web.conference_forms import AGENDA_EXPLAINED, AgendaForm, ConferenceForm, MinutesForm
from terreau.deliberate.web.refusals import refuse
from terreau.ui.feeds import SteadyFeed

ON_A_PAGE = 25


def conferences(request: HttpRequest) -> HttpResponse:
    page = Paginator(visible_conferences(), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "clock": clock_on(timezone.localdate()),
        "months": MONTHS,
        "reminder_days": REMINDER_DAYS,
        "announced": announced_conferences(),
        "may_start": may_start(who_asks(request)),
    }
    return render(request, "deliberate/conferences.html", context)


def conference(request: HttpRequest, slug: str) -> HttpResponse:
    process = process_or_404(request, slug)
    by, now = who_asks(request), timezone.now()
    found = find_conference(process)
    keeps = may_facilitate(by, process)
    if found is None and not keeps and (process.preset != Preset.CONFERENCE or process.is_draft):
        raise Http404
    adopted = list(adopted_at(process))
    locked = locked_among(by, adopted)
    context = {
        "process": process,
        "conference": found,
        "parts": parts_of(found),
        "steps": [(step, step.is_open_at(now)) for step in process.steps.all() if step.kind in TAKING_PART],
        "adopted": [(one, one.pk in locked, _current_reply(one)) for one in adopted],
        "may_keep": keeps,
    }
    return render(request, "deliberate/conference.html", context)


def parts_of(found: Conference | None) -> list[tuple[str, Any, list[Any]]]:
    """(label, what it is for, its points) of each of the three parts."""
    items = list(found.agenda.all()) if found else []
    return [
        (str(part.label).capitalize(), AGENDA_EXPLAINED[part], [one for one in items if one.part == part])
        for part in AgendaPart
    ]


def _current_reply(proposal: Any) -> Any:
    return next((one for one in proposal.replies.all() if one.is_current), None)


def conference_keep(request: HttpRequest, slug: str) -> HttpResponse:
    """``do``: set, item, remove, minutes."""
    process = process_or_404(request, slug)
    by = cast(User, request.user)
    if not may_facilitate(by, process):
        words = _("Seuls les animateurs de la démarche tiennent l’ordre du jour et le compte rendu.")
        return refuse(request, process, NotAllowed(words))
    found = find_conference(process)
    built = _forms(request, found)
    status = 200
    if request.method == "POST":
        try:
            done = _kept(request, process, found, built, by)
        except NotAllowed as refusal:
            return refuse(request, process, refusal)
        if done:
            messages.success(request, done)
            return redirect("deliberate:conference_keep", process.slug)
        status = 400
    context = {"process": process, "conference": found, "parts": parts_of(found), "forms": built}
    return render(request, "deliberate/conference_form.html", context, status=status)


def _forms(request: HttpRequest, found: Conference | None) -> dict[str, forms.Form]:
    """Only the one that was sent is bound."""
    do = request.POST.get("do", "") if request.method == "POST" else ""

    def sent(name: str) -> Any:
        return request.POST if do == name else None

    minutes = {"minutes": found.minutes} if found else {}
    return {
        "set": ConferenceForm(sent("set"), like=found),
        "item": AgendaForm(sent("item"), prefix="item"),
        "minutes": MinutesForm(sent("minutes"), initial=minutes),
    }


def _kept(
    request: HttpRequest, process: Process, found: Conference | None, built: dict[str, forms.Form], by: User
) -> str:
    """What was done, in words; nothing when a form says what is wrong."""
    do = request.POST.get("do", "")
    if do == "remove":
        key = request.POST.get("item", "")
        is_number = key.isascii() and key.isdigit() and len(key) < 18
        item = found.agenda.filter(pk=int(key)).first() if found and is_number else None
        if item is not None:
            item.conference = cast(Conference, found)
            actions.remove_agenda_item(item=item, by=by)
        return _("Le point est retiré de l’ordre du jour.")
    form = built.get(do)
    if form is None or not form.is_valid():
        return ""
    if not ratelimit.consume(request, action="conference", user=by):
        form.add_error(None, _("Trop d’envois en une heure. Réessayez plus tard."))
        return ""
    given = form.cleaned_data
    try:
        if do == "set":
            actions.set_conference(process=process, held_on=given["held_on"], where=given["where"], by=by)
            return _("La date et le lieu sont notés.")
        if do == "item":
            actions.add_agenda_item(process=process, by=by, **given)
            return _("Le point est à l’ordre du jour.")
        actions.publish_minutes(process=process, minutes=given["minutes"], by=by)
    except ValidationError as error:
        take_errors(form, error)
        return ""
    return _("Le compte rendu est publié.")


@require_safe
@unless_the_same
def calendar_file(request: HttpRequest) -> HttpResponse:
    """The day by which the next one is due, with a reminder 90 days before; and those that have a day."""
    from icalendar import Calendar  # it is long to load: only who asks for a calendar waits for it

    clock = clock_on(timezone.localdate())
    calendar = Calendar()
    calendar.add("prodid", f"-//Terreau {__version__}//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    title = _("Conférence régionale de l’ESS")
    for name in ("name", "x-wr-calname"):
        calendar.add(name, title)
    if clock.due and clock.reminds_from and clock.last:
        words = deadline_sentence(clock.due)
        address = absolute(request, "deliberate:conferences")
        stamp = clock.last.process.changed_at
        due = _("Date limite de la prochaine conférence régionale de l’ESS")
        calendar.add_component(_event("conference-due", clock.due, due, words, address, stamp))
        soon = _("Dans 90 jours : date limite de la prochaine conférence régionale de l’ESS")
        calendar.add_component(_event("conference-rappel", clock.reminds_from, soon, words, address, stamp))
    for one in visible_conferences().filter(held_on__isnull=False, process__is_demonstration=False)[:200]:
        address = absolute(request, "deliberate:conference", one.process.slug)
        assert one.held_on is not None
        event = _event(
            f"conference-{one.process.slug}",
            one.held_on,
            one.process.title,
            one.where,
            address,
            one.process.changed_at,
        )
        calendar.add_component(event)
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="conferences.ics"'
    return response


def _event(key: str, day: dt.date, summary: str, words: str, address: str, stamp: dt.datetime) -> Any:
    from icalendar import Event
    from icalendar.prop import vUri

    event = Event()
    event.add("uid", f"{key}-{day}@{urlsplit(settings.SITE_ADDRESS).hostname or 'terreau'}")
    event.add("dtstamp", stamp)
    event.add("dtstart", day)
    event.add("summary", summary)
    if words:
        event.add("description", words)
    event.add("url", vUri(address))
    event.add("transp", "TRANSPARENT")
    return event


def deadline_sentence(due: dt.date) -> str:
    return _(
        "La loi du 31 juillet 2014 (article 8) demande une conférence au moins tous les deux ans : la prochaine est "
        "due au plus tard le %(day)s."
    ) % {"day": date_format(due)}


class ClockFeed(Feed):
    """The reminder 90 days before, then that it is late; and the conferences that have a day."""

    feed_type = SteadyFeed
    title = gettext_lazy("Conférence régionale de l’ESS")
    subtitle = gettext_lazy("Quand la prochaine est due, et celles qui ont une date.")

    def link(self) -> str:
        return reverse("deliberate:conferences")

    def items(self) -> list[tuple[str, str, str, dt.date]]:
        """(title, words, address, day)."""
        clock, found = clock_on(timezone.localdate()), []
        address = reverse("deliberate:conferences")
        if clock.due and clock.reminds_from and clock.late:
            late = _("La conférence régionale de l’ESS est en retard")
            found.append((late, deadline_sentence(clock.due), address, clock.due + dt.timedelta(days=1)))
        elif clock.due and clock.reminds_from and clock.is_soon:
            soon = _("Rappel : la conférence régionale de l’ESS est due dans 90 jours au plus")
            found.append((soon, deadline_sentence(clock.due), address, clock.reminds_from))
        for one in visible_conferences().filter(held_on__isnull=False, process__is_demonstration=False)[:50]:
            page = reverse("deliberate:conference", args=[one.process.slug])
            assert one.held_on is not None
            day = timezone.localdate(one.process.opened_at) if one.process.opened_at else one.held_on
            words = _("%(day)s. %(where)s") % {"day": date_format(one.held_on), "where": one.where}
            found.append((one.process.title, words, page, day))
        return found

    def item_title(self, item: tuple[str, str, str, dt.date]) -> str:
        return item[0]

    def item_description(self, item: tuple[str, str, str, dt.date]) -> str:
        return item[1]

    def item_link(self, item: tuple[str, str, str, dt.date]) -> str:
        return item[2]

    def item_guid(self, item: tuple[str, str, str, dt.date]) -> str:
        return f"urn:terreau:conference:{item[2].strip('/').replace('/', ':')}:{item[3]}"

    def item_updateddate(self, item: tuple[str, str, str, dt.date]) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(item[3], dt.time()))


clock_feed = require_safe(unless_the_same(ClockFeed()))
