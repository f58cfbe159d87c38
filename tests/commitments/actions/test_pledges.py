"""What a list may say and when, what stays of it, and what it becomes."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from terreau.commitments.actions import (
    change_election,
    enter_positions,
    erase_position_words,
    keep_draft,
    mark_elected,
    turn_into_commitment,
    undo_elected,
    withdraw_candidacy,
)
from terreau.commitments.actions.pledges import Said, TooLate, proposed_terms
from terreau.commitments.actions.writing import NotAllowed
from terreau.commitments.enums import Basis, State
from terreau.commitments.models import Commitment, Position
from terreau.commons.models import JournalEntry
from tests.factories import make_user
from tests.factories.commitments import make_keeper
from tests.factories.pledges import FIRST_ROUND, answer, link_of, make_consultation, make_election, make_list

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
FROZEN = dt.datetime(2032, 3, 13, 0, 0, tzinfo=PARIS)
BEFORE = FROZEN - dt.timedelta(seconds=1)
AFTER = dt.datetime(2032, 3, 22, 0, 0, tzinfo=PARIS)


@pytest.fixture
def at(monkeypatch):
    """The clock of the site says this instant from now on."""
    return lambda instant: monkeypatch.setattr(timezone, "now", lambda: instant)


def test_answers_are_taken_until_the_freeze_and_never_during_it(at) -> None:
    one = make_list(make_election())
    secret = link_of(one)
    at(BEFORE)
    answer(one, secret=secret)
    at(FROZEN)
    for refused in (
        lambda: answer(one, said=Said("no"), secret=secret),
        lambda: answer(one, "2", secret=secret),
        lambda: keep_draft(candidacy=one, secret=secret, draft={}, by=None),
        lambda: enter_positions(candidacy=one, said={"2": Said("no")}, source="Tract", by=make_keeper()),
    ):
        with pytest.raises(TooLate, match="L49"):
            refused()
    at(AFTER)
    with pytest.raises(TooLate, match="terminé"):
        answer(one, said=Said("no"), secret=secret)
    assert [position.answer for position in one.positions.all()] == ["yes"]


def test_a_change_keeps_the_former_answer_readable() -> None:
    one = make_list(make_election())
    secret = link_of(one)
    answer(one, secret=secret)
    answer(one, secret=secret)  # the same: nothing is written
    answer(one, said=Said("partly", "principle", "Seulement au nord."), secret=secret)
    said = list(one.positions.values_list("number", "is_current", "answer", "words"))
    assert said == [(1, False, "yes", "Nous le ferons."), (2, True, "partly", "Seulement au nord.")]
    verbs = list(JournalEntry.objects.filter(verb__endswith="-positions").values_list("verb", flat=True))
    assert sorted(verbs) == ["change-positions", "publish-positions"]


def test_a_link_answers_for_its_own_list_alone_and_the_last_one_given_counts() -> None:
    election = make_election()
    one, other = make_list(election), make_list(election)
    first = link_of(one)
    second = link_of(one)
    for candidacy, secret in ((one, first), (other, second), (one, ""), (other, "")):
        with pytest.raises(NotAllowed, match="lien"):
            answer_with(candidacy, secret)
    answer(one, secret=second)
    assert not other.positions.exists()


def answer_with(candidacy, secret: str) -> None:
    from terreau.commitments.actions import publish_positions

    publish_positions(candidacy=candidacy, secret=secret, said={"1": Said("no")}, by=None)


def test_the_secret_of_a_link_is_kept_nowhere() -> None:
    one = make_list(make_election())
    secret = link_of(one)
    one.refresh_from_db()
    assert secret not in str(one.__dict__)
    assert secret not in str(list(JournalEntry.objects.values()))


def test_a_keeper_copies_an_answer_with_its_source_and_never_rewrites_what_the_list_wrote() -> None:
    one, keeper = make_list(make_election()), make_keeper()
    answer(one, "1")
    with pytest.raises(ValidationError, match="elle seule"):
        enter_positions(candidacy=one, said={"1": Said("no")}, source="Tract du 3 mars", by=keeper)
    with pytest.raises(ValidationError, match="vient"):
        enter_positions(candidacy=one, said={"2": Said("no")}, source=" ", by=keeper)
    enter_positions(candidacy=one, said={"2": Said("no")}, source="Tract du 3 mars", by=keeper)
    with pytest.raises(NotAllowed):
        enter_positions(candidacy=one, said={"2": Said("yes", "principle")}, source="Tract", by=make_user())
    assert list(one.positions.values_list("source", "answer")) == [("", "yes"), ("Tract du 3 mars", "no")]
    answer(one, "2", Said("no", words="Nos mots."))  # the list says it herself
    assert one.positions.get(is_current=True, item__code="2").source == ""


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (Said("yes"), "niveau"),
        (Said("yes", "dated"), "date"),
        (Said("yes", "funded", "Avec un budget"), "date"),
        (Said("yes", "dated", due_on=dt.date(2020, 1, 1)), "passée"),
        (Said("partly", "principle"), "partie"),
        (Said("perhaps", "principle"), "perhaps"),
        (Said("yes", "principle", "x" * 1001), "1000"),
    ],
)
def test_an_answer_that_says_too_little_or_too_much_is_refused(said, message) -> None:
    one = make_list(make_election())
    with pytest.raises(ValidationError, match=message):
        answer(one, said=said)
    assert not one.positions.exists()


def test_a_point_of_another_programme_is_refused() -> None:
    with pytest.raises(ValidationError, match="pas de ceux"):
        answer(make_list(make_election()), "99")


def test_the_database_refuses_two_positions_in_force_and_a_dated_yes_without_date() -> None:
    (position,) = answer(make_list(make_election()))
    for wrong in ({"number": 2}, {"number": 2, "is_current": False, "level": "dated"}):
        row = Position.objects.get(pk=position.pk)
        row.pk = None
        for name, value in wrong.items():
            setattr(row, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()


def test_a_list_that_withdraws_no_longer_answers_and_stays_readable() -> None:
    one = make_list(make_election())
    secret = link_of(one)
    answer(one, secret=secret)
    with pytest.raises(ValidationError, match="pourquoi"):
        withdraw_candidacy(candidacy=one, reason=" ", by=make_keeper())
    withdraw_candidacy(candidacy=one, reason="Fusion avec une autre liste", by=make_keeper())
    with pytest.raises(NotAllowed, match="retirée"):
        answer(one, "2", secret=secret)
    assert one.positions.count() == 1


def test_words_are_erased_even_during_the_freeze_and_the_answer_stays(at) -> None:
    one = make_list(make_election())
    secret = link_of(one)
    (position,) = answer(one, secret=secret)
    at(FROZEN)
    with pytest.raises(NotAllowed):
        erase_position_words(position=position, by=make_user())
    erase_position_words(position=position, secret=secret, by=None)
    position.refresh_from_db()
    assert (position.answer, position.words, position.is_erased) == ("yes", "", True)


def test_the_order_is_drawn_once_and_a_late_list_moves_nobody_past_another() -> None:
    election = make_election()
    for _number in range(8):
        make_list(election)
    drawn = [one.pk for one in election.candidacies.all()]
    late = make_list(election)
    assert [one.pk for one in election.candidacies.all() if one.pk != late.pk] == drawn
    assert len({one.lot for one in election.candidacies.all()}) == 9
    with pytest.raises(ValidationError, match="déjà"):
        make_list(election, late.name.upper())


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"second_round_on": FIRST_ROUND}, "second_round_on"),
        ({"answers_until": dt.date(2032, 3, 13)}, "answers_until"),
        ({"own_freeze": dt.date(2032, 3, 14)}, "own_freeze"),
        ({"own_reserve_start": dt.date(2031, 9, 2)}, "own_reserve_start"),
        ({"own_reserve_end": dt.date(2032, 3, 20)}, "own_reserve_end"),
        ({"mandate_ends_on": FIRST_ROUND}, "mandate_ends_on"),
        ({"first_round_on": None}, "second_round_on"),
        ({"title": ""}, "title"),
    ],
)
def test_a_wrong_date_is_refused_at_its_field(values, field) -> None:
    election = make_election()
    with pytest.raises(ValidationError) as error:
        change_election(election=election, by=make_keeper(), **values)
    assert field in error.value.message_dict


def test_a_pledge_becomes_one_commitment_once_its_list_is_elected(at) -> None:
    one, keeper = make_list(make_election()), make_keeper()
    due = dt.date(2034, 1, 1)
    (position,) = answer(
        one, said=Said("yes", "dated", "Nous le ferons.", due, "Une maison des associations")
    )
    terms = {
        **proposed_terms(position),
        "owner": None,
        "owner_name": "Conseil fictif",
        "page": "https://exemple.invalid/p",
    }
    with pytest.raises(NotAllowed, match="élue"):
        turn_into_commitment(position=position, by=keeper, **terms)
    with pytest.raises(NotAllowed, match="dernier tour"):
        mark_elected(candidacy=one, source_url="https://exemple.invalid/r", by=keeper)
    at(AFTER)
    with pytest.raises(ValidationError):
        mark_elected(candidacy=one, source_url="javascript:alert(1)", by=keeper)
    mark_elected(candidacy=one, source_url="https://exemple.invalid/r", by=keeper)
    made = turn_into_commitment(position=position, by=keeper, **terms)
    again = turn_into_commitment(position=position, by=keeper, **{**terms, "title": "Autre chose"})
    assert made == again == Commitment.objects.get()
    assert (made.state, made.basis, made.due_on, made.owner_name, made.deliverable) == (
        State.OPEN, Basis.PLEDGE, due, "Conseil fictif", "Une maison des associations",
    )  # fmt: skip
    assert (made.basis_url, made.beneficiary_name, list(made.items.all())) == (
        "https://exemple.invalid/p", "", [position.item],
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="déjà des engagements"):
        undo_elected(candidacy=one, by=keeper)


def test_a_pledge_without_a_date_is_due_at_the_end_of_the_mandate() -> None:
    (position,) = answer(make_list(make_election()))
    assert proposed_terms(position)["due_on"] == dt.date(2038, 3, 21)


def test_a_no_and_who_may_not_never_make_a_commitment(at) -> None:
    body, keeper = make_list(make_consultation()), make_keeper()
    (refused,), (said,) = answer(body, "1", Said("no")), answer(body, "2")
    terms = {"title": "Un local", "deliverable": "Un local", "due_on": dt.date(2033, 1, 1),
             "owner": None, "owner_name": body.name, "page": ""}  # fmt: skip
    with pytest.raises(NotAllowed):
        turn_into_commitment(position=refused, by=keeper, **terms)
    with pytest.raises(NotAllowed):
        turn_into_commitment(position=said, by=make_user(), **terms)
    assert turn_into_commitment(position=said, by=keeper, **terms).owner_name == body.name
    with pytest.raises(NotAllowed, match="élu"):
        mark_elected(candidacy=body, source_url="https://exemple.invalid/", by=keeper)
