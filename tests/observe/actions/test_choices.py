"""A steward’s choice overrules the order of trust, for one field, until it is undone."""

import pytest

from terreau.commons.models import Revision
from terreau.observe.actions.choices import ChoiceRefused, choose_value, undo_choice
from terreau.observe.actions.corrections import accept_correction, propose_correction
from terreau.observe.actions.merging import merge_parties
from terreau.observe.models import Choice
from tests.factories import make_party, make_record, make_source, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def party():
    party = make_party("Épicerie fictive", acronym="AAAA")
    for code, acronym, precedence in (("un", "AAAA", 10), ("deux", "BBBB", 20)):
        source = make_source(code, precedence=precedence)
        values = {"name": party.name, "acronym": acronym, "public_service": True}
        make_record(party, source, values=values)
    return party


def test_the_value_kept_is_shown_until_undone(party) -> None:
    steward = make_user("", "steward")
    choose_value(party=party, field="acronym", value="BBBB", reason="Lu sur leur façade", by=steward)
    party.refresh_from_db()
    assert party.acronym == "BBBB"
    assert Revision.objects.get(verb="choose-value").reason == "Lu sur leur façade"
    choose_value(party=party, field="acronym", value="AAAA", reason="Relu", by=steward)
    assert Choice.objects.filter(undone_at__isnull=True).count() == 1
    undo_choice(party=party, field="acronym", reason="Erreur", by=steward)
    with pytest.raises(ChoiceRefused, match="déjà défait"):
        undo_choice(party=party, field="acronym", reason="Encore", by=steward)
    party.refresh_from_db()
    assert party.acronym == "AAAA"


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [("acronym", "CCCC", "Inventé"), ("siren", "123456789", "Inventé"), ("acronym", "BBBB", " ")],
)
def test_a_choice_is_among_what_sources_give_and_has_a_reason(party, field, value, reason) -> None:
    with pytest.raises(ChoiceRefused):
        choose_value(party=party, field=field, value=value, reason=reason, by=make_user())
    assert not Choice.objects.exists()


def test_neither_a_choice_nor_a_correction_changes_the_perimeter(party) -> None:
    steward = make_user("", "steward")
    choose_value(party=party, field="acronym", value="AAAA", reason="Oui", by=steward)
    party.refresh_from_db()
    before = (party.perimeter, party.perimeter_basis)
    assert before[1] == "public_service"
    corrected, _secret = propose_correction(party=party, values={"acronym": "DDDD"}, evidence="vu", by=None)
    accept_correction(correction=corrected, by=steward)
    party.refresh_from_db()
    assert (party.perimeter, party.perimeter_basis) == before


def test_a_choice_follows_its_party_into_another_and_can_be_undone_there(party) -> None:
    steward = make_user("", "steward")
    choose_value(party=party, field="acronym", value="BBBB", reason="Lu sur leur façade", by=steward)
    kept = make_party("Épicerie fictive", siren="732829320", acronym="ZZZZ")
    make_record(kept, make_source("trois", precedence=1), values={"name": kept.name, "acronym": "ZZZZ"})
    merge_parties(first=party, second=kept, reason="La même", by=steward)
    kept.refresh_from_db()
    assert kept.acronym == "BBBB"
    choose_value(party=kept, field="acronym", value="AAAA", reason="Relu", by=steward)
    assert Choice.objects.filter(undone_at__isnull=True).count() == 1
    undo_choice(party=kept, field="acronym", reason="Erreur", by=steward)
    kept.refresh_from_db()
    assert kept.acronym == "ZZZZ"
