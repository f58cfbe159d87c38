"""The read API of processes: pages, mandate, steps, roles and history, and no draft."""

import pytest

from terreau.commons.models import LogEntry
from terreau.deliberate import actions
from terreau.deliberate.enums import Power, StepKind
from tests.factories import make_party, make_place
from tests.factories.commitments import make_item
from tests.factories.deliberate import give_power, make_process, make_step

pytestmark = pytest.mark.django_db


def get(client, path: str, **query):
    response = client.get(f"/api/v1/{path}", query)
    return response.status_code, response.json()


def test_the_list_is_paged_by_key_and_filtered(client) -> None:
    slugs = [make_process(slug=f"demarche-{letter}").slug for letter in "abc"]
    ahead = make_process(slug="demarche-d", steps=())
    make_step(ahead, StepKind.VOTE, starts=1, ends=2)
    make_process(slug="demarche-e", state="draft", opened_at=None)
    status, page = get(client, "processes", limit=3)
    assert status == 200 and [one["slug"] for one in page["items"]] == slugs
    assert [one["slug"] for one in client.get(page["next"]).json()["items"]] == ["demarche-d"]
    assert [one["slug"] for one in get(client, "processes", etat="soon")[1]["items"]] == ["demarche-d"]
    assert get(client, "processes", etat="king")[0] == get(client, "processes", after="É")[0] == 422
    assert get(client, "processes/demarche-e")[0] == 404


def test_one_tells_its_mandate_its_people_and_its_history(client) -> None:
    party, place = make_party("Commune fictive"), make_place("99001")
    process = make_process(
        decider=party, decider_identity=party.identity, decider_name="", place=place, steps=(StepKind.VOTE,)
    )
    process.items.set([make_item("9")])
    by, step = give_power(process, Power.FACILITATOR), process.steps.get()
    actions.count_attendance(step=step, numbers={"elected": 3}, by=by)
    actions.close_step(step=step, reason="La salle est fermée.", by=by)
    status, told = get(client, f"processes/{process.slug}")
    assert status == 200
    assert told["decider"] == {"public_id": party.public_id, "name": "Commune fictive"}
    assert told["place"]["code"] == "99001" and told["items"] == [{"programme": "essai", "code": "9"}]
    assert told["standing"] == "replies" and told["is_consultative"] is True
    assert [one["kind"] for one in told["steps"]] == ["vote"]
    assert told["attendances"] == [{"step": step.token, "college": "elected", "number": 3}]
    assert [(one["power"], one["shown_name"]) for one in told["roles"]] == [
        ("facilitator", "Personne fictive")
    ]
    assert [one["verb"] for one in told["changes"]] == ["close-step", "count-attendance"]
    assert told["changes"][0]["reason"] == "La salle est fermée."
    assert told["log"] == list(LogEntry.objects.order_by("index").values_list("index", flat=True))
    assert by.email not in client.get(f"/api/v1/processes/{process.slug}").text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_much_for_one_as_for_three(client, number, django_assert_num_queries) -> None:
    for _ in range(number):
        make_process(decider=make_party(), place=make_place(f"9900{_}"), decider_name="")
    with django_assert_num_queries(2):
        get(client, "processes")
