"""A proposal is its author's: nobody edits it, supports go to words, and a meeting's count does not lie."""

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.utils import timezone

from terreau.commitments.queries.words import ERASED
from terreau.commons.models import JournalEntry, LogEntry
from terreau.deliberate.actions import (
    draw_proposal,
    erase_proposal_words,
    judge_proposal,
    refuse_words,
    rewrite_proposal,
    support_proposal,
    withdraw_proposal,
    withdraw_support,
    write_proposal,
)
from terreau.deliberate.actions.judging import Hands
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.enums import Moderation, Power, ProposalState, State, StepKind
from terreau.deliberate.models import Interest, Process, ProposalSupport
from tests.factories import make_user
from tests.factories.deliberate import (
    adopt,
    close,
    give_power,
    make_participant,
    make_process,
    make_proposal,
    make_statement,
    make_step,
)

pytestmark = pytest.mark.django_db
SAID = {"title": "Ouvrir la halle", "words": "Deux soirs par semaine."}


def interest_of(user, process: Process, proposal=None) -> Interest:
    return Interest.objects.create(
        process=process,
        user=user,
        shown_name="Fictif",
        proposal=proposal,
        words="J’y travaille.",
        declared_at=timezone.now(),
    )


def test_a_stranger_waits_for_review_and_a_known_person_does_not() -> None:
    process = make_process()
    stranger = make_participant(process)
    row = write_proposal(process=process, author=stranger, by=None, **SAID)
    assert (row.moderation, row.number) == (Moderation.WAITING, 1)
    known = make_user("", "steward")
    author = make_participant(process, user=known)
    row = write_proposal(process=process, author=author, by=known, **SAID)
    assert (row.moderation, row.number) == (Moderation.PUBLISHED, 2)
    entry = JournalEntry.objects.filter(verb="write-proposal").latest("pk")
    assert "halle" not in str(entry.details) + entry.subject


def test_the_same_one_sent_from_two_tabs_is_one() -> None:
    process = make_process()
    author = make_participant(process)
    first = write_proposal(process=process, author=author, by=None, **SAID)
    again = write_proposal(
        process=process, author=author, by=None, title="  Ouvrir  la halle ", words=SAID["words"]
    )
    assert again == first
    assert process.proposals.count() == 1


@pytest.mark.parametrize("field", ["title", "words"])
@pytest.mark.parametrize("said", ["", "   ", "x" * 5001])
def test_it_says_something_and_not_too_much(field, said) -> None:
    process = make_process()
    with pytest.raises(ValidationError) as error:
        write_proposal(process=process, author=make_participant(process), by=None, **{**SAID, field: said})
    assert set(error.value.message_dict) == {field}


def test_one_proposes_only_while_the_step_is_open(monkeypatch) -> None:
    process = make_process(steps=())
    step = make_step(process, StepKind.DISCUSS)
    author = make_participant(process)
    for instant, is_open in (
        (step.starts_at - dt.timedelta(seconds=1), False),
        (step.starts_at, True),
        (step.ends_at - dt.timedelta(seconds=1), True),
        (step.ends_at, False),
    ):
        monkeypatch.setattr(timezone, "now", lambda instant=instant: instant)
        if is_open:
            write_proposal(process=process, author=author, by=None, **SAID)
        else:
            with pytest.raises(TooLate):
                write_proposal(process=process, author=author, by=None, **SAID)
    monkeypatch.setattr(timezone, "now", lambda: step.starts_at)
    Process.objects.filter(pk=process.pk).update(state=State.STOPPED, stopped_because="Fin")
    with pytest.raises(TooLate):
        write_proposal(process=process, author=author, by=None, title="Autre", words="Autre")


def test_what_is_drawn_from_statements_changes_no_word_of_theirs() -> None:
    process = make_process()
    facilitator = give_power(process, Power.FACILITATOR)
    first, second = make_statement(process, "Le marché manque"), make_statement(process, "La halle est vide")
    elsewhere = make_statement(make_process())
    for nobody in (
        give_power(process, Power.DECIDER),
        give_power(process, Power.VOTER),
        make_user("", "steward"),
    ):
        with pytest.raises(NotAllowed):
            draw_proposal(process=process, statements=[first], by=nobody, **SAID)
    with pytest.raises(ValidationError):
        draw_proposal(process=process, statements=[elsewhere], by=facilitator, **SAID)
    close(process)  # people voted: what they agree on is proposed after
    row = draw_proposal(process=process, statements=[first, second, elsewhere], by=facilitator, **SAID)
    assert row.is_published and row.author is None
    assert [one.words for one in row.statements.order_by("number")] == [
        "Le marché manque",
        "La halle est vide",
    ]
    assert (
        rewrite_proposal(
            proposal=row, author=None, title="Ouvrir", words="Trois soirs", by=facilitator
        ).number
        == 2
    )
    with pytest.raises(NotAllowed):
        rewrite_proposal(
            proposal=row, author=None, title="x", words="x", by=give_power(process, Power.EXAMINER)
        )


def test_nobody_but_its_author_rewrites_it() -> None:
    """An official, a facilitator, an administrator, another citizen: none."""
    process = make_process()
    person = make_user("", "moderator")
    author = make_participant(process, user=person)
    row = write_proposal(process=process, author=author, by=person, **SAID)
    others = [give_power(process, power) for power in Power] + [make_user("", "administrator", "steward")]
    for user in others:
        with pytest.raises(NotAllowed, match="auteur"):
            rewrite_proposal(
                proposal=row, author=make_participant(process, user=user), title="x", words="x", by=user
            )
        with pytest.raises(NotAllowed, match="auteur"):
            withdraw_proposal(proposal=row, author=None, reason="Non", by=user)
    assert rewrite_proposal(proposal=row, author=author, title="Mieux", words="Dit", by=person).number == 2
    row.refresh_from_db()
    assert row.is_published


def test_a_support_goes_to_words_and_who_gave_it_is_told_when_they_change(
    django_capture_on_commit_callbacks,
) -> None:
    process = make_process(hides_results=False)
    author, locked, told = make_participant(process), make_user(), make_user()
    row = write_proposal(process=process, author=author, by=None, **SAID)
    with pytest.raises(NotAllowed, match="publiée"):
        support_proposal(proposal=row, participant=make_participant(process), by=None)
    row.moderation = Moderation.PUBLISHED
    row.save()
    for user in (locked, told, None):
        support_proposal(proposal=row, participant=make_participant(process, user=user), by=user)
    again = make_participant(process, user=told)
    support_proposal(proposal=row, participant=again, by=told)
    assert ProposalSupport.objects.count() == 3
    assert not JournalEntry.objects.filter(verb__contains="support").exists()
    interest_of(locked, process, row)
    with django_capture_on_commit_callbacks(execute=True):
        rewrite_proposal(
            proposal=row, author=author, title="Fermer la halle", words="Tout le temps.", by=None
        )
    assert [one.to for one in mail.outbox] == [[told.email]]
    assert "Fermer" not in mail.outbox[0].body + mail.outbox[0].subject
    row.refresh_from_db()
    assert row.moderation == Moderation.WAITING, "a stranger's new words are read before they are public"
    assert [version.supports.count() for version in row.versions.order_by("number")] == [3, 0]
    withdraw_support(proposal=row, participant=again, by=told)
    assert ProposalSupport.objects.count() == 2


def test_refused_words_do_not_come_back_without_review() -> None:
    process, person = make_process(), make_user("", "steward")
    author = make_participant(process, user=person)
    row = write_proposal(process=process, author=author, by=person, **SAID)
    refuse_words(row=row, motive="Nomme quelqu’un", by=make_user("", "moderator"))
    rewrite_proposal(proposal=row, author=author, title="Autre", words="Chose", by=person)
    row.refresh_from_db()
    assert row.moderation == Moderation.WAITING


def test_its_author_withdraws_it_with_a_reason_until_a_meeting_judges_it() -> None:
    process = make_process()
    author = make_participant(process)
    row = make_proposal(process, author=author)
    with pytest.raises(ValidationError):
        withdraw_proposal(proposal=row, author=author, reason=" ", by=None)
    row = withdraw_proposal(proposal=row, author=author, reason="Une autre dit mieux", by=None)
    assert (row.state, row.withdrawn_because) == (ProposalState.WITHDRAWN, "Une autre dit mieux")
    with pytest.raises(NotAllowed):
        support_proposal(proposal=row, participant=make_participant(process), by=None)
    judged = adopt(make_proposal(process, author=author))
    with pytest.raises(NotAllowed):
        withdraw_proposal(proposal=judged, author=author, reason="Trop tard", by=None)


def test_a_facilitator_does_not_erase_what_a_meeting_adopted_even_drawn_by_her() -> None:
    process = make_process()
    by = give_power(process, Power.FACILITATOR)
    rows = [
        draw_proposal(
            process=process, statements=[make_statement(process)], title=title, words="Le faire.", by=by
        )
        for title in ("Ouvrir la halle", "Fermer la halle")
    ]
    adopt(rows[0], by=by)
    with pytest.raises(NotAllowed):
        erase_proposal_words(proposal=rows[0], by=by)
    assert erase_proposal_words(proposal=rows[1], by=by).is_erased
    assert erase_proposal_words(proposal=rows[0], by=make_user("", "steward")).is_erased


def test_its_words_are_erased_and_what_was_decided_stays() -> None:
    process = make_process()
    author = make_participant(process)
    row = adopt(make_proposal(process, "Nommer une personne", author=author))
    for nobody, user in ((make_participant(process), None), (None, give_power(process, Power.FACILITATOR))):
        with pytest.raises(NotAllowed):
            erase_proposal_words(proposal=row, author=nobody, by=user)
    row = erase_proposal_words(proposal=row, author=author, by=None)
    assert set(row.versions.values_list("title", "words")) == {(ERASED, ERASED)}
    assert (row.state, row.is_erased, row.counts.count()) == (ProposalState.ADOPTED, True, 1)
    assert erase_proposal_words(proposal=make_proposal(process), by=make_user("", "steward")).is_erased
    assert not LogEntry.objects.filter(verb="erase-proposal-words").exists()


def judged(row, by, *, is_adopted=True, hands=None, day=None, reason=""):
    return judge_proposal(
        proposal=row,
        is_adopted=is_adopted,
        judged_on=day or timezone.localdate(),
        meeting="Plénière fictive",
        hands=[Hands(10, 2, 1)] if hands is None else hands,
        reason=reason,
        by=by,
    )


@pytest.mark.parametrize(
    "hands",
    [
        [],
        [Hands(0, 0, 0)],
        [Hands(-1, 0, 3)],
        [Hands(10, 2), Hands(4, 1, college="elected")],
        [Hands(4, 1, college="elected"), Hands(4, 1, college="elected")],
        [Hands(4, 1, college="martians")],
        [Hands(2, 10)],
        [Hands(5, 5, 20)],
        [Hands(6, 1, college="elected"), Hands(1, 6, college="citizens")],
    ],
)
def test_counts_that_contradict_themselves_are_refused(hands) -> None:
    process = make_process()
    with pytest.raises(ValidationError) as error:
        judged(make_proposal(process), give_power(process, Power.FACILITATOR), hands=hands)
    assert set(error.value.message_dict) == {"hands"}


def test_a_meeting_adopts_by_college_with_abstentions_and_the_log_has_it() -> None:
    process = make_process()
    facilitator = give_power(process, Power.FACILITATOR)
    row = make_proposal(process)
    hands = [Hands(3, 1, 7, "elected"), Hands(12, 0, 0, "citizens")]
    judged(row, facilitator, hands=hands)
    row.refresh_from_db()
    assert row.state == ProposalState.ADOPTED
    assert [(one.college, one.in_favour, one.against, one.abstained) for one in row.counts.all()] == [
        ("elected", 3, 1, 7),
        ("citizens", 12, 0, 0),
    ]
    assert LogEntry.objects.filter(verb="adopt-proposal", subject=f"process:{process.slug}").count() == 1
    assert process.changes.get().before == {"proposal": row.token}


def test_only_a_facilitator_without_interest_notes_it_on_a_day_that_was() -> None:
    process = make_process()
    row, facilitator = make_proposal(process), give_power(process, Power.FACILITATOR)
    for nobody in (give_power(process, Power.DECIDER), make_user("", "administrator")):
        with pytest.raises(NotAllowed):
            judged(row, nobody)
    today = timezone.localdate()
    for day in (today + dt.timedelta(days=1), today - dt.timedelta(days=1)):
        with pytest.raises(ValidationError):
            judged(row, facilitator, day=day)
    interest_of(facilitator, process, row)
    with pytest.raises(NotAllowed, match="intérêt"):
        judged(row, facilitator)
    for values in (
        {"state": ProposalState.WITHDRAWN, "withdrawn_because": "x"},
        {"moderation": Moderation.WAITING},
    ):
        with pytest.raises(NotAllowed):
            judged(make_proposal(process, **values), facilitator)


def test_a_wrong_count_is_corrected_with_a_public_reason() -> None:
    process = make_process(hides_results=False)
    row, facilitator = make_proposal(process), give_power(process, Power.FACILITATOR)
    judged(row, facilitator)
    with pytest.raises(ValidationError):
        judged(row, facilitator, is_adopted=False, hands=[Hands(2, 10)])
    judged(row, facilitator, is_adopted=False, hands=[Hands(2, 10)], reason="Nombres inversés")
    row.refresh_from_db()
    assert row.state == ProposalState.NOT_ADOPTED
    change = process.changes.order_by("-number").first()
    assert change is not None and (change.verb, change.reason) == ("correct-judgment", "Nombres inversés")
    assert change.before["counts"] == [{"college": "", "in_favour": 10, "against": 2, "abstained": 1}]


def test_hidden_counts_do_not_leak_through_the_history() -> None:
    process = make_process(hides_results=True)
    row, facilitator = make_proposal(process), give_power(process, Power.FACILITATOR)
    judged(row, facilitator)
    judged(row, facilitator, hands=[Hands(41, 2)], reason="Une table oubliée")
    assert all("counts" not in change.before for change in process.changes.all())
