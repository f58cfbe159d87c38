"""Two claims of one person at the same instant."""

import pytest

from terreau.observe.actions.claiming import ask_by_letter
from terreau.observe.models import Claim
from tests.at_once import during, only_postgresql
from tests.factories import make_party, make_place, make_record, make_site, make_user

pytestmark = [pytest.mark.django_db(transaction=True), only_postgresql]


def test_of_two_claims_of_one_person_the_last_counts() -> None:
    party, by = make_party("Épicerie fictive"), make_user()
    site = make_site(party, make_place(name="Fictive-sur-Loire"), address="1 rue A", post_code="99001")
    make_record(party, site=site, values={"address": "1 rue A"})
    one, other = during(
        lambda: ask_by_letter(party=party, site=site, by=by),
        lambda: ask_by_letter(party=party, site=site, by=by),
    )
    assert Claim.objects.get(state=Claim.State.OPEN) == other != one
