"""What a harvest replaces is kept: every document that was ever shown, in its order, and no other."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from terreau.commons.models import Party, Revision, Version, public_id
from terreau.observe.actions.harvesting import run
from terreau.observe.models import Merge
from terreau.observe.queries.documents import party_documents, subject_of
from terreau.observe.queries.identities import party_that_replaces

from .test_harvest import OTHER_SIREN, SIREN, row, run_it

Write = Callable[..., Path]
pytestmark = pytest.mark.django_db
RNA = "W371000001"


def shown() -> dict[str, dict[str, Any]]:
    """Subject → document, of all that is there now."""
    documents = party_documents(Party.objects.values_list("pk", flat=True))
    return {subject_of(one["party"]["public_id"]): one for one in documents.values()}


def kept(subject: str) -> list[dict[str, Any]]:
    return list(Version.objects.filter(subject=subject).order_by("number").values_list("content", flat=True))


def test_a_first_harvest_keeps_nothing_and_dates_everything(region: None, write: Write) -> None:
    run_it(write, row("1", siren=SIREN), row("2", "Autre"))
    revision = Revision.objects.get()
    assert (revision.verb, revision.subject) == ("harvest", "source:essai")
    assert set(Party.objects.values_list("revision", flat=True)) == {revision.pk}
    assert not Version.objects.exists()


def test_a_harvest_that_changes_nothing_is_no_revision(region: None, write: Write) -> None:
    run_it(write, row("1", siren=SIREN))
    run_it(write, row("1", siren=SIREN))
    assert Revision.objects.count() == 1


def test_one_changed_one_gone_one_new_one_the_same(region: None, write: Write) -> None:
    run_it(write, row("1", siren=SIREN), row("2", "Autre"), row("3", "Troisième"))
    before, first = shown(), Revision.objects.get()
    run_it(write, row("1", "Nom changé", siren=SIREN), row("3", "Troisième"), row("4", "Nouvelle"))
    last = Revision.objects.get(number__gt=first.number)

    changed, gone = subject_of(public_id(f"siren:{SIREN}")), subject_of(public_id("local:essai:2"))
    assert {version.subject: version.content for version in Version.objects.all()} == {
        changed: before[changed],
        gone: before[gone],
    }
    assert set(Version.objects.values_list("number", "since", "until")) == {(1, first.pk, last.pk)}
    revisions = dict(Party.objects.values_list("name", "revision"))
    assert revisions == {"Nom changé": last.pk, "Troisième": first.pk, "Nouvelle": last.pk}


def test_a_source_that_is_renamed_or_renews_its_date_is_a_change_of_what_is_shown(
    region: None, write: Write
) -> None:
    run_it(write, row("1", siren=SIREN), vintage=dt.date(2024, 1, 1))
    before = shown()
    run_it(write, row("1", siren=SIREN), vintage=dt.date(2025, 1, 1), title="Autre titre")
    (subject,) = before
    (old,) = kept(subject)
    assert old == before[subject]
    assert old["sources"]["essai"]["vintage"] == "2024-01-01"
    assert shown()[subject]["sources"]["essai"]["title"] == "Autre titre"


def test_another_order_of_trust_chooses_again_and_keeps_what_was_shown(region: None, write: Write) -> None:
    run_it(write, row("1", "De la première", siren=SIREN), code="un", precedence=1)
    run_it(write, row("1", "De la seconde", siren=SIREN), code="deux", precedence=2)
    run_it(write, row("1", "De la première", siren=SIREN), code="un", precedence=3)
    assert Party.objects.get().name == "De la seconde"
    assert kept(subject_of(Party.objects.get().public_id))[-1]["party"]["name"] == "De la première"


def test_another_scheme_of_the_same_rows(region: None, write: Write) -> None:
    run_it(write, row("1", siren=SIREN), scheme="fonjep")
    before = shown()
    run_it(write, row("1", siren=SIREN), scheme="adulte_relais")
    (subject,) = before
    assert kept(subject) == [before[subject]]
    assert "adulte" in Party.objects.get().search_text


def test_a_party_that_becomes_another_leaves_its_address(region: None, write: Write) -> None:
    run_it(write, row("1", rna=RNA), code="rna")
    (old,) = shown()
    run_it(write, row("1", siren=SIREN, rna=RNA), code="siren")
    party = Party.objects.get()
    assert party.identity == f"siren:{SIREN}"
    assert len(kept(old)) == 1
    assert party_that_replaces(public_id(f"rna:{RNA}")) == party
    merge = Merge.objects.get()
    assert (merge.basis, merge.revision) == (Merge.Basis.IDENTIFIER, party.revision)
    run_it(write, row("1", rna=RNA), code="rna")  # the former identity is not made again
    assert Party.objects.count() == 1


def test_a_party_that_joins_another_leaves_its_address(region: None, write: Write) -> None:
    run_it(write, row("1", rna=RNA), code="rna")
    run_it(write, row("1", siren=SIREN), code="siren")
    before = shown()
    run_it(write, row("1", siren=SIREN, rna=RNA), row("2", siren=OTHER_SIREN), code="both")
    one = Party.objects.get(siren=SIREN)
    assert party_that_replaces(public_id(f"rna:{RNA}")) == one
    assert {name: kept(name) for name in before} == {name: [document] for name, document in before.items()}
    assert one.records.count() == 3


def test_a_row_that_becomes_of_another_party_takes_its_place_along(region: None, write: Write) -> None:
    run_it(write, row("1", siren=OTHER_SIREN))
    run_it(write, row("1", siren=SIREN))
    party = Party.objects.get()
    assert party.siren == SIREN
    assert [site.identity for site in party.sites.all()] == ["local:essai:1"]
    assert party.records.get().site == party.sites.get()


def test_dates_never_go_back(region: None, write: Write) -> None:
    later = timezone.now() + dt.timedelta(days=400)
    Revision.objects.create(at=later, verb="harvest")
    run_it(write, row("1", siren=SIREN))
    assert Revision.objects.latest("number").at == later


def test_a_harvest_that_fails_leaves_no_version(
    region: None, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_it(write, row("1", siren=SIREN))

    def fail(*_: Any, **__: Any) -> None:
        raise OSError("disk")

    monkeypatch.setattr(run, "write_journal", fail)
    with pytest.raises(OSError, match="disk"):
        run_it(write, row("1", "Nom changé", siren=SIREN))
    assert Revision.objects.count() == 1
    assert not Version.objects.exists()


_ROWS = st.lists(
    st.builds(
        dict,
        id=st.sampled_from("1234"),
        nom=st.sampled_from(["Une", "Deux", "Trois"]),
        com=st.sampled_from(["37261", "45234"]),
        siren=st.sampled_from(["", SIREN, OTHER_SIREN]),
        rna=st.sampled_from(["", RNA, "W371000002"]),
        detail=st.sampled_from(["", "ACI"]),
        annee=st.sampled_from(["", "2020"]),
        montant=st.just("10"),
    ),
    max_size=4,
    unique_by=lambda one: one["id"],
)
_HARVESTS = st.lists(
    st.tuples(st.sampled_from(["un", "deux"]), st.sampled_from([1, 2, 3]), _ROWS), min_size=1, max_size=6
)


class Histories(TestCase):
    """``documents``: subject → each document that was shown, as often as it came."""

    @pytest.fixture(autouse=True)
    def _places(self, region: None, write: Write) -> None:
        self.write = write

    @given(_HARVESTS)
    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def test_every_document_ever_shown_is_kept_in_order(self, harvests: list[Any]) -> None:
        documents: dict[str, list[Any]] = {}
        there: dict[str, Any] = {}
        for code, precedence, rows in harvests:
            run_it(self.write, *rows, code=code, precedence=precedence, scheme="work_integration")
            now = shown()
            for subject, document in now.items():
                if there.get(subject) != document:
                    documents.setdefault(subject, []).append(document)
            there = now
        for subject, every in documents.items():
            present = [there[subject]] if subject in there else []
            assert kept(subject) + present == every
        assert Version.objects.count() == sum(map(len, documents.values())) - len(there)
        for version in Version.objects.select_related("since", "until"):
            assert version.since is not None
            assert version.since.number < version.until.number
