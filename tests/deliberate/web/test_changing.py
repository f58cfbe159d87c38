"""Acts on a public process through their pages: with a reason, in the history, refused to others and logged."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from terreau.commons.models import LogEntry
from terreau.deliberate.enums import Power, State, StepKind
from terreau.deliberate.models import Process
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_process

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_refusal_counted() -> None:
    """By tests before."""
    cache.clear()


def step_address(process: Process, verb: str) -> str:
    return reverse("deliberate:step", args=[process.slug, process.steps.first().token, verb])


def refusals() -> int:
    return LogEntry.objects.filter(verb="refuse-process-act").count()


def test_closing_early_through_the_page_needs_a_public_reason(client) -> None:
    process = make_process(steps=(StepKind.VOTE,))
    client.force_login(give_power(process, Power.FACILITATOR))
    address = step_address(process, "clore")
    assert "La raison est publique" in client.get(address).text
    refused = client.post(address, {"reason": "  "})
    assert refused.status_code == 400 and "Donnez la raison" in refused.text
    assert process.steps.get().is_open_at(timezone.now())
    assert client.post(address, {"reason": "Le lieu est fermé."}).status_code == 302
    assert not process.steps.get().is_open_at(timezone.now())
    client.logout()
    page = client.get(reverse("deliberate:process", args=[process.slug])).text
    act = LogEntry.objects.get(verb="close-step")
    assert "Le lieu est fermé." in page and reverse("public_act", args=[act.index]) in page
    assert "Fin de l’étape, avant" in page


def test_a_step_is_extended_then_the_process_stopped(client) -> None:
    process = make_process(steps=(StepKind.VOTE,))
    client.force_login(give_power(process, Power.FACILITATOR))
    day = str(timezone.localdate() + dt.timedelta(days=9))
    assert (
        client.post(step_address(process, "prolonger"), {"last_day": "2020-01-01", "reason": "x"}).status_code
        == 400
    )
    assert (
        client.post(
            step_address(process, "prolonger"), {"last_day": day, "reason": "Plus de temps"}
        ).status_code
        == 302
    )
    assert client.get(step_address(process, "inventer")).status_code == 404
    address = reverse("deliberate:stop", args=[process.slug])
    assert client.post(address, {"reason": ""}).status_code == 400
    assert client.post(address, {"reason": "Plus d’objet."}).status_code == 302
    process.refresh_from_db()
    assert process.state == State.STOPPED
    assert "Plus d’objet." in client.get(reverse("deliberate:process", args=[process.slug])).text
    assert (
        client.post(step_address(process, "rouvrir"), {"last_day": day, "reason": "Non"}).status_code == 403
    )


@pytest.mark.parametrize("power", [None, Power.DECIDER, Power.EXAMINER, Power.VOTER])
def test_others_are_refused_and_the_attempt_is_in_the_log(client, power) -> None:
    process = make_process(steps=(StepKind.VOTE,))
    client.force_login(give_power(process, power) if power else make_user("", "facilitator", "administrator"))
    address = step_address(process, "clore")
    assert client.get(address).status_code == 403 and refusals() == 0
    answer = client.post(address, {"reason": "Assez"})
    assert answer.status_code == 403 and refusals() == 1
    assert "animateurs de la démarche" in answer.text and "journal public" in answer.text
    assert process.steps.get().is_open_at(timezone.now())
    assert "Actes demandés et refusés" in client.get(reverse("deliberate:process", args=[process.slug])).text


def test_the_log_takes_ten_refusals_of_one_person_in_an_hour(client) -> None:
    process = make_process(steps=(StepKind.VOTE,))
    client.force_login(make_user())
    for _ in range(12):
        assert client.post(step_address(process, "clore"), {"reason": "Assez"}).status_code == 403
    assert refusals() == 10


def test_a_decider_enters_the_number_of_the_deliberation(client) -> None:
    process = make_process()
    address = reverse("deliberate:deliberation", args=[process.slug])
    client.force_login(give_power(process, Power.FACILITATOR))
    assert client.post(address, {"number": "1", "on": "2026-01-01"}).status_code == 403
    client.force_login(give_power(process, Power.DECIDER))
    assert client.post(address, {"number": "", "on": "2026-01-01"}).status_code == 400
    assert (
        client.post(address, {"number": "26.01.12", "on": "2026-01-01", "url": "exemple.invalid"}).status_code
        == 302
    )
    page = client.get(reverse("deliberate:process", args=[process.slug])).text
    assert "26.01.12" in page and "Résultat consultatif" not in page


def test_people_are_counted_in_the_room(client) -> None:
    process = make_process(steps=(StepKind.DISCUSS,), colleges=["elected", "citizens"])
    step = process.steps.get()
    client.force_login(give_power(process, Power.FACILITATOR))
    address = reverse("deliberate:attendance", args=[process.slug, step.token])
    wrong = client.post(address, {"elected": "-1", "citizens": "beaucoup"})
    assert wrong.status_code == 400 and "beaucoup" in wrong.text
    assert client.post(address, {"elected": "2", "citizens": ""}).status_code == 302
    assert dict(step.attendances.values_list("college", "number")) == {"elected": 2}


def test_roles_are_given_and_ended_by_their_pages(client) -> None:
    process, person = make_process(), make_user("elue@exemple.invalid")
    by = give_power(process, Power.FACILITATOR)
    address = reverse("deliberate:roles", args=[process.slug])
    client.force_login(by)
    given = {"do": "give", "email": person.email, "power": "decider", "shown_name": "Élue fictive"}
    unknown = client.post(address, {**given, "email": "rien@exemple.invalid"})
    assert unknown.status_code == 400 and "Personne n’a de compte" in unknown.text
    assert client.post(address, given).status_code == 302
    role = process.roles.get(user=person)
    page = client.get(reverse("deliberate:process", args=[process.slug])).text
    assert "Élue fictive" in page and person.email not in page
    client.force_login(make_user())
    assert client.post(address, {"do": "end", "role": role.pk}).status_code == 403
    client.force_login(by)
    assert client.post(address, {"do": "end", "role": role.pk}).status_code == 302
    assert client.post(address, {"do": "end", "role": "9" * 40}).status_code == 404
    assert "Rôles terminés" in client.get(reverse("deliberate:process", args=[process.slug])).text


def test_a_step_is_reopened_until_an_hour(client) -> None:
    process = make_process(steps=(StepKind.VOTE,))
    close(process)
    client.force_login(give_power(process, Power.FACILITATOR))
    address = step_address(process, "rouvrir")
    day = timezone.localdate() + dt.timedelta(days=2)
    given = {"last_day": str(day), "last_time": "00:00", "reason": "Oubli"}
    refused = client.post(address, given)
    assert refused.status_code == 400 and "laissez l’heure vide" in refused.text
    assert 'value="00:00"' in refused.text and "Oubli" in refused.text
    assert client.post(address, {**given, "last_time": "18:30"}).status_code == 302
    assert timezone.localtime(process.steps.get().ends_at).time() == dt.time(18, 30)
    page = client.get(reverse("deliberate:process", args=[process.slug])).text
    assert "à 18:30" in page
    file = client.get(reverse("deliberate:presence_file", args=[process.slug])).text
    assert f",{day},18:30:00+0" in file
