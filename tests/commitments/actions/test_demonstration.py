"""Fictional commitments: every state, no party and no person, and removed by one command that removes only them."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from terreau.commitments.actions import add_demonstration, load_programme, remove_demonstration
from terreau.commitments.actions.demonstration import MARK, CannotDemonstrate
from terreau.commitments.enums import State
from terreau.commitments.models import Change, Commitment, Fulfilment, ProgrammeItem
from terreau.commitments.queries.standing import where_we_stand
from terreau.commons.models import JournalEntry, LogEntry
from tests.factories.commitments import make_commitment

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> None:
    file = Path(settings.SHIPPED_DATA) / "programmes" / "treize-propositions.toml"
    load_programme(content=file.read_bytes(), by=None)


def test_it_shows_every_state_and_every_proposition(programme) -> None:
    added = add_demonstration(by=None)
    rows = Commitment.objects.filter(is_demonstration=True)
    assert rows.count() == added >= 12
    standing = where_we_stand(on=timezone.localdate())
    assert all(standing.numbers[key] for key in ("late", "soon", "ahead", "orphan"))
    assert {row.state for row in rows} == set(State) - {State.DRAFT}
    served = ProgrammeItem.objects.filter(commitments__is_demonstration=True).distinct()
    assert served.count() == 13
    assert rows.exclude(successor=None).count() == 1
    assert rows.exclude(target=None).filter(fulfilments__isnull=False).exists()


def test_it_names_no_party_and_marks_every_organisation(programme) -> None:
    add_demonstration(by=None)
    for row in Commitment.objects.all():
        assert row.owner is None and row.beneficiary is None and row.created_by is None
        assert all(not name or name.endswith(MARK) for name in (row.owner_name, row.beneficiary_name))


def test_its_removal_removes_only_it_and_keeps_the_acts(programme) -> None:
    kept = make_commitment()
    added = add_demonstration(by=None)
    Fulfilment.objects.create(
        commitment=Commitment.objects.filter(is_demonstration=True).first(),
        on=timezone.localdate(),
        words="Essai",
    )
    assert remove_demonstration(by=None) == added
    assert list(Commitment.objects.all()) == [kept]
    assert not Fulfilment.objects.exists()
    assert set(Change.objects.values_list("commitment", flat=True)) == {kept.pk}
    verbs = ["add-demonstration", "remove-demonstration"]
    for acts in (JournalEntry, LogEntry):
        assert sorted(acts.objects.filter(verb__in=verbs).values_list("verb", flat=True)) == verbs


def test_removing_nothing_is_no_act(programme) -> None:
    assert remove_demonstration(by=None) == 0
    assert not JournalEntry.objects.filter(verb="remove-demonstration").exists()


def test_it_is_not_added_twice(programme) -> None:
    add_demonstration(by=None)
    with pytest.raises(CannotDemonstrate, match="déjà"):
        add_demonstration(by=None)


def test_it_needs_the_programme() -> None:
    with pytest.raises(CannotDemonstrate, match="terreau init"):
        add_demonstration(by=None)


def test_a_real_promise_renegotiated_into_a_fictional_one_stops_the_removal(programme) -> None:
    added = add_demonstration(by=None)
    fictional = Commitment.objects.filter(is_demonstration=True, state=State.OPEN).first()
    row = make_commitment()
    Commitment.objects.filter(pk=row.pk).update(
        state=State.RENEGOTIATED, successor=fictional, reason="Essai", ended_on=timezone.localdate()
    )
    with pytest.raises(CannotDemonstrate, match=row.title):
        remove_demonstration(by=None)
    assert Commitment.objects.filter(is_demonstration=True).count() == added
