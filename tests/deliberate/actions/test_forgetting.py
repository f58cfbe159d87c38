"""An account that is erased leaves what was said in public, unsigned, and nothing else."""

import pytest
from django.test import Client
from django.utils import timezone

from terreau.deliberate.actions import forget_person
from terreau.deliberate.enums import Moderation, Power
from terreau.deliberate.models import Interest, Participant, ProcessRole, Statement, Vote
from terreau.deliberate.queries.held import deliberations_held_on
from tests.factories import make_user
from tests.factories.deliberate import close, give_power, make_participant, make_process, make_statement

pytestmark = pytest.mark.django_db


def test_her_name_leaves_and_what_was_public_stays() -> None:
    process, user = make_process(), make_user()
    give_power(process, Power.DECIDER, user)
    Interest.objects.create(
        process=process, user=user, shown_name="Élue fictive", declared_at=timezone.now(), words="Parts"
    )
    participant = make_participant(process, user=user)
    Participant.objects.update(shown_name="Élue fictive")
    said = make_statement(process, "Dite en public", author=participant)
    make_statement(process, "Jamais lue", author=participant, moderation=Moderation.WAITING)
    Vote.objects.create(participant=participant, statement=said, value=1)
    held = deliberations_held_on(user)
    assert [one["value"] for one in held["opinions"]] == [1]
    assert {one["words"] for one in held["statements"]} == {"Dite en public", "Jamais lue"}
    forget_person(user=user, by=user)
    assert list(Statement.objects.values_list("words", flat=True)) == ["Dite en public"]
    assert not Vote.objects.exists()
    assert not Participant.objects.exclude(shown_name="").exists()
    assert not ProcessRole.objects.filter(ended_at__isnull=True).exists()
    for model in (ProcessRole, Interest):
        assert not model.objects.filter(shown_name__contains="fictive").exists()


def test_votes_of_a_closed_process_are_counted_still() -> None:
    process, user = make_process(), make_user()
    participant = make_participant(process, user=user)
    Vote.objects.create(participant=participant, statement=make_statement(process), value=-1)
    close(process)
    forget_person(user=user, by=user)
    assert Vote.objects.count() == 1


def test_the_page_that_erases_an_account_forgets_them(client: Client) -> None:
    process, user = make_process(), make_user()
    make_participant(process, user=user)
    Participant.objects.update(shown_name="Personne fictive")
    client.force_login(user)
    assert "participations" in client.get("/compte/export/").json()["deliberations"]
    client.post("/compte/supprimer/")
    assert list(Participant.objects.values_list("shown_name", "user")) == [("", None)]
