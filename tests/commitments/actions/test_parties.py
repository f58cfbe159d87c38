import pytest

from terreau.commitments.actions import attach_returned_parties, name_owner
from tests.factories import make_party
from tests.factories.commitments import make_commitment, make_keeper

pytestmark = pytest.mark.django_db


def test_who_comes_back_has_its_promises_again() -> None:
    party, other = make_party(identity="siren:1"), make_party(identity="siren:2")
    promise = make_commitment(owner=party, owner_name="", beneficiary=other)
    party.delete()
    assert attach_returned_parties(by=None) == 0
    back = make_party(identity="siren:1")
    assert attach_returned_parties(by=None) == 1
    promise.refresh_from_db()
    assert (promise.owner, promise.beneficiary) == (back, other)


def test_what_another_took_over_stays_with_it() -> None:
    party = make_party(identity="siren:1")
    promise = make_commitment(owner=party, owner_name="")
    party.delete()
    name_owner(
        commitment=promise, owner=None, owner_name="Un autre groupe", reason="Reprise", by=make_keeper()
    )
    make_party(identity="siren:1")
    assert attach_returned_parties(by=None) == 0
