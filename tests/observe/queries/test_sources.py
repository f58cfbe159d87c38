"""The accounts add up, and coverage says what is missing."""

import datetime as dt

import pytest
from django.utils import timezone

from terreau.commons.enums import Diffusion
from terreau.observe.models import Harvest, Reject
from terreau.observe.queries.sources import basis_counts, coverage, last_harvests, reconcile, reject_counts
from tests.factories import make_party, make_place, make_record, make_site, make_source

pytestmark = pytest.mark.django_db


def make_harvest(source, status="done", **values) -> Harvest:
    return Harvest.objects.create(source=source, status=status, ended_at=timezone.now(), **values)


def test_rows_read_are_all_explained() -> None:
    first, second = make_source("a", precedence=1), make_source("b", precedence=2)
    make_harvest(first, rows_read=10, rows_out_of_region=4, rows_rejected=2, rows_repeated=1)
    make_harvest(second, rows_read=2)
    both, masked = make_party(), make_party(diffusion=Diffusion.MASKED)
    for party in (both, both, masked):
        make_record(party, first)
    make_record(both, second)
    make_record(make_party(is_active=False), second)
    accounts = reconcile()
    one, two = accounts.accounts
    assert (one.kept, one.merged, one.parties, one.masked, one.shown, one.shared) == (3, 1, 2, 1, 1, 1)
    assert (two.kept, two.merged, two.parties, two.masked, two.shown, two.shared) == (2, 0, 2, 0, 2, 1)
    assert (one.gap, two.gap) == (0, 0)
    assert (accounts.named, accounts.repeated_between_sources, accounts.shown, accounts.closed) == (
        3,
        1,
        2,
        1,
    )


def test_a_row_that_nothing_explains_is_said() -> None:
    source = make_source("a")
    make_harvest(source, rows_read=5, rows_rejected=1)
    make_record(make_party(), source)
    assert reconcile().accounts[0].gap == 3


def test_a_harvest_that_failed_does_not_replace_the_last_one() -> None:
    source = make_source("a")
    done = make_harvest(source, rows_read=5)
    make_harvest(source, status="failed", rows_read=2)
    make_harvest(source, status="running")
    assert last_harvests() == {"a": done}


def test_nothing_harvested() -> None:
    accounts = reconcile()
    assert (accounts.accounts, accounts.shown, accounts.repeated_between_sources) == ([], 0, 0)
    empty = coverage(None)
    assert (empty.parties, empty.communes, empty.communes_reached, empty.sources) == (0, 0, 0, [])


def test_rejects_are_counted_by_reason() -> None:
    harvest = make_harvest(make_source("a"))
    for line, (reason, whole) in enumerate(
        [("missing_name", True), ("html_removed", False), ("html_removed", False)]
    ):
        Reject.objects.create(harvest=harvest, line=line, reason=reason, whole_row=whole)
    assert reject_counts(harvest) == [("html_removed", False, 2), ("missing_name", True, 1)]


def test_coverage_of_a_place() -> None:
    communes = [make_place(f"9900{n}") for n in range(3)]
    outside = make_place("99200", communes_in_region=0, communes_total=1)
    departement = make_place("99", "departement", communes)
    basin = make_place(
        "99100", "bassin_de_vie", [*communes[:2], outside], communes_in_region=2, communes_total=3
    )
    old = make_source("a", vintage=dt.date(2020, 1, 1))
    here = make_party(perimeter="in")
    make_site(here, communes[0])
    make_record(here, old)
    unsure = make_party()
    make_site(unsure, communes[0])
    make_site(make_party(), None, departement=departement)
    make_party()
    make_site(make_party(diffusion=Diffusion.MASKED), communes[1])
    make_site(make_party(is_active=False), communes[1])

    known = coverage(basin)
    assert (known.parties, known.communes, known.communes_reached, known.communes_outside) == (2, 2, 1, 1)
    assert known.communes_without_anyone_known == 1
    assert (known.unknown_perimeter, known.only_departement) == (1, 0)
    assert [(source.code, count) for source, count in known.sources] == [("a", 1)]
    assert known.oldest_vintage == dt.date(2020, 1, 1)
    assert [(p.value, count) for p, count in known.perimeters] == [("in", 1), ("out", 0), ("unknown", 1)]

    by_departement = coverage(departement)
    assert (by_departement.parties, by_departement.only_departement, by_departement.nowhere) == (3, 1, 0)
    everywhere = coverage(None)
    assert (everywhere.parties, everywhere.communes, everywhere.nowhere) == (4, 3, 1)
    assert coverage(communes[0]).communes_reached == 1
    assert coverage(communes[1]).communes_reached == 0


def test_each_reason_is_counted() -> None:
    make_party(perimeter="in", perimeter_basis="ess_list")
    make_party(perimeter="in", perimeter_basis="ess_list", diffusion=Diffusion.MASKED)
    counts = {basis.value: count for basis, count in basis_counts().items()}
    assert counts["ess_list"] == 1
    assert sum(counts.values()) == 1
