"""When the reserve holds, and what it keeps out of the shop window."""

import datetime as dt
import re
from pathlib import Path

import pytest

from terreau.commitments.models import Commitment
from terreau.commitments.queries.reserve import RESERVE_RULES, reserve_on, without_promotion
from terreau.commons.enums import Nature, PartyKind
from tests.factories import make_party, make_place
from tests.factories.commitments import make_commitment
from tests.factories.pledges import make_consultation, make_election

pytestmark = pytest.mark.django_db
DURING = dt.date(2032, 1, 10)
GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guides" / "pledges.md"


@pytest.mark.parametrize(
    ("day", "holds"),
    [
        (dt.date(2031, 8, 31), False),
        (dt.date(2031, 9, 1), True),
        (dt.date(2032, 3, 21), True),
        (dt.date(2032, 3, 22), False),
    ],
)
def test_it_holds_from_the_sixth_month_to_the_last_round(day, holds) -> None:
    make_election()
    assert (reserve_on(day) is not None) == holds


def test_a_keeper_lengthens_it_at_both_ends() -> None:
    make_election(own_reserve_start=dt.date(2031, 1, 1), own_reserve_end=dt.date(2032, 5, 1))
    days = [dt.date(2030, 12, 31), dt.date(2031, 1, 1), dt.date(2032, 5, 1), dt.date(2032, 5, 2)]
    assert [reserve_on(day) is not None for day in days] == [False, True, True, False]


def test_a_consultation_opens_none() -> None:
    make_consultation(answers_until=DURING)
    assert reserve_on(DURING) is None


def promoted(day: dt.date) -> set[str]:
    return set(without_promotion(Commitment.objects.all(), day).values_list("title", flat=True))


def test_public_bodies_that_stand_there_are_not_promoted_and_others_are() -> None:
    voting, elsewhere = make_place("99001"), make_place("99002")
    zone = make_place("99", "departement", [voting, elsewhere])
    make_election(place=voting)
    town = make_party(kind=PartyKind.PUBLIC_BODY)
    school = make_party(nature=Nature.PUBLIC)
    association = make_party(nature=Nature.ASSOCIATION)
    for title, owner, place in (
        ("town there", town, voting),
        ("school there", school, voting),
        ("town in a zone that holds it", town, zone),
        ("town, nowhere said", town, None),
        ("town elsewhere", town, elsewhere),
        ("association there", association, voting),
    ):
        make_commitment(title=title, owner=owner, owner_name="", place=place)
    make_commitment(title="group there", place=voting)
    assert promoted(DURING) == {"town elsewhere", "association there", "group there"}
    assert len(promoted(dt.date(2031, 8, 31))) == 7


def test_an_election_without_a_place_is_of_all_the_territory() -> None:
    make_election()
    make_commitment(
        title="town", owner=make_party(kind=PartyKind.PUBLIC_BODY), owner_name="", place=make_place("99002")
    )
    assert promoted(DURING) == set()


@pytest.mark.parametrize("elections", [1, 3])
def test_the_cost_does_not_grow_with_elections(django_assert_num_queries, elections: int) -> None:
    for _number in range(elections):
        make_election(place=None)
    make_commitment()
    with django_assert_num_queries(2):
        promoted(DURING)


def test_the_guide_says_each_rule_with_its_article() -> None:
    text = re.sub(r"\s+", " ", GUIDE.read_text(encoding="utf-8"))
    said = [re.sub(r"\s+", " ", f"| {rule.effect} | {rule.article} |") for rule in RESERVE_RULES]
    assert [line for line in said if line not in text] == []
