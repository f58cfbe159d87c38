"""Two people who do the same thing to the register at the same instant."""

import datetime as dt

import pytest
from django.utils import timezone

from terreau.commitments.actions import open_election, record_fulfilment, turn_into_commitment
from terreau.commitments.actions.following import withdraw_fulfilment
from terreau.commitments.actions.pledges import Said
from terreau.commitments.actions.subscribing import subscribe
from terreau.commitments.actions.writing import NotAllowed
from terreau.commitments.models import Commitment, Election, Position, Subscription
from tests.at_once import during, only_postgresql
from tests.factories import make_user
from tests.factories.commitments import make_commitment, make_item, make_keeper
from tests.factories.pledges import answer, link_of, make_consultation, make_list

pytestmark = [pytest.mark.django_db(transaction=True), only_postgresql]


@pytest.mark.parametrize("has_account", [True, False])
def test_who_subscribes_by_two_pages_is_written_once_to(has_account) -> None:
    by = make_user() if has_account else None

    def ask() -> None:
        subscribe(address="" if by else "a@exemple.invalid", link_to=lambda *_: "https://x.invalid/", by=by)

    assert during(ask, ask) == (None, None)
    assert Subscription.objects.count() == 1


def test_a_pledge_becomes_one_commitment() -> None:
    body, keepers = make_list(make_consultation()), [make_keeper(), make_keeper()]
    (said,) = answer(body)
    terms = {"title": "Un local", "deliverable": "Un local", "due_on": dt.date(2033, 1, 1),
             "owner": None, "owner_name": body.name, "page": ""}  # fmt: skip
    one, other = during(
        lambda: turn_into_commitment(position=said, by=keepers[0], **terms),
        lambda: turn_into_commitment(position=said, by=keepers[1], **terms),
    )
    assert one == other == Commitment.objects.get()


def test_two_answers_to_one_point_are_two_versions_and_the_last_is_current() -> None:
    body = make_list(make_consultation())
    secret = link_of(body)
    (one,), (other,) = during(
        lambda: answer(body, secret=secret), lambda: answer(body, said=Said("no"), secret=secret)
    )
    assert (one.number, other.number) == (1, 2)
    assert Position.objects.get(is_current=True) == other


def test_a_fulfilment_is_withdrawn_once() -> None:
    keepers = [make_keeper(), make_keeper()]
    step = record_fulfilment(
        commitment=make_commitment(), on=timezone.localdate(), words="Fait.", by=keepers[0]
    )
    _done, refused = during(
        lambda: withdraw_fulfilment(fulfilment=step, reason="La première", by=keepers[0]),
        lambda: withdraw_fulfilment(fulfilment=step, reason="L’autre", by=keepers[1]),
    )
    assert isinstance(refused, NotAllowed)
    step.refresh_from_db()
    assert step.withdrawn_because == "La première"


def test_two_elections_of_one_title_have_two_addresses() -> None:
    programme = make_item("1").programme

    def open_one() -> Election:
        return open_election(
            title="Élection fictive", asked_by="Réseau fictif", programme=programme,
            body_name="Conseil fictif", first_round_on=dt.date(2032, 3, 14), by=None,
        )  # fmt: skip

    one, other = during(open_one, open_one)
    assert one.slug != other.slug
