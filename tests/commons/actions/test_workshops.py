"""Workshops: opened for some hours of a day, ended by themselves, counted up to what a room needs."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from terreau.commons.actions.workshops import (
    WorkshopRefused,
    count_in_workshop,
    end_workshop,
    open_workshop,
)
from terreau.commons.models import JournalEntry, LogEntry, Workshop
from terreau.commons.queries.people import what_we_hold_on
from terreau.commons.queries.workshops import find_open_workshop, find_workshop, workshops
from tests.factories import make_place, make_user

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def opened(**values) -> Workshop:
    given = {"name": "Soirée", "starts_at": timezone.now(), "hours": 2, "expected": 1, **values}
    return open_workshop(**given, by=make_user("", "facilitator"))


def test_the_code_is_found_however_it_is_typed() -> None:
    made = opened(place=make_place())
    assert len(made.code) == 6
    for typed in (made.code, made.code.upper(), f" {made.code[:3]}-{made.code[3:]} "):
        assert find_open_workshop(typed) == made
    for typed in ("", "zzzzzz", made.code[:5], "’; --"):
        assert find_open_workshop(typed) is None
    assert list(workshops()) == [made]


def test_it_begins_and_ends_by_itself() -> None:
    made = opened()
    for starts_in, is_open, is_over in (
        (0, True, False),
        (1, False, False),
        (-1, True, False),
        (-2, False, True),
    ):
        Workshop.objects.update(starts_at=timezone.now() + starts_in * HOUR)
        found = find_workshop(made.code)
        assert (found.is_open, found.is_over, count_in_workshop(code=made.code)) == (
            is_open,
            is_over,
            is_open,
        )


def test_it_may_be_ended_once_before_its_time() -> None:
    made, by = opened(), make_user("", "steward")
    assert not end_workshop(workshop=made, by=by).is_open
    assert not count_in_workshop(code=made.code)
    with pytest.raises(WorkshopRefused, match="déjà fini"):
        end_workshop(workshop=made, by=by)


def test_a_room_has_twenty_acts_a_person_and_no_more() -> None:
    made = opened(expected=1)
    assert [count_in_workshop(code=made.code) for _number in range(21)] == [True] * 20 + [False]
    made.refresh_from_db()
    assert made.used == 20
    assert opened(expected=500).allowance == 3_000, "of no room more than that"
    assert not count_in_workshop(code="")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "nom"),
        ({"hours": 0}, "1 à 12 heures"),
        ({"hours": 13}, "1 à 12 heures"),
        ({"expected": 0}, "personnes"),
        ({"expected": 501}, "personnes"),
        ({"starts_at": timezone.now() - 3 * HOUR}, "déjà fini"),
        ({"starts_at": timezone.now() + 400 * 24 * HOUR}, "un an"),
    ],
)
def test_what_is_not_a_workshop_is_refused(wrong, said) -> None:
    with pytest.raises(WorkshopRefused, match=said):
        opened(**wrong)
    assert not Workshop.objects.exists()


def test_the_database_holds_its_size_too() -> None:
    opened()
    for wrong in ({"hours": 13}, {"hours": 0}, {"expected": 0}, {"expected": 501}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Workshop.objects.update(**wrong)


def test_the_journal_has_neither_name_nor_code_and_the_public_log_nothing() -> None:
    made = opened(name="Chez Zoé")
    end_workshop(workshop=made, by=made.opened_by)
    assert list(JournalEntry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "open-workshop",
        "end-workshop",
    ]
    told = str(list(JournalEntry.objects.values()))
    assert "Zoé" not in told and made.code not in told
    assert not LogEntry.objects.exists()
    assert what_we_hold_on(made.opened_by)["workshops"][0]["name"] == "Chez Zoé"
