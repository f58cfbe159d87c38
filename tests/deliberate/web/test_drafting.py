"""A facilitator opens a process through one page, without a script, and nothing typed is lost."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from terreau.deliberate.enums import Power, Preset, State, StepKind
from terreau.deliberate.instants import end_of
from terreau.deliberate.models import Interest, Process
from terreau.deliberate.web.process_forms import first_steps, steps_like
from tests.factories import make_user
from tests.factories.deliberate import give_power, make_process

pytestmark = pytest.mark.django_db
NEW = "/demarches/nouvelle/"


def typed(preset: str = Preset.CONSULTATION, **values) -> dict[str, object]:
    """The page as it comes, with the mandate filled in."""
    steps = first_steps(preset, timezone.localdate())
    given: dict[str, object] = {
        "title": "Que faire de la halle ?",
        "subject": "Que faire de la halle fermée depuis 2020 ?",
        "open_matters": "Les usages.",
        "closed_matters": "Le budget.",
        "decider": "Région fictive",
        "decider_asked": "Région fictive",
        "decider_choice": "free",
        "method": "Des affirmations.",
        "reply_by": str(timezone.localdate() + dt.timedelta(days=200)),
        "facilitator_name": "Animatrice fictive",
        "colleges": ["elected", "citizens"],
        "eligibility": "anyone",
        "hides_results": "on",
        "asks_at_a_time": "5",
        "has_interest": "no",
        "do": "publish",
        "steps-TOTAL_FORMS": str(len(steps) + 1),
        "steps-INITIAL_FORMS": str(len(steps)),
    }
    for number, step in enumerate(steps):
        given |= {f"steps-{number}-{name}": str(value) for name, value in step.items()}
    return {**given, **values}


def test_the_three_presets_are_offered_and_each_fills_the_page(client) -> None:
    client.force_login(make_user("", "facilitator"))
    page = client.get(NEW).text
    for preset in Preset:
        assert f"?sorte={preset.value}" in page
        filled = client.get(f"{NEW}?sorte={preset.value}")
        assert filled.status_code == 200
        for step in first_steps(preset, timezone.localdate()):
            assert str(step["last"]) in filled.text
    assert client.post(NEW, typed()).status_code == 400
    client.force_login(make_user())
    assert client.get(NEW).status_code == 403


def test_one_page_opens_a_process(client) -> None:
    client.force_login(make_user("", "facilitator"))
    answer = client.post(f"{NEW}?sorte=consultation", typed())
    made = Process.objects.get()
    assert answer["Location"] == reverse("deliberate:process", args=["que-faire-de-la-halle"])
    assert (made.state, made.decider_name, made.colleges) == (
        State.OPEN,
        "Région fictive",
        ["elected", "citizens"],
    )
    assert [step.kind for step in made.steps.all()] == [StepKind.VOTE, StepKind.DECIDE, StepKind.DECIDE]
    assert made.steps.all()[0].ends_at == end_of(timezone.localdate() + dt.timedelta(days=20))
    client.logout()
    page = client.get(answer["Location"]).text
    for said in (
        "Les usages.",
        "Le budget.",
        "Région fictive",
        "Animatrice fictive",
        "nous en sommes là",
        "consultatif",
    ):
        assert said in page


def test_what_is_missing_is_said_and_what_was_typed_stays(client) -> None:
    client.force_login(make_user("", "facilitator"))
    answer = client.post(f"{NEW}?sorte=consultation", typed(open_matters="", has_interest=""))
    assert answer.status_code == 400 and not Process.objects.exists()
    for said in (
        "Dites ce qui est ouvert",
        "Répondez par oui ou non",
        "Que faire de la halle fermée depuis 2020",
    ):
        assert said in answer.text
    steps = client.post(
        f"{NEW}?sorte=consultation", typed(**{"steps-0-last": "2020-01-01", "steps-3-kind": "vote"})
    )
    assert steps.status_code == 400
    assert "Le dernier jour est avant le premier." in steps.text and "Donnez une date." in steps.text


def test_an_interest_is_said_when_publishing(client) -> None:
    client.force_login(make_user("", "facilitator"))
    answer = client.post(f"{NEW}?sorte=policy", typed(Preset.POLICY, has_interest="yes"))
    assert answer.status_code == 400
    client.post(f"{NEW}?sorte=policy", typed(Preset.POLICY, has_interest="yes", interest_words="Je la loue."))
    assert Interest.objects.get().words == "Je la loue."
    page = client.get(reverse("deliberate:process", args=[Process.objects.get().slug])).text
    assert "Je la loue." in page and "des dossiers vous sont fermés" in page


def test_a_draft_is_private_changed_and_published(client) -> None:
    by = make_user("", "facilitator")
    client.force_login(by)
    client.post(f"{NEW}?sorte=consultation", typed(do="save", has_interest="", open_matters=""))
    draft = Process.objects.get()
    address, page = (
        reverse("deliberate:draft", args=[draft.slug]),
        reverse("deliberate:process", args=[draft.slug]),
    )
    assert draft.is_draft and "Brouillon" in client.get(page).text and draft.title in client.get(NEW).text
    assert draft.title not in client.get("/demarches/").text
    client.force_login(make_user("", "facilitator", "steward"))
    assert client.get(page).status_code == client.get(address).status_code == 404
    examiner = give_power(draft, Power.EXAMINER)
    client.force_login(examiner)
    assert client.get(page).status_code == 200 and client.get(address).status_code == 404
    client.force_login(by)
    tokens = {f"steps-{n}-token": step.token for n, step in enumerate(draft.steps.all())}
    values = typed(**tokens, **{"steps-2-DELETE": "on"})
    del values["facilitator_name"]
    assert client.post(address, values).status_code == 302
    draft.refresh_from_db()
    assert draft.state == State.OPEN
    assert {step.token for step in draft.steps.all()} == {tokens["steps-0-token"], tokens["steps-1-token"]}
    assert client.get(address)["Location"] == page, "a public mandate has no form"


def test_a_search_in_the_directory_writes_nothing(client) -> None:
    client.force_login(make_user("", "facilitator"))
    answer = client.post(f"{NEW}?sorte=consultation", typed(do="search", title=""))
    assert answer.status_code == 200 and not Process.objects.exists()


def test_a_draft_is_discarded(client) -> None:
    draft = make_process(state="draft", opened_at=None)
    by = give_power(draft, Power.FACILITATOR, make_user("", "facilitator"))
    client.force_login(by)
    assert client.post(reverse("deliberate:draft", args=[draft.slug]), {"do": "discard"}).status_code == 302
    assert not Process.objects.exists()


def test_a_meeting_of_two_hours_is_typed_with_its_hours_and_closes_to_the_second(client) -> None:
    client.force_login(make_user("", "facilitator"))
    day = dt.date(2031, 5, 3)
    hours = {
        "steps-0-first": str(day),
        "steps-0-first_time": "14:00",
        "steps-0-last": str(day),
        "steps-0-last_time": "16:00",
        "reply_by": "2032-01-01",
    }
    wrong = client.post(f"{NEW}?sorte=consultation", typed(**{**hours, "steps-0-last_time": "14:00"}))
    assert wrong.status_code == 400 and "finirait avant d’avoir commencé" in wrong.text
    assert wrong.text.count('value="14:00"') == 2, "what was typed stays"
    assert client.post(f"{NEW}?sorte=consultation", typed(**hours)).status_code == 302
    made = Process.objects.get()
    step = made.steps.get(kind=StepKind.VOTE)
    assert (step.starts_at, step.ends_at) == (
        dt.datetime(2031, 5, 3, 12, tzinfo=dt.UTC),
        dt.datetime(2031, 5, 3, 14, tzinfo=dt.UTC),
    )
    second = dt.timedelta(seconds=1)
    for instant, is_open in (
        (step.starts_at - second, False),
        (step.starts_at, True),
        (step.ends_at - second, True),
        (step.ends_at, False),
    ):
        assert (made.step_open_at(instant, StepKind.VOTE) is not None) == is_open
    page = client.get(reverse("deliberate:process", args=[made.slug])).text
    assert "Le 3 mai 2031, de 14:00 à 16:00" in page


def test_hours_come_back_in_the_form_of_a_draft_and_whole_days_without(client) -> None:
    client.force_login(make_user("", "facilitator"))
    client.post(f"{NEW}?sorte=consultation", typed(do="save", **{"steps-0-first_time": "09:30"}))
    draft = Process.objects.get()
    page = client.get(reverse("deliberate:draft", args=[draft.slug])).text
    assert page.count('type="time"') == 8 and page.count('value="09:30"') == 1
    assert [bool(one["first_time"]) for one in steps_like(draft)] == [True, False, False]
    assert not any(one["last_time"] for one in steps_like(draft))


@pytest.mark.parametrize(
    ("day", "time", "told"),
    [
        ("2026-03-29", "02:30", "Cette heure n’existe pas : le 29 mars 2026"),
        ("2026-03-30", "00:00", "laissez l’heure vide"),
        ("2026-03-30", "25:00", "Écrivez l’heure"),
    ],
)
def test_an_hour_that_is_none_is_refused_at_its_field(client, day, time, told) -> None:
    client.force_login(make_user("", "facilitator"))
    steps = {"steps-0-first": "2026-03-01", "steps-0-last": day, "steps-0-last_time": time}
    answer = client.post(f"{NEW}?sorte=consultation", typed(**steps))
    assert answer.status_code == 400 and not Process.objects.exists()
    assert told in answer.text and f'value="{time}"' in answer.text
    assert 'id="id_steps-0-last_time_error"' in answer.text


def test_of_an_hour_that_comes_twice_the_page_says_which(client) -> None:
    client.force_login(make_user("", "facilitator"))
    night = {f"steps-0-{name}": "2026-10-25" for name in ("first", "last")}
    times = {f"steps-0-{name}_time": "02:30" for name in ("first", "last")}
    assert client.post(f"{NEW}?sorte=consultation", typed(do="save", **night, **times)).status_code == 302
    made = Process.objects.get()
    step = made.steps.get(kind=StepKind.VOTE)
    assert step.ends_at - step.starts_at == dt.timedelta(hours=1)
    page = client.get(reverse("deliberate:process", args=[made.slug])).text
    assert "Le 25 octobre 2026, de 02:30 (heure d’été) à 02:30 (heure d’hiver)" in page


def test_statements_to_begin_with_are_written_from_the_page_of_the_draft_until_people_speak(client) -> None:
    client.force_login(make_user("", "facilitator"))
    client.post(f"{NEW}?sorte=consultation", typed(do="save"))
    draft = Process.objects.get()
    page = reverse("deliberate:process", args=[draft.slug])
    seeds = reverse("deliberate:statement_seeds", args=[draft.slug])
    assert seeds in client.get(page).text
    assert client.post(seeds, {"words": "La halle reste ouverte"}).status_code == 302
    tokens = {f"steps-{n}-token": step.token for n, step in enumerate(draft.steps.all())}
    assert client.post(reverse("deliberate:draft", args=[draft.slug]), typed(**tokens)).status_code == 302
    assert seeds not in client.get(page).text, "the first step begins today"
