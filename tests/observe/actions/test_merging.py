"""Merges of what no identifier joins: only a person makes them, and each can be undone exactly."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from terreau.commons.enums import Diffusion
from terreau.commons.models import JournalEntry, Party, Revision, User, Version
from terreau.observe.actions.merging import (
    MergeRefused,
    answer_candidate,
    find_candidates,
    merge_parties,
    undo_merge,
)
from terreau.observe.models import Candidate, Choice, Confirmation, MaskRequest, Merge, Practice, SourceRecord
from terreau.observe.queries.documents import party_documents
from terreau.observe.queries.identities import party_keys_of_identities, party_that_replaces
from terreau.observe.queries.merges import merges, next_pair
from tests.factories import make_party, make_record, make_user
from tests.observe.sources.conftest import region, state, write  # noqa: F401
from tests.observe.sources.test_harvest import OTHER_SIREN, SIREN, row, run_it

Write = Callable[..., Path]
pytestmark = pytest.mark.django_db


def documents() -> dict[str, Any]:
    every = party_documents(Party.objects.values_list("pk", flat=True)).values()
    return {one["party"]["identity"]: one for one in every}


def columns() -> dict[str, Any]:
    """What is in the tables of parties, beside their keys and revisions."""
    rows = Party.objects.order_by("identity").values()
    return {one["identity"]: {k: v for k, v in one.items() if k not in ("id", "revision_id")} for one in rows}


def merge(first: str, second: str, by: User, reason: str = "Même adresse, même bureau") -> Merge:
    keys = party_keys_of_identities()
    parties = Party.objects.in_bulk([keys[first], keys[second]])
    return merge_parties(first=parties[keys[first]], second=parties[keys[second]], reason=reason, by=by)


@pytest.fixture
def two(region: None, write: Write) -> tuple[Party, Party]:  # noqa: F811
    """One known by its SIREN, and the same under another name in a list without numbers, with money and a scheme."""
    run_it(write, row("1", "Fédération fictive", siren=SIREN, adresse="1 rue A"), code="officiel")
    run_it(
        write,
        row("7", "FF 37", com="37122", annee="2020", montant="12", detail="ACI", web="https://ff.invalid"),
        code="liste",
        scheme="work_integration",
    )
    return Party.objects.get(siren=SIREN), Party.objects.get(siren=None)


def test_all_of_one_goes_to_the_other(two: tuple[Party, Party]) -> None:
    official, listed = two
    steward = make_user("", "steward")
    done = merge_parties(first=listed, second=official, reason="Même bureau", by=steward)
    party = Party.objects.get()
    assert party == official, "the one with a SIREN stays"
    assert (party.name, party.website) == ("Fédération fictive", "https://ff.invalid")
    assert party.sites.count() == 2
    assert (party.fundings.count(), party.schemes.count(), party.records.count()) == (1, 1, 2)
    assert (done.basis, done.merged_by, done.reason) == (Merge.Basis.REVIEW, steward, "Même bureau")
    revision = Revision.objects.latest("number")
    assert (revision.verb, revision.by, revision.reason) == ("merge", steward, "Même bureau")
    assert set(Version.objects.values_list("subject", flat=True)) == {
        f"party:{official.public_id}",
        f"party:{listed.public_id}",
    }
    assert party_that_replaces(listed.public_id) == party
    assert JournalEntry.objects.filter(verb="merge-parties").count() == 1


def test_undone_both_are_exactly_as_before(two: tuple[Party, Party]) -> None:
    official, listed = two
    peer = make_party("Pair fictif")
    make_record(peer)
    steward = make_user("", "steward")
    practice = Practice.objects.create(
        party=listed, identity=listed.identity, theme="governance", text="Vote"
    )
    Confirmation.objects.create(practice=practice, peer=peer, words="Vu")
    own = Practice.objects.create(party=peer, identity=peer.identity, theme="governance", text="Aussi")
    for one in two:
        Confirmation.objects.create(practice=own, peer=one, words="Vu")
    Choice.objects.create(party=listed, identity=listed.identity, field="name", value="FF 37", reason="Usage")
    MaskRequest.objects.create(party=listed, reason="Non", state=MaskRequest.State.REFUSED)
    before = documents(), columns()
    done = merge(official.identity, listed.identity, steward)
    assert documents() != before[0]
    again = undo_merge(merge=done, reason="Deux structures distinctes", by=steward)
    assert (documents(), columns()) == before
    assert again.public_id == listed.public_id
    assert again.mask_requests.count() == 1
    assert party_that_replaces(listed.public_id) is None
    assert Revision.objects.latest("number").reason == "Deux structures distinctes"


def test_a_harvest_between_merge_and_undo(two: tuple[Party, Party], write: Write) -> None:  # noqa: F811
    official, listed = two
    steward = make_user("", "steward")
    done = merge(official.identity, listed.identity, steward)
    run_it(write, row("7", "FF Touraine", com="37122"), row("8", "Autre"), code="liste")
    assert Party.objects.count() == 2, "the identity merged is not made again"
    again = undo_merge(merge=done, reason="Deux structures", by=steward)
    assert (again.name, again.records.count(), again.sites.count()) == ("FF Touraine", 1, 1)
    assert Party.objects.get(siren=SIREN).records.count() == 1


def test_an_undo_is_not_undone_but_merged_again(two: tuple[Party, Party]) -> None:
    steward = make_user("", "steward")
    done = merge(two[0].identity, two[1].identity, steward)
    undo_merge(merge=done, reason="Erreur", by=steward)
    before = documents()
    with pytest.raises(MergeRefused, match="déjà défaite"):
        undo_merge(merge=done, reason="Encore", by=steward)
    assert documents() == before
    merge(two[0].identity, two[1].identity, steward)
    assert Party.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_nothing_is_done(two: tuple[Party, Party], reason: str) -> None:
    steward = make_user("", "steward")
    with pytest.raises(MergeRefused, match="raison"):
        merge_parties(first=two[0], second=two[1], reason=reason, by=steward)
    done = merge(two[0].identity, two[1].identity, steward)
    with pytest.raises(MergeRefused, match="raison"):
        undo_merge(merge=done, reason=reason, by=steward)
    assert Party.objects.count() == 1


def test_what_may_not_be_merged(two: tuple[Party, Party]) -> None:
    steward = make_user("", "steward")
    other = make_party(siren=OTHER_SIREN)
    with pytest.raises(MergeRefused, match="SIREN"):
        merge_parties(first=two[0], second=other, reason="x", by=steward)
    with pytest.raises(MergeRefused, match="déjà qu’une"):
        merge_parties(first=two[0], second=two[0], reason="x", by=steward)
    asked = MaskRequest.objects.create(party=two[1], reason="Non")
    with pytest.raises(MergeRefused, match="masquage"):
        merge_parties(first=two[0], second=two[1], reason="x", by=steward)
    asked.delete()
    Party.objects.filter(pk=two[1].pk).update(diffusion=Diffusion.MASKED)
    with pytest.raises(MergeRefused, match="n’est plus ici"):
        merge_parties(first=two[0], second=two[1], reason="x", by=steward)
    assert not Merge.objects.exists()
    assert not Revision.objects.filter(verb="merge").exists()


def test_what_an_identifier_joins_is_not_parted(region: None, write: Write) -> None:  # noqa: F811
    rna = "W371000001"
    run_it(write, row("1", rna=rna), code="un")
    run_it(write, row("1", rna=rna, siren=SIREN), code="deux")
    with pytest.raises(MergeRefused, match="identifiant commun"):
        undo_merge(merge=Merge.objects.get(), reason="Non", by=make_user("", "steward"))


def test_nothing_left_to_give_back(two: tuple[Party, Party], write: Write) -> None:  # noqa: F811
    steward = make_user("", "steward")
    done = merge(two[0].identity, two[1].identity, steward)
    run_it(write, row("9", "Autre"), code="liste")
    with pytest.raises(MergeRefused, match="Plus aucune source"):
        undo_merge(merge=done, reason="Non", by=steward)


def test_candidates_are_found_decided_and_not_asked_again(region: None, write: Write) -> None:  # noqa: F811
    name = "Fédération des ateliers de lutherie paysanne"
    run_it(write, row("1", name, siren=SIREN), row("2", "Club de pétanque"), code="un")
    run_it(write, row("1", f"{name} de Tours"), row("2", "Chorale des bords de Loire"), code="deux")
    steward = make_user("", "steward")
    found = find_candidates(by=steward)
    assert (found.compared, found.waiting, found.new) == (4, 1, 1)
    assert Party.objects.count() == 4, "likeness merges nothing"
    pair = next_pair()
    assert pair is not None
    assert {sheet.party.name for sheet in pair.sheets} == {name, f"{name} de Tours"}
    assert next_pair(pair.candidate.pk) is None
    assert {"comparison", "level"} <= pair.candidate.explanation[0].keys()

    assert answer_candidate(candidate=pair.candidate, is_same=False, by=steward) is None
    again = find_candidates(by=steward)
    assert (again.waiting, again.new) == (0, 0)
    candidate = Candidate.objects.get()
    done = answer_candidate(candidate=candidate, is_same=True, by=steward, reason="Même bureau")
    assert done is not None
    assert done.probability == candidate.probability
    with pytest.raises(MergeRefused, match="déjà réunie"):
        answer_candidate(candidate=candidate, is_same=False, by=steward)
    undo_merge(merge=done, reason="Erreur", by=steward)
    assert Candidate.objects.get().state == Candidate.State.DIFFERENT


def test_merges_of_masked_parties_are_listed_nowhere(two: tuple[Party, Party], client: Any) -> None:
    steward = make_user("", "steward")
    merge(two[0].identity, two[1].identity, steward)
    assert merges().count() == 1
    Party.objects.update(diffusion=Diffusion.MASKED)
    assert merges().count() == 0
    assert party_that_replaces(two[1].public_id) is None


_STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=8)


class Forests(TestCase):
    @pytest.fixture(autouse=True)
    def _places(self, region: None, write: Write) -> None:  # noqa: F811
        self.write = write

    @given(_STEPS, st.randoms(use_true_random=False))
    @settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def test_merges_undone_in_any_order_leave_no_trace(self, steps: list[Any], random: Any) -> None:
        run_it(self.write, row("1", "Une", siren=SIREN), row("2", "Deux", rna="W371000009"), code="un")
        run_it(self.write, row("1", "Trois", detail="EI"), row("2", "Quatre", annee="2020", montant="3"),
               code="deux", scheme="work_integration")  # fmt: skip
        steward = make_user("", "steward")
        before = documents(), columns()
        identities = sorted(before[0])
        done = []
        for first, second in steps:
            try:
                done.append(merge(identities[first], identities[second], steward))
            except MergeRefused:
                assert (
                    party_keys_of_identities()[identities[first]]
                    == party_keys_of_identities()[identities[second]]
                )
        records = SourceRecord.objects.count()
        random.shuffle(done)
        for one in done:
            undo_merge(merge=one, reason="Essai", by=steward)
            assert SourceRecord.objects.count() == records
        assert (documents(), columns()) == before
