"""What no code path may write, the database refuses."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from terreau.deliberate.actions.statements import fold_statement
from terreau.deliberate.enums import Moderation, Outcome, ProposalState, State
from terreau.deliberate.models import (
    Contribution,
    Interest,
    Process,
    Proposal,
    Reply,
    Statement,
    Step,
    Text,
    TextVersion,
    Vote,
)
from tests.factories import make_user
from tests.factories.deliberate import make_participant, make_process, make_statement

pytestmark = pytest.mark.django_db

WRONG_PROCESS = {
    "public without subject": {"subject": ""},
    "public without what is open": {"open_matters": ""},
    "public without what is closed": {"closed_matters": ""},
    "public without method": {"method": ""},
    "public without who decides": {"decider_name": ""},
    "public without a day of reply": {"reply_by": None},
    "public without a day of opening": {"opened_at": None},
    "not for publication": {"licence": "not-for-publication"},
    "stopped without a reason": {"state": State.STOPPED},
    "a deliberation without a day": {"deliberation_number": "2026-12"},
    "nothing asked at a time": {"asks_at_a_time": 0},
}


@pytest.mark.parametrize("name", WRONG_PROCESS)
def test_the_database_refuses_a_process(name: str) -> None:
    process = make_process()
    with pytest.raises(IntegrityError), transaction.atomic():
        Process.objects.filter(pk=process.pk).update(**WRONG_PROCESS[name])


def test_a_draft_may_be_unfinished() -> None:
    assert make_process(state=State.DRAFT, subject="", reply_by=None, opened_at=None).is_draft


def test_a_step_ends_after_its_start() -> None:
    step = make_process().steps.first()
    assert step is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.filter(pk=step.pk).update(ends_at=F("starts_at"))


WRONG_STATEMENT = {
    "refused without motive": {"moderation": Moderation.REFUSED},
    "said twice": {"folded": fold_statement("Déjà dite")},
    "numbered twice": {"number": 1},
    "the same as itself": {"same_as": F("pk"), "same_because": "Oui"},
    "the same without a reason": {"same_as": F("pk") - 1},
}


@pytest.mark.parametrize("name", WRONG_STATEMENT)
def test_the_database_refuses_a_statement(name: str) -> None:
    process = make_process()
    make_statement(process, "Déjà dite")
    other = make_statement(process)
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.filter(pk=other.pk).update(**WRONG_STATEMENT[name])


def test_an_appeal_is_not_judged_by_who_refused() -> None:
    row, judge = make_statement(make_process()), make_user()
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.filter(pk=row.pk).update(moderated_by=judge, appeal_answered_by=judge)


@pytest.mark.parametrize("value", [2, -2])
def test_a_vote_is_one_of_three(value: int) -> None:
    process = make_process()
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(
            participant=make_participant(process), statement=make_statement(process), value=value
        )


def test_one_vote_a_statement() -> None:
    process = make_process()
    pair = {"participant": make_participant(process), "statement": make_statement(process)}
    Vote.objects.create(**pair, value=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(**pair, value=-1)


def test_an_account_takes_part_once() -> None:
    process, user = make_process(), make_user()
    make_participant(process, user=user)
    with pytest.raises(IntegrityError), transaction.atomic():
        process.participants.create(user=user, joined_on=timezone.localdate())


def _contribution() -> Contribution:
    text = Text.objects.create(process=make_process(), title="Texte fictif")
    version = TextVersion.objects.create(text=text, number=1, published_at=timezone.now())
    return Contribution.objects.create(
        text=text, version=version, kind="comment", words="Une remarque", at=timezone.now()
    )


@pytest.mark.parametrize("wrong", [{"outcome": Outcome.NOT_KEPT}, {"words": ""}])
def test_the_database_refuses_a_contribution(wrong: dict[str, str]) -> None:
    row = _contribution()
    with pytest.raises(IntegrityError), transaction.atomic():
        Contribution.objects.filter(pk=row.pk).update(**wrong)


def _proposal() -> Proposal:
    return Proposal.objects.create(process=make_process(), number=1, at=timezone.now())


@pytest.mark.parametrize("state", [ProposalState.ADOPTED, ProposalState.NOT_ADOPTED, ProposalState.WITHDRAWN])
def test_the_database_refuses_a_proposal(state: str) -> None:
    row = _proposal()
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=row.pk).update(state=state)


def test_a_reply_has_reasons_and_one_is_in_force() -> None:
    about = {"proposal": _proposal(), "answer": "yes", "at": timezone.now()}
    Reply.objects.create(**about, number=1, reasons="Parce que")
    for wrong in ({"number": 2, "reasons": "Deux"}, {"number": 2, "reasons": "", "is_current": False}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reply.objects.create(**about, **wrong)


def test_an_interest_is_in_one_file_and_ends_with_a_reason() -> None:
    proposal = _proposal()
    interest = Interest.objects.create(
        process=proposal.process, user=make_user(), proposal=proposal, declared_at=timezone.now()
    )
    text = Text.objects.create(process=proposal.process, title="Texte fictif")
    for wrong in ({"text": text}, {"ended_at": timezone.now() + dt.timedelta(1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Interest.objects.filter(pk=interest.pk).update(**wrong)
