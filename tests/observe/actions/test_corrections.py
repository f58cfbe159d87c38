"""Proposing, answering, undoing, redoing: what is shown, what is remembered, what is refused."""

import pytest
from django.core import mail

from terreau.commons.models import JournalEntry, OutgoingMail, Party, Place, Revision, Source
from terreau.commons.search.fold import party_search_text
from terreau.observe.actions.correction_answers import AlreadyAnswered, BaseChanged
from terreau.observe.actions.corrections import (
    CorrectionRefused,
    accept_correction,
    propose_correction,
    propose_party,
    redo_correction,
    refuse_correction,
    undo_correction,
    withdraw_correction,
)
from terreau.observe.models import Claim, Correction, SourceRecord
from terreau.observe.queries.corrections import corrected_places, find_by_secret
from tests.factories import make_party, make_place, make_record, make_site, make_user

pytestmark = pytest.mark.django_db
State = Correction.State


@pytest.fixture
def party() -> Party:
    party = make_party(
        "Épicerie fictive",
        website="https://ancien.invalid/",
        search_text=party_search_text("Épicerie fictive"),
    )
    commune = make_place("99001", population=1000)
    site = make_site(party, commune, address="1 rue Vieille", post_code="99001")
    values = {
        "name": party.name,
        "website": party.website,
        "address": site.address,
        "post_code": "99001",
        "commune": "99001",
    }
    make_record(party, site=site, values=values)
    return party


def propose(party, values=None, **options):
    values = values or {"website": "https://nouveau.invalid/"}
    return propose_correction(party=party, values=values, evidence="leur affiche", by=None, **options)[0]


def shown(party: Party, name: str = "website"):
    party.refresh_from_db()
    return getattr(party, name)


def test_a_stranger_changes_nothing_until_a_steward_accepts(party) -> None:
    correction = propose(party, credit="Une voisine")
    assert correction.state == State.PROPOSED
    assert shown(party) == "https://ancien.invalid/"
    accept_correction(correction=correction, by=make_user("", "steward"))
    assert shown(party) == "https://nouveau.invalid/"
    record = SourceRecord.objects.get(source="corrections")
    assert (record.key, record.identity, record.values) == (
        correction.token,
        party.identity,
        {"website": "https://nouveau.invalid/"},
    )
    source = Source.objects.get(code="corrections")
    assert (source.licence, source.precedence) == ("etalab-2.0", 5)
    assert Revision.objects.get(verb="accept-correction").credit == "Une voisine"


def test_the_journal_holds_no_words(party) -> None:
    correction = propose(party, credit="Une voisine")
    accept_correction(correction=correction, by=make_user())
    told = str(list(JournalEntry.objects.values()))
    assert "nouveau.invalid" not in told
    assert "voisine" not in told
    assert JournalEntry.objects.count() == 2


def test_refusing_needs_a_reason_and_changes_nothing(party) -> None:
    correction, steward = propose(party), make_user()
    with pytest.raises(CorrectionRefused):
        refuse_correction(correction=correction, reason=" ", by=steward)
    refuse_correction(correction=correction, reason="Cette adresse ne répond pas", by=steward)
    correction.refresh_from_db()
    assert (correction.state, correction.answer) == (State.REFUSED, "Cette adresse ne répond pas")
    assert shown(party) == "https://ancien.invalid/"


def test_the_second_of_two_answers_is_told(party) -> None:
    correction, steward = propose(party), make_user()
    stale = Correction.objects.get(pk=correction.pk)
    accept_correction(correction=correction, by=steward)
    with pytest.raises(AlreadyAnswered, match="déjà répondue"):
        refuse_correction(correction=stale, reason="Non", by=steward)
    assert shown(party) == "https://nouveau.invalid/"


def test_a_base_that_changed_asks_to_confirm(party) -> None:
    first, second = propose(party), propose(party, {"website": "https://autre.invalid/"})
    steward = make_user()
    accept_correction(correction=first, by=steward)
    with pytest.raises(BaseChanged, match="nouveau"):
        accept_correction(correction=second, by=steward)
    assert shown(party) == "https://nouveau.invalid/"
    accept_correction(correction=second, is_confirmed=True, by=steward)
    assert shown(party) == "https://autre.invalid/"
    undo_correction(correction=second, reason="Erreur", by=steward)
    assert shown(party) == "https://nouveau.invalid/"  # the older one stands again


def test_undo_redo_and_undo_of_an_undo(party) -> None:
    correction, steward = propose(party), make_user()
    accept_correction(correction=correction, by=steward)
    undo_correction(correction=correction, reason="Erreur", by=steward)
    assert shown(party) == "https://ancien.invalid/"
    assert not SourceRecord.objects.filter(source="corrections").exists()
    with pytest.raises(CorrectionRefused, match="déjà défaite"):
        undo_correction(correction=correction, reason="Encore", by=steward)
    redo_correction(correction=correction, reason="Elle était juste", by=steward)
    assert shown(party) == "https://nouveau.invalid/"
    with pytest.raises(CorrectionRefused, match="défaite"):
        redo_correction(correction=correction, reason="Encore", by=steward)


def test_an_answer_is_mailed_and_the_address_forgotten(party, django_capture_on_commit_callbacks) -> None:
    correction = propose(party, contact="voisine@exemple.invalid")
    with django_capture_on_commit_callbacks(execute=True):
        refuse_correction(correction=correction, reason="Pas trouvée", by=make_user())
    assert mail.outbox[0].to == ["voisine@exemple.invalid"]
    assert "Pas trouvée" in mail.outbox[0].body
    correction.refresh_from_db()
    assert correction.contact == ""
    assert not OutgoingMail.objects.exists()


def test_known_members_publish_first(party) -> None:
    steward, member, custodian = make_user("", "steward"), make_user(), make_user()
    Claim.objects.create(
        party=party,
        identity=party.identity,
        user=custodian,
        method=Claim.Method.EMAIL,
        address="",
        state=Claim.State.GRANTED,
        expires_at="2030-01-01T00:00:00Z",
    )
    states = []
    for number, author in enumerate((steward, custodian, member)):
        values = {"acronym": f"EF{number}"}
        found, _secret = propose_correction(party=party, values=values, evidence="vu", by=author)
        states.append(found.state)
    assert states == [State.ACCEPTED, State.ACCEPTED, State.PROPOSED]
    assert shown(party, "acronym") == "EF1"


def test_a_member_is_known_after_three_that_somebody_else_accepted(party) -> None:
    member, steward = make_user(), make_user("", "steward")
    for number in range(4):
        party.refresh_from_db()
        values = {"acronym": f"EF{number}"}
        found, _secret = propose_correction(party=party, values=values, evidence="vu", by=member)
        assert found.state == (State.ACCEPTED if number == 3 else State.PROPOSED)
        if number < 3:
            accept_correction(correction=found, by=steward)


def test_an_address_is_believed_as_a_whole(party) -> None:
    site = party.sites.get()
    correction = propose(party, {"address": "2 rue Neuve"}, site=site)
    accept_correction(correction=correction, by=make_user())
    site.refresh_from_db()
    assert (site.address, site.post_code, site.commune.code) == ("2 rue Neuve", "99001", "99001")
    undo_correction(correction=correction, reason="Erreur", by=make_user())
    site.refresh_from_db()
    assert site.address == "1 rue Vieille"


def test_another_commune_does_not_keep_a_post_code_of_the_first(party) -> None:
    make_place("99002")
    site = party.sites.get()
    accept_correction(correction=propose(party, {"commune": "99002"}, site=site), by=make_user())
    site.refresh_from_db()
    assert (site.commune.code, site.post_code) == ("99002", "")


def test_a_party_that_ceased(party) -> None:
    accept_correction(correction=propose(party, {"active": False}), by=make_user())
    assert shown(party, "is_active") is False


def test_a_missing_party_is_made_and_unmade(party) -> None:
    place, steward = Place.objects.get(code="99001"), make_user()
    values = {"name": "Jardin fictif", "nature": "association", "address": "3 rue Neuve"}
    correction, _secret = propose_party(place=place, values=values, evidence="vu", by=None)
    assert Party.objects.count() == 1
    accept_correction(correction=correction, by=steward)
    made = Party.objects.get(name="Jardin fictif")
    assert made.identity == f"local:corrections:{correction.token}"
    assert (made.sites.get().commune, made.sites.get().address) == (place, "3 rue Neuve")
    undo_correction(correction=correction, reason="Elle n’existe pas", by=steward)
    assert not Party.objects.filter(name="Jardin fictif").exists()
    redo_correction(correction=correction, reason="Si", by=steward)
    again = Party.objects.get(name="Jardin fictif")
    assert again.public_id == made.public_id
    assert again.sites.get().commune == place


def test_a_party_that_is_there_is_not_missing(party) -> None:
    with pytest.raises(CorrectionRefused, match="déjà"):
        propose_party(
            place=Place.objects.get(code="99001"), values={"name": "épicerie fictive"}, evidence="vu", by=None
        )


def test_values_of_a_place(party) -> None:
    place, steward = Place.objects.get(code="99001"), make_user()
    first, second = (
        propose_correction(place=place, values={"population": typed}, evidence="INSEE", by=None)[0]
        for typed in ("1 250", "1300")
    )
    accept_correction(correction=first, by=steward)
    place.refresh_from_db()
    assert place.population == 1250
    accept_correction(correction=second, is_confirmed=True, by=steward)
    assert corrected_places() == {("commune", "99001"): {"population": 1300}}
    for one, left in ((first, 1300), (second, 1000)):
        undo_correction(correction=one, reason="Erreur", by=steward)
        place.refresh_from_db()
        assert place.population == left
    assert corrected_places() == {}


def test_its_author_follows_and_withdraws(party) -> None:
    correction, secret = propose_correction(party=party, values={"acronym": "EF"}, evidence="vu", by=None)
    assert secret not in str(Correction.objects.values().get())
    assert find_by_secret(correction.token, secret) == correction
    assert find_by_secret(correction.token, "autre") is None
    withdraw_correction(correction=correction, by=None)
    correction.refresh_from_db()
    assert correction.state == State.WITHDRAWN
    with pytest.raises(AlreadyAnswered):
        accept_correction(correction=correction, by=make_user())


@pytest.mark.parametrize(
    ("values", "evidence"),
    [
        ({"website": "javascript:alert(1)"}, "vu"),
        ({"name": "<script>alert(1)</script>"}, "vu"),
        ({"name": "Épicerie <script>alert(1)</script>"}, "vu"),
        ({"name": "-"}, "vu"),
        ({"name": "a" * 301}, "vu"),
        ({"name": "a\x00b"}, "vu"),
        ({"naf": "00.00Z"}, "vu"),
        ({"nature": "person"}, "vu"),
        ({"siren": "123456789"}, "vu"),
        ({"perimeter": "in"}, "vu"),
        ({"description": "Écrire à x@exemple.invalid"}, "vu"),
        ({"website": "https://ancien.invalid/"}, "vu"),
        ({"acronym": "EF"}, ""),
        ({"acronym": "EF"}, "javascript:alert(1)"),
        ({"acronym": "EF"}, "ftp://exemple.invalid/"),
        ({"address": "2 rue Neuve"}, "vu"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(party, values, evidence) -> None:
    with pytest.raises(CorrectionRefused):
        propose_correction(party=party, values=values, evidence=evidence, by=None)
    assert not Correction.objects.exists()
    assert not JournalEntry.objects.exists()
