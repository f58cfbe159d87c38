"""Roles on one process, declared interests, and people counted in a room."""

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from terreau.commons.models import JournalEntry, LogEntry
from terreau.deliberate import actions
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import Power
from terreau.deliberate.queries.interests import locking_interest
from terreau.deliberate.queries.processes import holders_of
from terreau.deliberate.rules import is_locked
from tests.factories import make_user
from tests.factories.deliberate import give_power, make_process

pytestmark = pytest.mark.django_db
URL = "https://site.invalid/interets/"


def give(process, by, email: str, power: str = Power.DECIDER, **values):
    values = {"shown_name": "Élue fictive", "interests_url": URL, **values}
    return actions.give_role(process=process, email=email, power=power, by=by, **values)


def test_a_role_is_given_by_who_facilitates_and_asks_for_interests(
    django_capture_on_commit_callbacks,
) -> None:
    process, person = make_process(), make_user("elue@exemple.invalid")
    by = give_power(process, Power.FACILITATOR)
    with django_capture_on_commit_callbacks(execute=True):
        role = give(process, by, "ELUE@exemple.invalid")
    assert (role.user, role.power, role.shown_name) == (person, Power.DECIDER, "Élue fictive")
    assert URL in mail.outbox[0].body and mail.outbox[0].to == ["elue@exemple.invalid"]
    assert "Élue" not in LogEntry.objects.get(verb="give-process-role").content
    for other in (person, make_user("", "facilitator")):
        with pytest.raises(NotAllowed):
            give(process, other, "elue@exemple.invalid", Power.VOTER)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "personne@exemple.invalid"}, "email"),
        ({"shown_name": "  "}, "shown_name"),
        ({"power": "king"}, "power"),
        ({"college": "kings"}, "college"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(values, field) -> None:
    process = make_process()
    by = give_power(process, Power.FACILITATOR)
    make_user("elue@exemple.invalid")
    with pytest.raises(ValidationError) as caught:
        give(process, by, values.pop("email", "elue@exemple.invalid"), **values)
    assert set(caught.value.error_dict) == {field}


def test_two_roles_of_one_person_are_seen_and_the_same_twice_is_refused() -> None:
    process = make_process()
    by = give_power(process, Power.FACILITATOR)
    give(process, by, by.email)
    assert [holder.is_double for holder in holders_of(process)] == [True]
    with pytest.raises(ValidationError):
        give(process, by, by.email)


def test_a_role_ends_and_one_facilitator_stays() -> None:
    process = make_process()
    by = give_power(process, Power.FACILITATOR)
    decider = give_power(process, Power.DECIDER)
    only = process.roles.get(user=by)
    with pytest.raises(NotAllowed):
        actions.end_role(role=only, by=by)
    with pytest.raises(NotAllowed):
        actions.end_role(role=only, by=decider)
    ended = actions.end_role(role=process.roles.get(user=decider), by=decider)
    assert ended.ended_at is not None
    assert [holder.roles[0].power for holder in holders_of(process)] == [Power.FACILITATOR]
    give_power(process, Power.FACILITATOR)
    assert actions.end_role(role=only, by=by).ended_at is not None


def test_roles_of_a_draft_stay_out_of_the_log() -> None:
    draft = make_process(state="draft", opened_at=None)
    by = give_power(draft, Power.FACILITATOR)
    give(draft, by, make_user().email)
    assert not LogEntry.objects.exists() and not draft.changes.exists()
    assert JournalEntry.objects.get().verb == "change-process-draft"


def test_an_interest_locks_its_file_until_it_has_ended() -> None:
    process = make_process()
    text = process.texts.create(title="Texte fictif")
    other = process.texts.create(title="Autre texte")
    by, stranger = give_power(process, Power.EXAMINER), make_user()
    with pytest.raises(NotAllowed):
        actions.declare_interest(process=process, words="Mon frère y travaille.", by=stranger)
    with pytest.raises(ValidationError):
        actions.declare_interest(process=process, words=" ", text=text, by=by)
    with pytest.raises(NotAllowed):
        actions.declare_interest(process=make_process(), words="Ailleurs", text=text, by=by)
    interest = actions.declare_interest(process=process, words="Mon frère y travaille.", text=text, by=by)
    assert is_locked(by, process, text=text)
    assert not is_locked(by, process, text=other) and not is_locked(by, process)
    with pytest.raises(ValidationError):
        actions.declare_interest(process=process, words="Encore", text=text, by=by)
    whole = actions.declare_interest(process=process, words="Tout.", by=by)
    assert is_locked(by, process, text=other) and is_locked(by, process)
    with pytest.raises(NotAllowed):
        actions.end_interest(interest=interest, because="Fini", by=stranger)
    with pytest.raises(ValidationError):
        actions.end_interest(interest=whole, because="", by=by)
    actions.end_interest(interest=whole, because="Il a quitté ce poste.", by=by)
    actions.end_interest(interest=interest, because="Il a quitté ce poste.", by=by)
    assert locking_interest(by, process, text=text) is None
    assert [change.verb for change in process.changes.all()] == ["declare-interest"] * 2 + [
        "end-interest"
    ] * 2


def test_people_counted_in_the_room_replace_those_counted_before() -> None:
    process = make_process(colleges=["elected", "citizens"])
    by, step = give_power(process, Power.FACILITATOR), process.steps.first()
    actions.count_attendance(step=step, numbers={"elected": 3, "citizens": 0}, by=by)
    actions.count_attendance(step=step, numbers={"elected": 3}, by=by)
    assert process.changes.count() == 1, "what says the same is no act"
    actions.count_attendance(step=step, numbers={"elected": 2, "citizens": 5}, by=by)
    assert dict(step.attendances.values_list("college", "number")) == {"elected": 2, "citizens": 5}
    assert process.changes.last().before == {"step": step.token, "numbers": {"elected": 3}}
    with pytest.raises(ValidationError):
        actions.count_attendance(step=step, numbers={"firms": 1}, by=by)
    with pytest.raises(NotAllowed):
        actions.count_attendance(step=step, numbers={}, by=make_user("", "steward"))
