"""An erased account names nobody in a process any more, and its export says all that was held."""

import pytest
from django.urls import reverse

from terreau.deliberate import actions
from terreau.deliberate.actions.leaving import GONE
from terreau.deliberate.enums import Power
from terreau.deliberate.models import Interest, Process, Vote
from tests.factories import make_user
from tests.factories.deliberate import give_power, make_participant, make_process, make_statement

pytestmark = pytest.mark.django_db


def test_her_name_leaves_every_page_with_her_account_and_her_words_stay(client) -> None:
    process, draft = make_process(), make_process(state="draft", opened_at=None)
    shared = make_process(state="draft", opened_at=None)
    person = make_user("elue@exemple.invalid")
    for one in (process, draft, shared):
        give_power(one, Power.DECIDER, person)
    give_power(shared, Power.FACILITATOR)
    process.roles.update(shown_name="Élue fictive")
    actions.declare_interest(process=process, words="Ma maison est en face.", by=person)
    row = make_statement(process, "Des mots gardés", author=make_participant(process, user=person))
    Vote.objects.create(participant=row.author, statement=row, value=1)
    client.force_login(person)
    held = client.get(reverse("account_export")).json()["deliberations"]
    assert [len(held[name]) for name in ("roles", "interests", "participations", "statements", "opinions")] == [
        3, 1, 1, 1, 1,
    ]  # fmt: skip
    client.post(reverse("account_erase"))
    page = client.get(reverse("deliberate:process", args=[process.slug])).text
    assert "Élue fictive" not in page and "Ma maison" not in page and GONE in page
    assert Interest.objects.get().user is None
    assert set(Process.objects.all()) == {process, shared}, "a draft of hers alone goes too"
    row.refresh_from_db()
    assert row.words == "Des mots gardés" and row.author.user is None


def test_an_account_that_held_nothing_writes_nothing(client) -> None:
    process = make_process()
    client.force_login(make_user())
    client.post(reverse("account_erase"))
    assert list(Process.objects.all()) == [process]


def test_a_moderator_sees_how_many_words_wait(client) -> None:
    process = make_process()
    make_statement(process, author=make_participant(process), moderation="waiting")
    client.force_login(make_user("", "moderator"))
    page = client.get(reverse("account")).text
    assert reverse("deliberate:words_waiting") in page and "(1" in page
