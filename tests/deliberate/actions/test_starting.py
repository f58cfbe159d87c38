"""From a preset to a draft, from a draft to a public mandate."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from terreau.commons.enums import Role
from terreau.commons.models import JournalEntry, LogEntry
from terreau.deliberate import actions
from terreau.deliberate.actions.starting import StepTerms
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import Power, Preset, State, StepKind
from terreau.deliberate.models import Interest, Process
from tests.factories import make_party, make_user
from tests.factories.deliberate import give_power

pytestmark = pytest.mark.django_db
MANDATE = {
    "subject": "Que faire de la halle ?",
    "open_matters": "Les usages.",
    "closed_matters": "Le budget.",
    "decider_name": "Région fictive",
}


def facilitator():
    return make_user("", Role.FACILITATOR)


def start(by=None, **values) -> Process:
    values = {"preset": Preset.CONSULTATION, "title": "Que faire de la halle ?", **MANDATE, **values}
    return actions.start_process(
        facilitator_name="Animatrice fictive",
        first_day=timezone.localdate(),
        by=by or facilitator(),
        **values,
    )


@pytest.mark.parametrize("preset", list(Preset))
def test_a_preset_fills_what_one_would_have_to_know(preset) -> None:
    by = facilitator()
    draft = start(by, preset=preset)
    assert draft.method and draft.colleges and draft.reply_by and draft.steps.count() >= 3
    role = draft.roles.get()
    assert (role.user, role.power, role.shown_name) == (by, Power.FACILITATOR, "Animatrice fictive")
    assert not LogEntry.objects.exists(), "a draft is private"
    public = actions.open_process(process=draft, own_interest="", by=by)
    assert public.state == State.OPEN and public.opened_at
    assert LogEntry.objects.get().verb == "open-process"
    assert [change.verb for change in public.changes.all()] == ["open-process"]


@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.ADMINISTRATOR])
def test_others_do_not_start_one(role) -> None:
    with pytest.raises(NotAllowed):
        start(make_user("", *([role] if role else [])))
    assert not Process.objects.exists()


def test_slugs_come_from_titles_and_never_meet() -> None:
    by = facilitator()
    slugs = [start(by, title=title).slug for title in ("Été à la halle", "Été à la halle", "Nouvelle", "???")]
    assert slugs == ["ete-a-la-halle", "ete-a-la-halle-2", "demarche-nouvelle", "demarche-demarche"]
    long = start(by, title="mot " * 45).slug
    assert len(long) <= 70


def test_a_public_mandate_is_whole_each_problem_at_its_field() -> None:
    by = facilitator()
    empty = dict.fromkeys(("subject", "open_matters", "closed_matters", "method"), "")
    draft = start(by, **{**MANDATE, **empty, "decider_name": "", "reply_by": None}, steps=[])
    with pytest.raises(ValidationError) as caught:
        actions.open_process(process=draft, own_interest=None, by=by)
    assert set(caught.value.error_dict) == {
        "subject", "open_matters", "closed_matters", "method", "reply_by", "decider", "has_interest", "steps",
    }  # fmt: skip
    draft.refresh_from_db()
    assert draft.is_draft and not draft.changes.exists()


def day(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=number)


def test_steps_of_the_past_or_a_reply_before_the_end_are_refused() -> None:
    by = facilitator()
    past = start(by, steps=[StepTerms(StepKind.VOTE, day(-9), day(-2))])
    with pytest.raises(ValidationError) as caught:
        actions.open_process(process=past, own_interest="", by=by)
    assert set(caught.value.error_dict) == {"steps"}
    early = start(by, steps=[StepTerms(StepKind.VOTE, day(0), day(30))], reply_by=day(29))
    with pytest.raises(ValidationError) as caught:
        actions.open_process(process=early, own_interest="", by=by)
    assert set(caught.value.error_dict) == {"reply_by"}
    actions.change_draft(process=early, reply_by=day(30), by=by)
    assert actions.open_process(process=early, own_interest="", by=by).state == State.OPEN


def test_steps_of_a_draft_change_freely_and_keep_their_names() -> None:
    by = facilitator()
    draft = start(
        by, steps=[StepTerms(StepKind.VOTE, day(0), day(3)), StepTerms(StepKind.DISCUSS, day(4), day(5))]
    )
    first = draft.steps.all()[0]
    actions.change_draft(
        process=draft, steps=[StepTerms(StepKind.PROPOSE, day(1), day(2), token=first.token)], by=by
    )
    kept = draft.steps.get()
    assert (kept.pk, kept.kind) == (first.pk, StepKind.PROPOSE)
    with pytest.raises(ValidationError):
        actions.change_draft(process=draft, steps=[StepTerms(StepKind.VOTE, day(2), day(1))], by=by)
    with pytest.raises(ValidationError):
        actions.change_draft(process=draft, steps=[StepTerms(StepKind.VOTE, day(2), day(2))] * 13, by=by)


def test_only_who_facilitates_changes_a_draft_and_nobody_a_public_mandate() -> None:
    by, decider = facilitator(), make_user()
    draft = start(by)
    give_power(draft, Power.DECIDER, decider)
    for other in (decider, make_user("", Role.STEWARD, Role.FACILITATOR)):
        with pytest.raises(NotAllowed):
            actions.change_draft(process=draft, title="Autre", by=other)
        with pytest.raises(NotAllowed):
            actions.open_process(process=draft, own_interest="", by=other)
    actions.open_process(process=draft, own_interest="", by=by)
    for act in (actions.change_draft, actions.discard_process_draft):
        with pytest.raises(NotAllowed):
            act(process=draft, by=by)


def test_a_draft_is_discarded_whole() -> None:
    by = facilitator()
    actions.discard_process_draft(process=start(by), by=by)
    assert not Process.objects.exists()
    assert JournalEntry.objects.filter(verb="discard-process-draft").count() == 1


def test_an_interest_said_at_opening_is_declared_and_locks() -> None:
    by = facilitator()
    draft = start(by)
    actions.open_process(process=draft, own_interest="Je dirige la halle.", by=by)
    interest = Interest.objects.get()
    assert (interest.user, interest.proposal, interest.shown_name) == (by, None, "Animatrice fictive")
    assert [change.verb for change in draft.changes.all()] == ["open-process", "declare-interest"]


def test_a_decider_is_in_the_directory_or_named_not_both() -> None:
    party = make_party("Commune fictive")
    with pytest.raises(ValidationError):
        start(decider=party)
    draft = start(decider=party, decider_name="")
    assert draft.decider_identity == party.identity
