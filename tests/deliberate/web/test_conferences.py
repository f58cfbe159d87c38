"""The regional conference: agenda, minutes, and the 24-month clock with its reminder 90 days before."""

import datetime as dt
from html import unescape

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from terreau.commons.models import LogEntry
from terreau.deliberate.actions import set_conference
from terreau.deliberate.enums import Power, Preset
from terreau.deliberate.instants import end_of, start_of
from terreau.deliberate.models import Conference, Process
from terreau.deliberate.queries.conferences import clock_on, months_after
from tests.factories import make_user
from tests.factories.deliberate import adopt, give_power, make_process, make_proposal

pytestmark = pytest.mark.django_db
HELD = dt.date(2024, 11, 20)
DUE = dt.date(2026, 11, 20)


@pytest.fixture
def on(monkeypatch):
    def turn(day: dt.date) -> None:
        instant = timezone.make_aware(dt.datetime.combine(day, dt.time(12)))
        monkeypatch.setattr(timezone, "now", lambda: instant)

    return turn


def make_conference(held_on: dt.date | None = HELD, **values) -> Conference:
    process = make_process(preset=Preset.CONFERENCE, **values)
    return Conference.objects.create(process=process, held_on=held_on, where="Salle fictive")


def page(client, name: str, *args: str) -> str:
    return unescape(client.get(reverse(f"deliberate:{name}", args=args)).text)


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (dt.date(2024, 11, 20), 24, DUE),
        (dt.date(2024, 2, 29), 24, dt.date(2026, 2, 28)),
        (dt.date(2024, 1, 31), 1, dt.date(2024, 2, 29)),
        (dt.date(2023, 12, 31), 24, dt.date(2025, 12, 31)),
    ],
)
def test_months_are_those_of_the_calendar(day, months, after) -> None:
    assert months_after(day, months) == after


@pytest.mark.parametrize(
    ("day", "is_soon", "late"),
    [
        (DUE - dt.timedelta(days=91), False, 0),
        (DUE - dt.timedelta(days=90), True, 0),
        (DUE, True, 0),
        (DUE + dt.timedelta(days=1), False, 1),
        (DUE + dt.timedelta(days=30), False, 30),
    ],
)
def test_the_clock_reminds_ninety_days_before_and_is_late_the_day_after(
    client, on, day, is_soon, late
) -> None:
    make_conference(opened_at=timezone.make_aware(dt.datetime(2024, 1, 1)))
    clock = clock_on(day)
    assert (clock.due, clock.is_soon, clock.late) == (DUE, is_soon, late)
    on(day)
    shown, feed = page(client, "conferences"), page(client, "conferences_feed")
    assert ('aria-label="Rappel"' in shown) == (is_soon or late > 0)
    assert ("Rappel : la conférence régionale" in feed.replace("\u00a0", " ")) == is_soon
    assert ("est en retard" in feed) == (late > 0)
    if late:
        assert f"en retard de {late} jour" in shown
    home = unescape(client.get(reverse("home")).text)
    assert ("conférence régionale de l’ESS" in home) == (is_soon or late > 0)


def test_the_last_one_held_starts_the_clock_and_a_fictional_one_does_not() -> None:
    assert clock_on(DUE).due is None
    make_conference(HELD - dt.timedelta(days=700))
    last = make_conference()
    make_conference(HELD + dt.timedelta(days=100), is_demonstration=True)
    make_conference(None)
    planned = make_conference(DUE + dt.timedelta(days=10))
    clock = clock_on(DUE)
    assert (clock.last, clock.planned, clock.is_planned_in_time) == (last, planned, False)


def test_a_conference_is_announced_before_it_has_a_day(client) -> None:
    process = make_process(preset=Preset.CONFERENCE, title="Conférence annoncée")
    make_process(preset=Preset.CONFERENCE, state="draft", opened_at=None, title="Conférence secrète")
    make_process(title="Consultation ordinaire")
    shown = page(client, "conferences")
    assert reverse("deliberate:conference", args=[process.slug]) in shown and "sans date encore" in shown
    assert "secrète" not in shown and "ordinaire" not in shown
    Conference.objects.create(process=process, held_on=HELD)
    shown = page(client, "conferences")
    assert shown.count("Conférence annoncée") == 1 and "sans date encore" not in shown


def test_its_steps_end_on_the_day_that_the_mandate_says(client) -> None:
    process = make_process(preset=Preset.CONFERENCE, steps=())
    day = dt.date(2027, 3, 1)
    process.steps.create(kind="propose", starts_at=start_of(day), ends_at=end_of(day + dt.timedelta(days=9)))
    assert "du 1 mars 2027 au 10 mars 2027" in page(client, "conference", process.slug)
    assert "11 mars" not in page(client, "conference", process.slug)


def test_the_calendar_has_the_deadline_and_its_reminder(client, on) -> None:
    make_conference()
    on(dt.date(2025, 3, 1))
    content = client.get(reverse("deliberate:conferences_calendar")).content
    events = {
        str(one["uid"]).split("@")[0]: one["dtstart"].dt for one in Calendar.from_ical(content).walk("VEVENT")
    }
    assert events[f"conference-due-{DUE}"] == DUE
    assert events[f"conference-rappel-{DUE - dt.timedelta(days=90)}"] == DUE - dt.timedelta(days=90)
    on(dt.date(2025, 3, 2))
    assert client.get(reverse("deliberate:conferences_calendar")).content == content, (
        "no word depends on the day"
    )


def test_a_facilitator_keeps_it_without_a_script(client) -> None:
    cache.clear()
    process = make_process(preset=Preset.CONFERENCE)
    keep = reverse("deliberate:conference_keep", args=[process.slug])
    path = reverse("deliberate:conference", args=[process.slug])
    assert "Aucun point pour l’instant." in client.get(path).text, (
        "the tab leads somewhere before the first point"
    )
    client.force_login(make_user("", "administrator", "facilitator"))
    assert client.post(keep, {"do": "set", "where": "Ici"}).status_code == 403
    client.force_login(give_power(process, Power.FACILITATOR))
    today = timezone.localdate()
    assert client.post(keep, {"do": "minutes", "minutes": "Trop tôt"}).status_code == 400
    client.post(keep, {"do": "set", "held_on": today, "where": "Salle fictive"})
    for part, title in (("results", "Bilan"), ("orientations", "Cap"), ("means", "Fonds")):
        client.post(keep, {"do": "item", "item-part": part, "item-title": title})
    wrong = client.post(keep, {"do": "item", "item-part": "means", "item-title": "", "item-words": "Gardé"})
    assert wrong.status_code == 400 and "Gardé" in wrong.text
    client.post(keep, {"do": "item", "item-part": "means", "item-title": "De trop"})
    extra = Conference.objects.get().agenda.get(title="De trop")
    client.post(keep, {"do": "remove", "item": extra.pk})
    client.post(keep, {"do": "minutes", "minutes": "Tout a été dit."})
    client.logout()
    row = adopt(make_proposal(process, "Un fonds commun"))
    shown = page(client, "conference", process.slug)
    shown = shown[shown.index("Orientations") :]  # below the tabs
    order = [shown.index(words) for words in ("Orientations", "Cap", "Moyens", "Fonds", "Résultats", "Bilan")]
    assert order == sorted(order)
    assert "De trop" not in shown and "Tout a été dit." in shown and "1. Un fonds commun" in shown
    assert reverse("deliberate:proposal", args=[process.slug, row.token]) in shown
    assert process.title in page(client, "conferences")
    assert LogEntry.objects.filter(verb="change-agenda").count() == 5
    assert process.changes.filter(verb="change-agenda").latest("number").before["title"] == "De trop"


def test_a_draft_is_nobody_else_s(client) -> None:
    conference = make_conference()
    Process.objects.update(state="draft")
    facilitator = give_power(conference.process, Power.FACILITATOR)
    set_conference(process=conference.process, held_on=HELD, where="Ici", by=facilitator)
    assert client.get(reverse("deliberate:conference", args=[conference.process.slug])).status_code == 404
    assert conference.process.title not in page(client, "conferences")
    assert clock_on(DUE).due is None
