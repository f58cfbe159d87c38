"""A party leaves the sources and is back: what people said of it waited; nothing of it is lost, nor shown meanwhile."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from terreau.commitments.models import Candidacy, Commitment, Election, Subscription
from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Revision, Site, User
from terreau.lake.bulk import insert_rows
from terreau.lake.dump import insert_content, read_dump, write_dump
from terreau.observe.actions.choices import choose_value
from terreau.observe.actions.claiming import ClaimRefused, end_claim
from terreau.observe.actions.corrections import (
    CorrectionRefused,
    accept_correction,
    propose_correction,
    propose_party,
    redo_correction,
    undo_correction,
)
from terreau.observe.actions.masking import MaskingRefused, answer_masking, ask_masking
from terreau.observe.actions.merging import MergeRefused, merge_parties, undo_merge
from terreau.observe.actions.parties import remove_orphans
from terreau.observe.actions.practices import (
    PracticeRefused,
    confirm_practice,
    contradict_practice,
    declare_practice,
    withdraw_practice,
)
from terreau.observe.actions.returning import keys_to_parties
from terreau.observe.models import (
    Choice,
    Confirmation,
    Contradiction,
    Correction,
    Funding,
    MaskRequest,
    Merge,
    Practice,
    SchemeMember,
    SourceRecord,
)
from terreau.observe.queries.corrections import corrections_to_review
from terreau.observe.queries.custodians import find_claim, parties_of
from terreau.observe.queries.masking import mask_requests
from terreau.observe.queries.pictures import pictures
from terreau.observe.queries.practices import contradictions, find_practice, practices_by_theme
from terreau.observe.rules import may, publishes_first
from tests.factories import make_place, make_user
from tests.factories.commitments import make_commitment
from tests.factories.pictures import make_picture
from tests.factories.pledges import make_election, make_list
from tests.lake.dump.made import empty
from tests.observe.actions.test_merging import columns, documents, merge
from tests.observe.sources.conftest import region, state, write  # noqa: F401
from tests.observe.sources.test_harvest import OTHER_SIREN, SIREN, SIRET, row, run_it
from tests.observe.test_rules import speak_for

Write = Callable[..., Path]
pytestmark = pytest.mark.django_db
OWN = row("1", "Épicerie", siren=SIREN, siret=SIRET, adresse="1 rue A")
OTHER = row("2", "Recyclerie", siren=OTHER_SIREN)


_WITHOUT_IDENTITY = {
    (Subscription, "party"),  # who follows an organisation that is gone is written to no more, and forgotten
}


def test_every_key_to_a_party_tells_its_identity_or_follows_the_sources() -> None:
    keys = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Party
    }
    of_sources = {(model, "party") for model in (Site, SourceRecord, SchemeMember, Funding)}
    naming = {(model, key) for model, key, _identity in keys_to_parties()}
    assert keys - _WITHOUT_IDENTITY == naming | of_sources
    for model, key, identity in keys_to_parties():
        assert model._meta.get_field(key).null, model
        assert model._meta.get_field(identity), model


class Said:
    """Everything that people say of one organisation, and what it confirms."""

    def __init__(self, party: Party, peer: Party) -> None:
        self.steward = make_user("", "steward")
        self.custodian, self.colleague = make_user(), make_user()
        self.claims = [speak_for(party, self.custodian), speak_for(peer, self.colleague)]
        self.practice = declare_practice(party=party, theme="work", text="Nous formons.", by=self.custodian)
        confirm_practice(practice=self.practice, peer=peer, words="Vu.", by=self.colleague)
        contradict_practice(practice=self.practice, reason="Non.", evidence="Un bilan", by=None)
        of_peer = declare_practice(party=peer, theme="ethics", text="Nous publions.", by=self.colleague)
        confirm_practice(practice=of_peer, peer=party, words="Lu.", by=self.custodian)
        for typed in ({"description": "Un lieu ouvert"}, {"address": "9 rue B"}):
            done, _secret = propose_correction(
                party=party, site=party.sites.get(), values=typed, evidence="vu", by=None
            )
            accept_correction(correction=done, is_confirmed=True, by=self.steward)
        self.proposed, _secret = propose_correction(
            party=party, values={"acronym": "EPI"}, evidence="vu", by=None
        )
        choose_value(party=party, field="name", value="Épicerie", reason="Usage", by=self.steward)
        make_picture(party)
        make_commitment(owner=party, owner_name="", beneficiary=peer)
        make_list(make_election(body=party), party=party)
        ask_masking(party=party, reason="Peut-être", by=None)


def rows() -> dict[str, Any]:
    """Who names whom, in words that outlive the keys of parties."""
    found: dict[str, Any] = {}
    for model, key, _identity in keys_to_parties():
        named = model._base_manager.order_by("pk").values_list("pk", f"{key}__identity")
        found[f"{model.__name__}.{key}"] = list(named)
    found["sites"] = list(Correction.objects.order_by("pk").values_list("pk", "site__identity"))
    found["records"] = list(Correction.objects.order_by("pk").values_list("pk", "record__values"))
    return found


@pytest.fixture
def said(region: None, write: Write) -> Said:  # noqa: F811
    run_it(write, OWN, OTHER)
    return Said(Party.objects.get(siren=SIREN), Party.objects.get(siren=OTHER_SIREN))


def test_all_that_people_said_waits_and_is_back(said: Said, write: Write) -> None:  # noqa: F811
    party = Party.objects.get(siren=SIREN)
    before = rows(), documents(), columns()
    assert before[2][party.identity]["description"] == "Un lieu ouvert"
    assert party.sites.get().address == "9 rue B"

    run_it(write, OTHER)
    assert not Party.objects.filter(siren=SIREN).exists()
    assert documents()[f"siren:{OTHER_SIREN}"] == before[1][f"siren:{OTHER_SIREN}"], "its peer says the same"
    assert [len(rows()[model]) for model in before[0]] == [len(before[0][model]) for model in before[0]]

    run_it(write, OWN, OTHER)
    assert (rows(), documents(), columns()) == before
    back = Party.objects.get(siren=SIREN)
    assert back.sites.get().address == "9 rue B"
    assert (back.public_id, parties_of(said.custodian).get()) == (party.public_id, back)
    assert Revision.objects.latest("number").verb == "harvest"


def test_while_it_is_away_nothing_shows_it_and_no_claim_gives_a_right(said: Said, write: Write) -> None:  # noqa: F811
    party, peer = Party.objects.get(siren=SIREN), Party.objects.get(siren=OTHER_SIREN)
    asked = MaskRequest.objects.get()
    run_it(write, OTHER)
    claim = said.claims[0]
    assert not parties_of(said.custodian).exists() and find_claim(claim.pk) is None
    assert not publishes_first(said.custodian, peer) and not may(said.custodian, "confirm", peer)
    assert not publishes_first(said.custodian, party), "of the row that it was"
    assert not pictures().exists() and not contradictions().exists() and not mask_requests().exists()
    assert find_practice(said.practice.pk) is None
    assert said.proposed not in corrections_to_review()
    (sheet,) = [one for theme in practices_by_theme(peer) for one in theme.standing]
    assert sheet.confirmations == []
    with pytest.raises(PracticeRefused, match="n’est plus ici"):
        withdraw_practice(practice=said.practice, by=said.custodian)
    with pytest.raises(ClaimRefused, match="n’est plus ici"):
        end_claim(claim=claim, by=said.custodian)
    with pytest.raises(MaskingRefused, match="n’est plus ici"):
        answer_masking(request=asked, granted=True, answer="Oui", by=said.steward)
    with pytest.raises(CorrectionRefused):
        accept_correction(correction=said.proposed, is_confirmed=True, by=said.steward)


def test_a_masked_party_is_masked_when_it_is_back(said: Said, write: Write) -> None:  # noqa: F811
    answer_masking(request=MaskRequest.objects.get(), granted=True, answer="Oui", by=said.steward)
    for some in ((OTHER,), (OWN, OTHER)):
        run_it(write, *some)
        assert Party.objects.get(siren=SIREN).diffusion == Diffusion.MASKED
        assert not pictures().exists() and find_practice(said.practice.pk) is None
    request = MaskRequest.objects.get()
    answer_masking(request=request, granted=False, answer="À sa demande", by=said.steward)
    assert pictures().count() == 1 and find_practice(said.practice.pk) == said.practice


def test_a_site_that_goes_alone_gets_its_correction_back(said: Said, write: Write) -> None:  # noqa: F811
    before = rows(), documents()
    run_it(write, row("1", "Épicerie", siren=SIREN, com=""), OTHER, row("3", "Épicerie", siren=SIREN))
    assert not Site.objects.filter(siret=SIRET).exists()
    run_it(write, OWN, OTHER)
    assert (rows(), documents()) == before
    assert Site.objects.get(siret=SIRET).address == "9 rue B"


def test_one_that_people_told_of_is_back_with_what_was_said_of_it(region: None, write: Write) -> None:  # noqa: F811
    steward, user = make_user("", "steward"), make_user()
    commune = make_place("37500", name="Fictive", communes_in_region=1)
    missing, _secret = propose_party(place=commune, values={"name": "Jardin"}, evidence="vu", by=None)
    party = accept_correction(correction=missing, by=steward).party
    assert party is not None
    speak_for(party, user)
    declare_practice(party=party, theme="work", text="Nous formons.", by=user)
    other, _secret = propose_correction(party=party, values={"acronym": "JAR"}, evidence="vu", by=None)
    accept_correction(correction=other, by=steward)
    before = rows(), documents()
    undo_correction(correction=missing, reason="Erreur", by=steward)
    assert not Party.objects.exists()
    redo_correction(correction=missing, reason="Si", by=steward)
    assert documents()[party.identity]["party"] == before[1][party.identity]["party"]
    assert {name: pairs for name, pairs in rows().items() if name != "records"} == {
        name: pairs for name, pairs in before[0].items() if name != "records"
    }


def test_of_two_that_were_joined_the_first_back_is_the_one_kept(said: Said, write: Write) -> None:  # noqa: F811
    run_it(write, row("7", "La même", web="https://exemple.invalid"), code="liste")
    listed = Party.objects.get(siren=None)
    Practice.objects.create(party=listed, theme="work", text="Aussi")
    answer_masking(request=MaskRequest.objects.get(), granted=False, answer="Non", by=said.steward)
    done = merge(f"siren:{SIREN}", listed.identity, said.steward)
    before = rows(), documents(), columns()
    run_it(write, OTHER)
    run_it(write, row("8", "Autre"), code="liste")
    assert set(Party.objects.values_list("name", flat=True)) == {"Recyclerie", "Autre"}

    run_it(write, row("7", "La même", web="https://exemple.invalid"), code="liste")
    back = Party.objects.get(siren=SIREN)
    assert (back.identity, back.practices.count()) == (f"siren:{SIREN}", 2)
    with pytest.raises(MergeRefused, match="fiche gardée"):
        undo_merge(merge=done, reason="Erreur", by=said.steward)
    run_it(write, OWN, OTHER)
    assert (rows(), documents(), columns()) == before
    again = undo_merge(merge=done, reason="Erreur", by=said.steward)
    assert (again.identity, again.practices.count()) == (listed.identity, 1)
    assert Party.objects.get(siren=SIREN).practices.get() == said.practice


def test_a_number_found_while_it_is_away_finds_it(region: None, write: Write) -> None:  # noqa: F811
    """Known by its RNA number alone, it is back with a SIREN: its address led there, so do its practices."""
    rna = "W371000001"
    run_it(write, row("1", rna=rna), code="un")
    Practice.objects.create(party=Party.objects.get(rna=rna), theme="work", text="Nous formons.")
    run_it(write, row("1", rna=rna, siren=SIREN), code="deux")
    run_it(write, row("9", "Autre"), code="un")
    run_it(write, row("9", "Autre"), code="deux")
    assert Practice.objects.get().party is None
    run_it(write, row("1", rna=rna), code="un")
    assert Practice.objects.get().party == Party.objects.get(rna=rna)
    assert Party.objects.get(rna=rna).identity == f"siren:{SIREN}"


def test_away_it_leaves_in_a_dump_and_is_back_where_that_is_loaded(
    said: Said,
    write: Write,  # noqa: F811
    tmp_path: Path,
) -> None:
    run_it(write, OTHER)
    write_dump(tmp_path / "export")
    content = read_dump(tmp_path / "export")
    assert content.frames["practices"].filter(identity=f"siren:{SIREN}")["party"].to_list() == [None]
    addresses = content.frames["corrections"].filter(identity=f"siren:{SIREN}")["values"].to_list()
    assert not any("9 rue B" in one for one in addresses), "its diffusion is not known any more"
    assert content.frames["pictures"].is_empty(), "no page shows it"
    empty()
    insert_content(content)
    run_it(write, OWN, OTHER)
    party = Party.objects.get(siren=SIREN)
    assert (party.description, party.name) == ("Un lieu ouvert", "Épicerie")
    assert Practice.objects.get(identity=party.identity).party == party
    assert Confirmation.objects.get(words="Lu.").peer == party
    assert Contradiction.objects.get().practice.party == party
    assert Choice.objects.get().party == party
    promise = Commitment.objects.get()
    assert (promise.owner, promise.beneficiary) == (party, Party.objects.get(siren=OTHER_SIREN))
    assert (Election.objects.get().body, Candidacy.objects.get().party) == (party, party)


def test_a_great_many_leave_at_once() -> None:
    many = 25_000
    insert_rows(
        Party, ("identity", "public_id", "name"), [(f"local:x:{n}", f"x{n:09d}", "X") for n in range(many)]
    )
    keys = list(Party.objects.order_by("pk").values_list("pk", flat=True))
    columns = ("party", "identity", "theme", "text")
    insert_rows(Practice, columns, [(key, f"local:x:{n}", "work", "Oui") for n, key in enumerate(keys)])
    remove_orphans(set(keys), set())
    assert not Party.objects.exists()
    assert Practice.objects.filter(party=None).count() == many


_STEPS = st.lists(
    st.tuples(st.sampled_from(("move", "merge", "undo")), st.integers(0, 3), st.integers(0, 3)), max_size=8
)


class Comings(TestCase):
    @pytest.fixture(autouse=True)
    def _places(self, region: None, write: Write) -> None:  # noqa: F811
        self.write = write

    def _harvest(self, there: set[int]) -> None:
        lines = [row(str(number), f"Nom {number}", siren=SIREN if number == 0 else "") for number in range(4)]
        for source in (0, 1):
            some = [lines[number] for number in sorted(there) if number % 2 == source]
            run_it(self.write, *some, row("9", f"Témoin {source}"), code=f"source{source}")

    @given(_STEPS)
    @settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def test_whatever_leaves_is_joined_or_parts_all_is_as_before_in_the_end(self, steps: list[Any]) -> None:
        there = {0, 1, 2, 3}
        self._harvest(there)
        steward = make_user("", "steward")
        identities = sorted(
            Party.objects.exclude(name__startswith="Témoin").values_list("identity", flat=True)
        )
        for identity in identities:
            party = Party.objects.get(identity=identity)
            mine = Practice.objects.create(party=party, theme="work", text=identity)
            Confirmation.objects.create(
                practice=mine, peer=Party.objects.exclude(pk=party.pk).earliest("pk"), words="Vu"
            )
            done, _secret = propose_correction(
                party=party, values={"description": f"Corrigé {identity}"}, evidence="vu", by=None
            )
            accept_correction(correction=done, by=steward)
        before = rows(), documents(), columns()
        for step, first, second in steps:
            if step == "move":
                there ^= {first}
                self._harvest(there)
            elif step == "merge":
                _try_to_merge(identities[first], identities[second], steward)
            else:
                _try_to_undo(first, steward)
        self._harvest({0, 1, 2, 3})
        for one in Merge.objects.filter(undone_at__isnull=True):
            undo_merge(merge=one, reason="Essai", by=steward)
        assert (rows(), documents(), columns()) == before


def _try_to_merge(first: str, second: str, by: User) -> None:
    parties = Party.objects.filter(identity__in=[first, second])
    if len(parties) == 2:
        merge_parties(first=parties[0], second=parties[1], reason="Essai", by=by)


def _try_to_undo(number: int, by: User) -> None:
    standing = list(Merge.objects.filter(undone_at__isnull=True))
    if standing:
        try:
            undo_merge(merge=standing[number % len(standing)], reason="Essai", by=by)
        except MergeRefused as refusal:
            assert "Plus aucune source" in str(refusal)
