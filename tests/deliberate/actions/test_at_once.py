"""Two people who do the same thing at the same instant: one act counts, or both do, and whoever is late is told so."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from terreau.commitments.models import Commitment
from terreau.commons.enums import Role
from terreau.commons.models import JournalEntry
from terreau.deliberate import actions
from terreau.deliberate.actions.conferences import add_agenda_item, remove_agenda_item
from terreau.deliberate.actions.leaving import forget_person
from terreau.deliberate.actions.participating import take_part
from terreau.deliberate.actions.polis_import import import_polis
from terreau.deliberate.actions.proposals import support_proposal, withdraw_proposal, write_proposal
from terreau.deliberate.actions.resonances import make_matrix
from terreau.deliberate.actions.roles import end_role
from terreau.deliberate.actions.statements import AlreadySaid
from terreau.deliberate.actions.texts import VersionChanged
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import Moderation, Power, Preset, ProposalState, State
from terreau.deliberate.models import (
    AgendaItem,
    Participant,
    Process,
    ProcessChange,
    ProposalSupport,
    Reply,
    Statement,
    Vote,
)
from tests.at_once import during, only_postgresql
from tests.factories import make_user
from tests.factories.commitments import make_item
from tests.factories.deliberate import (
    adopt,
    give_power,
    make_participant,
    make_process,
    make_proposal,
    make_statement,
)
from tests.factories.texts import examiner_of, keys_of, make_text, next_version

from .test_polis_import import EXPECTED, files, values
from .test_replies import reply
from .test_starting import facilitator, start

pytestmark = [pytest.mark.django_db(transaction=True), only_postgresql]


def twice(act, *, first=None, second=None):
    """``act(first)``, and ``act(second)`` before the first is certain."""
    return during(lambda: act(first), lambda: act(second))


def test_two_processes_of_one_title_have_two_addresses() -> None:
    one, other = twice(start, first=facilitator(), second=facilitator())
    assert (one.slug, other.slug) == ("que-faire-de-la-halle", "que-faire-de-la-halle-2")


def test_two_replies_are_two_and_the_last_is_current() -> None:
    process = make_process()
    row = adopt(make_proposal(process))
    deciders = [give_power(process, Power.DECIDER) for _ in range(2)]
    one, other = twice(lambda by: reply(row, by), first=deciders[0], second=deciders[1])
    assert (one.number, other.number) == (1, 2)
    assert Reply.objects.get(is_current=True) == other
    assert Commitment.objects.count() == 2
    verbs = JournalEntry.objects.filter(verb__endswith="reply").values_list("verb", flat=True)
    assert list(verbs) == ["change-reply"]


def test_a_second_judgment_is_a_correction_that_needs_a_reason() -> None:
    process = make_process()
    row = make_proposal(process)
    people = [give_power(process, Power.FACILITATOR) for _ in range(2)]
    _one, other = twice(lambda by: adopt(row, by=by), first=people[0], second=people[1])
    assert isinstance(other, ValidationError) and "reason" in other.message_dict
    assert row.counts.count() == 1


def test_a_proposal_that_is_adopted_is_no_longer_withdrawn() -> None:
    process = make_process()
    author = make_participant(process)
    row = make_proposal(process, author=author)
    by = give_power(process, Power.FACILITATOR)
    _adopted, refused = during(
        lambda: adopt(row, by=by),
        lambda: withdraw_proposal(proposal=row, author=author, reason="Plus utile", by=None),
    )
    assert isinstance(refused, NotAllowed)
    row.refresh_from_db()
    assert (row.state, row.withdrawn_because) == (ProposalState.ADOPTED, "")


def test_the_same_proposal_sent_twice_is_one() -> None:
    process = make_process()
    author = make_participant(process)

    def write(_):
        return write_proposal(process=process, author=author, title="Des bancs", words="Ici.", by=None)

    one, other = twice(write)
    assert one == other == process.proposals.get()


def test_two_proposals_have_two_numbers() -> None:
    process = make_process()

    def write(author):
        return write_proposal(process=process, author=author, title="Des bancs", words="Ici.", by=None)

    rows = twice(write, first=make_participant(process), second=make_participant(process))
    assert [row.number for row in rows] == [1, 2]


def test_a_support_given_twice_is_counted_once() -> None:
    process = make_process()
    row, person = make_proposal(process), make_participant(process)
    one, other = twice(lambda _: support_proposal(proposal=row, participant=person, by=None))
    assert one == other == ProposalSupport.objects.get()


def test_the_same_import_twice_adds_nothing() -> None:
    process = make_process()
    by = give_power(process, Power.FACILITATOR)
    one, other = twice(lambda _: import_polis(process=process, files=files(), by=by))
    assert (one.statements, one.participants, one.votes) == (4, 4, 4)
    assert (other.statements, other.participants, other.votes) == (0, 0, 0)
    assert values(process) == EXPECTED
    assert ProcessChange.objects.filter(verb="import-opinions").count() == 1


def test_the_same_words_are_said_once() -> None:
    process = make_process()

    def say(author):
        return actions.add_statement(process=process, words="Des bancs partout", author=author, by=None)

    one, other = twice(say, first=make_participant(process), second=make_participant(process))
    assert isinstance(other, AlreadySaid) and other.statement == one


def test_who_takes_part_by_two_pages_is_one() -> None:
    process = make_process()
    one, other = twice(lambda _: take_part(process=process, by=None, secret="secret-fictif"))
    assert one == other == Participant.objects.get()


def test_a_sheet_typed_by_two_is_one_participant_and_two_callers_are_two() -> None:
    process = make_process()
    statement = make_statement(process)
    people = [give_power(process, Power.FACILITATOR) for _ in range(2)]

    def enter(by, number=None, channel="phone", value=1):
        return actions.enter_sheet(
            process=process, number=number, values={statement: value}, by=by, now=timezone.now(),
            channel=channel,
        )  # fmt: skip

    one, other = twice(lambda by: enter(by, 12, "paper"), first=people[0], second=people[1])
    assert one == other
    one, other = twice(enter, first=people[0], second=people[1])
    assert int(other.sheet) == int(one.sheet) + 1
    assert Vote.objects.count() == 3


def test_a_sheet_opened_on_a_phone_while_it_is_typed() -> None:
    process = make_process()
    statement, by = make_statement(process), give_power(process, Power.FACILITATOR)
    opened, typed = during(
        lambda: actions.take_sheet(process=process, number=12, by=None),
        lambda: actions.enter_sheet(
            process=process, number=12, values={statement: 1}, by=by, now=timezone.now()
        ),
    )
    assert opened == typed == Participant.objects.get()


def test_two_versions_on_one_are_not_both_published() -> None:
    text = make_text()
    people, key = [examiner_of(text.process) for _ in range(2)], keys_of(text)[0]
    one, other = during(
        lambda: next_version(text, {key: "D’autres mots."}, by=people[0]),
        lambda: next_version(text, {key: "Encore d’autres."}, by=people[1]),
    )
    assert isinstance(other, VersionChanged)
    assert [row.number for row in text.versions.order_by("number")] == [1, one.number]


def test_two_facilitators_who_end_each_other_leave_one() -> None:
    process = make_process()
    people = [give_power(process, Power.FACILITATOR) for _ in range(2)]
    roles = [process.roles.get(user=one) for one in people]
    _done, refused = during(
        lambda: end_role(role=roles[0], by=people[1]),
        lambda: end_role(role=roles[1], by=people[0]),
    )
    assert isinstance(refused, NotAllowed)
    assert process.roles.get(ended_at__isnull=True) == roles[1]


def test_a_point_removed_by_two_is_removed_once() -> None:
    process = make_process(preset=Preset.CONFERENCE)
    people = [give_power(process, Power.FACILITATOR) for _ in range(2)]
    item = add_agenda_item(process=process, part="means", title="Un point", by=people[0])
    row = AgendaItem.objects.get(pk=item.pk)
    told = during(
        lambda: remove_agenda_item(item=item, by=people[0]),
        lambda: remove_agenda_item(item=row, by=people[1]),
    )
    assert told == (None, None)
    assert ProcessChange.objects.filter(verb="change-agenda").count() == 2  # written, removed


def test_two_matrices_of_one_title_have_two_addresses() -> None:
    programme, by = make_item("1").programme, make_user("", Role.STEWARD)
    rows = twice(lambda _: make_matrix(title="Tableau fictif", orientations=programme, by=by))
    assert [row.slug for row in rows] == ["tableau-fictif", "tableau-fictif-2"]


@pytest.mark.parametrize("late", ["discard", "change", "open"])
def test_a_draft_that_was_discarded_meanwhile(late) -> None:
    by = facilitator()
    draft = start(by)
    acts = {
        "discard": lambda: actions.discard_process_draft(process=Process.objects.get(), by=by),
        "change": lambda: actions.change_draft(process=Process.objects.get(), by=by, title="Autre titre"),
        "open": lambda: actions.open_process(process=Process.objects.get(), own_interest="", by=by),
    }
    _done, refused = during(lambda: actions.discard_process_draft(process=draft, by=by), acts[late])
    assert isinstance(refused, NotAllowed)
    assert not Process.objects.exists()


def test_a_draft_is_opened_once() -> None:
    by = facilitator()
    draft = start(by)
    opened, refused = twice(
        lambda _: actions.open_process(process=Process.objects.get(), own_interest="", by=by)
    )
    assert isinstance(refused, NotAllowed)
    assert (opened.state, draft.changes.count()) == (State.OPEN, 1)


def test_words_that_left_with_their_author_while_they_were_reviewed() -> None:
    process, author = make_process(), make_user()
    row = make_statement(
        process, author=make_participant(process, user=author), moderation=Moderation.WAITING
    )
    by = make_user("", Role.MODERATOR)
    _gone, refused = during(
        lambda: forget_person(user=author, by=author), lambda: actions.publish_words(row=row, by=by)
    )
    assert isinstance(refused, NotAllowed)
    assert not Statement.objects.exists()


def test_words_reviewed_while_their_author_leaves_stay() -> None:
    process, author = make_process(), make_user()
    row = make_statement(
        process, author=make_participant(process, user=author), moderation=Moderation.WAITING
    )
    by = make_user("", Role.MODERATOR)
    during(lambda: actions.publish_words(row=row, by=by), lambda: forget_person(user=author, by=author))
    assert Statement.objects.get().author.user is None
