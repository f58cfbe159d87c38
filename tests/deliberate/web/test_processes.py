"""The list and the page of processes: nothing, one, three, three hundred."""

import pytest
from django.urls import reverse
from django.utils import timezone

from terreau.deliberate import actions
from terreau.deliberate.enums import Power, StepKind
from terreau.deliberate.models import Process
from tests.factories import make_user
from tests.factories.commitments import make_item
from tests.factories.deliberate import give_power, make_process, make_statement, make_step

pytestmark = pytest.mark.django_db
LIST_QUERIES, PAGE_QUERIES = 4, 17


def page_of(client, process: Process) -> str:
    return client.get(reverse("deliberate:process", args=[process.slug])).text


def test_no_process_says_how_the_first_begins(client) -> None:
    page = client.get("/demarches/").text
    assert "Aucune démarche n’est publique" in page and "search" not in page.split("<main")[1]
    assert "/demarches/nouvelle/" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_much_for_one_as_for_three(client, number, django_assert_num_queries) -> None:
    for _ in range(number):
        make_process()
    client.get("/demarches/")
    with django_assert_num_queries(LIST_QUERIES):
        page = client.get("/demarches/").text
    assert page.split("<tbody>")[1].count("<tr>") == number


def test_three_hundred_are_paged_and_filtered(client) -> None:
    Process.objects.bulk_create(
        Process(
            slug=f"demarche-de-{number}", title=f"Démarche {number}", preset="consultation", subject="?",
            open_matters="Tout", closed_matters="Rien", method="Ensemble", decider_name="Région fictive",
            reply_by=timezone.localdate(), state="open", opened_at=timezone.now(),
        )
        for number in range(300)
    )  # fmt: skip
    make_step(Process.objects.get(slug="demarche-de-7"))
    page = client.get("/demarches/").text
    assert page.split("<tbody>")[1].count("<tr>") == 25 and "page=2" in page
    assert "Démarche 7<" in page.split("<tbody>")[1].split("</tr>")[0], "what is open is first"
    only = client.get("/demarches/?etat=open").text
    assert only.split("<tbody>")[1].count("<tr>") == 1 and "(299)" in only
    assert "Aucune démarche ne répond" in client.get("/demarches/?q=introuvable").text
    assert client.get("/demarches/?etat=king").status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_one_asks_as_much_with_a_long_story(client, number, django_assert_num_queries) -> None:
    process = make_process(steps=(StepKind.PROPOSE,) * number)
    process.items.set([make_item(str(n)) for n in range(number)])
    by = give_power(process, Power.FACILITATOR)
    for step in process.steps.all():
        actions.count_attendance(step=step, numbers={"elected": 2}, by=by)
        give_power(process, Power.DECIDER)
        make_statement(process)
    page_of(client, process)
    with django_assert_num_queries(PAGE_QUERIES):
        page_of(client, process)


def test_who_holds_two_roles_is_displayed(client) -> None:
    process = make_process()
    by = give_power(process, Power.FACILITATOR)
    assert "deux rôles" not in page_of(client, process)
    give_power(process, Power.DECIDER, by)
    assert "deux rôles" in page_of(client, process)


def test_a_step_with_one_college_is_flagged_on_page_and_in_the_file(client) -> None:
    process = make_process(steps=(StepKind.DISCUSS,))
    by, step = give_power(process, Power.FACILITATOR), process.steps.get()
    actions.count_attendance(step=step, numbers={"elected": 4}, by=by)
    assert "tag no" in page_of(client, process)
    address = reverse("deliberate:presence_file", args=[process.slug])
    assert (
        f"{step.token},discuss" in client.get(address).text and ",elected,4,0,oui" in client.get(address).text
    )
    actions.count_attendance(step=step, numbers={"elected": 4, "citizens": 1}, by=by)
    assert "tag no" not in page_of(client, process)
    assert ",elected,4,0,non" in client.get(address).text


def test_hidden_opinions_leave_by_no_side_door_of_the_table(client) -> None:
    process = make_process(steps=(StepKind.VOTE,))
    lines = client.get(reverse("deliberate:presence_file", args=[process.slug])).text.splitlines()[1:]
    assert lines and all(line.split(",")[-2] == "" for line in lines)


def test_a_draft_has_no_file(client) -> None:
    draft = make_process(state="draft", opened_at=None)
    client.force_login(give_power(draft, Power.FACILITATOR))
    assert client.get(reverse("deliberate:presence_file", args=[draft.slug])).status_code == 404
    client.force_login(make_user())
    assert client.get(reverse("deliberate:process", args=[draft.slug])).status_code == 404
