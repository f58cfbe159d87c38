"""Every version can be read again, at its number and at its dates, as the page showed it then."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Place, Revision, Source, Version, public_id
from terreau.observe.actions.changing import change_parties
from terreau.observe.models import Choice, Confirmation, Merge, Practice
from terreau.observe.queries.changes import changes_between, events_of
from terreau.observe.queries.documents import party_documents
from terreau.observe.queries.frozen import sheet_of_document
from terreau.observe.queries.history import (
    Past,
    contents_of,
    party_as_of,
    party_at,
    past_of,
    read_moment,
    versions_of,
)
from terreau.observe.queries.parties import PartySheet, read_sheet
from tests.factories import make_party, make_place, make_record, make_site, make_source
from tests.observe.sources.test_harvest import SIREN, run_it
from tests.observe.sources.test_harvest import row as make_row
from tests.observe.sources.test_harvest_history import _ROWS as ROWS
from tests.observe.sources.test_harvest_history import RNA

pytestmark = pytest.mark.django_db


def told(sheet: PartySheet) -> dict[str, Any]:
    """All that a page shows, in a form that does not depend on the order of rows that nothing orders."""
    party = sheet.party

    def values(given: dict[str, Any]) -> dict[str, Any]:
        return {
            name: sorted(
                (str(one.said), sorted((e.source.title, e.source.licence, str(e.on)) for e in one.evidence))
                for one in some
            )
            for name, some in given.items()
        }

    return {
        "party": [
            getattr(party, name) for name in ("public_id", "name", "nature", "perimeter", "naf", "siren")
        ],
        "values": values(sheet.values),
        "fields": list(sheet.values),
        "sites": sorted(
            (one.site.name, one.site.address, str(one.site.commune), str(values(one.values)), str(one.zones))
            for one in sheet.sites
        ),
        "schemes": sorted((one.scheme, one.detail, one.source.title) for one in sheet.schemes),
        "fundings": sorted(
            (one.year, one.amount_cents, str(one.record.observed_on)) for one in sheet.fundings
        ),
        "sources": [(one.code, one.title, one.vintage) for one in sheet.sources],
        "missing": sheet.missing,
    }


def change(party: Party, **values: Any) -> Revision:
    """One revision that changes columns of a party."""
    with change_parties(parties=[party.pk], verb="correct", subject="", by=None) as revision:
        Party.objects.filter(pk=party.pk).update(**values)
    party.refresh_from_db()
    return revision


def past(public: str) -> Past:
    found = past_of(public)
    assert found is not None
    return found


def set_dates(*days: int) -> None:
    """Revision 1 on 2026-01-<first>, and so on."""
    for revision, day in zip(Revision.objects.order_by("number"), days, strict=True):
        revision.at = dt.datetime(2026, 1, day, 12, tzinfo=dt.UTC)
        revision.save()


def test_a_frozen_sheet_tells_what_the_page_told() -> None:
    commune = make_place(name="Fictive-sur-Loire")
    make_place("99100", "bassin_de_vie", [commune])
    party = make_party("Nom", naf="88.99B")
    site = make_site(party, commune, address="1 rue fictive", lon=1.5, lat=47.0)
    for code, on in (("a", dt.date(2024, 1, 2)), ("b", None)):
        source = make_source(code, title=f"Source {code}", vintage=dt.date(2023, 5, 6))
        record = make_record(
            party, source, site=site, observed_on=on, values={"name": code, "address": "1 rue"}
        )
        party.schemes.create(scheme="work_integration", detail="ACI", source=source)
        party.fundings.create(record=record, year=2020, amount_cents=100, commune=commune, purpose=code)
    (document,) = party_documents([party.pk]).values()
    assert told(sheet_of_document(document)) == told(read_sheet(party))


def test_a_place_that_is_no_more_keeps_its_name_and_has_no_page() -> None:
    commune = make_place(name="Fictive-sur-Loire")
    party = make_party()
    make_record(party, site=make_site(party, commune))
    (document,) = party_documents([party.pk]).values()
    Place.objects.filter(pk=commune.pk).delete()
    (site,) = sheet_of_document(document).sites
    assert (site.site.commune.name, site.site.commune.pk, site.zones) == ("Fictive-sur-Loire", None, [])


def test_versions_by_number_and_by_date() -> None:
    party = make_party("Un")
    change(party, name="Deux")
    change(party, name="Trois")
    set_dates(10, 20)
    of = past(party.public_id)
    assert [(one.number, one.since and one.since.at.day, one.until and one.until.at.day)
            for one in versions_of(of)] == [(1, None, 10), (2, 10, 20), (3, 20, None)]  # fmt: skip
    names = {number: frozen.party.name for number in (1, 2, 3) if (frozen := party_at(of, number))}
    assert names == {1: "Un", 2: "Deux", 3: "Trois"}
    assert party_at(of, 4) is None
    for day, number in (("2026-01-09", 1), ("2026-01-10", 2), ("2026-01-19", 2), ("2026-01-20", 3)):
        found = party_as_of(of, read_moment(day))
        assert found.state and found.state.number == number, day
    exact = party_as_of(of, dt.datetime(2026, 1, 10, 11, 59, tzinfo=dt.UTC))
    assert exact.state and exact.state.number == 1


def test_before_the_first_revision_nothing_is_known() -> None:
    with change_parties(parties=[], verb="harvest", by=None) as revision:
        party = make_party("Nouvelle")
    set_dates(10)
    found = party_as_of(past(party.public_id), read_moment("2026-01-09"))
    assert found.state is None and found.first is not None
    assert found.first.since == revision
    later = party_as_of(past(party.public_id), read_moment("2026-01-10"))
    assert later.state and later.state.is_present


def test_an_address_that_was_merged(region: None, write: Any) -> None:
    run_it(write, make_row("1", "Ancien nom", rna=RNA), code="rna")
    run_it(write, make_row("1", siren=SIREN), code="siren")
    run_it(write, make_row("1", siren=SIREN, rna=RNA), code="both")
    set_dates(10, 12, 20)
    old, new = public_id(f"rna:{RNA}"), public_id(f"siren:{SIREN}")
    of = past(old)
    assert of.party and of.party.public_id == new and not of.is_here
    before, after = (party_as_of(of, read_moment(f"2026-01-{day}")).state for day in (15, 25))
    assert before and (before.public_id, before.number) == (old, 1)
    assert after and after.public_id == new and after.is_present
    assert [(one.public_id, one.number) for one in versions_of(past(new))] == [(new, 1), (old, 1), (new, 2)]
    events = events_of(past(new))
    assert [(one.revision.at.day, one.public_id) for one in events][-1] == (10, old)
    earlier = party_as_of(past(new), read_moment("2026-01-11"))
    assert earlier.state is None and [one.public_id for one in earlier.others] == [old]


def test_a_party_that_left_the_sources_and_came_back(region: None, write: Any) -> None:
    run_it(write, make_row("1", siren=SIREN))
    address = public_id(f"siren:{SIREN}")
    run_it(write, make_row("2"))
    set_dates(10, 12)
    of = past(address)
    assert of.is_gone and [one.number for one in versions_of(of)] == [1]
    left = party_as_of(of, read_moment("2026-01-13"))
    assert left.state is None and left.gone and left.gone.at.day == 12
    run_it(write, make_row("1", siren=SIREN))
    set_dates(10, 12, 14)
    between, now = (party_as_of(past(address), read_moment(f"2026-01-{day}")) for day in (13, 14))
    assert between.state is None and between.gone and now.state and now.state.number == 2
    events = [(e.revision.at.day, bool(e.before), bool(e.after)) for e in events_of(past(address))]
    assert events == [(14, False, True), (12, True, False), (10, False, True)]


@pytest.mark.parametrize(
    "text", ["", "hier", "2026-02-30", "2026-1-1", "9999-12-31", "31/01/2026", "0000-01-01"]
)
def test_what_is_no_past_date(text: str) -> None:
    with pytest.raises(ValueError):
        read_moment(text)


def test_a_day_ends_at_midnight_here_and_today_has_no_future() -> None:
    now = dt.datetime(2026, 7, 2, 10, tzinfo=dt.UTC)
    assert read_moment("2026-07-01", now).astimezone(dt.UTC).hour == 21  # midnight in Paris
    assert read_moment("2026-07-02", now) == now
    assert read_moment("2026-07-01T10:00:00Z", now) == dt.datetime(2026, 7, 1, 10, tzinfo=dt.UTC)


# What changed ------------------------------------------------------------------------------------------------------


def test_what_changed_is_told_value_by_value() -> None:
    commune = make_place(name="Fictive-sur-Loire")
    party = make_party("Nom")
    site = make_site(party, commune, address="1 rue fictive")
    record = make_record(party, make_source("s", title="Registre"), values={"name": "Nom", "naf": "88.99B"})
    make_record(party, make_source("t", title="Autre"), values={"name": "Nom"})
    party.schemes.create(scheme="fonjep", source=record.source)
    (before,) = party_documents([party.pk]).values()
    Party.objects.filter(pk=party.pk).update(name="Nouveau nom")
    record.values = {"name": "Nouveau nom", "siren": SIREN}
    record.save()
    site.address = "2 rue fictive"
    site.save()
    make_site(party, commune, name="Second lieu")
    party.schemes.all().delete()
    Source.objects.filter(code="t").update(vintage=dt.date(2025, 1, 1))
    (after,) = party_documents([party.pk]).values()
    found = {
        (one.part, one.name): (
            [(s.value, s.sources) for s in one.gone],
            [(s.value, s.sources) for s in one.new],
        )
        for one in changes_between(before, after)
        if one.part != "schemes"
    }
    assert found == {
        ("shown", "name"): ([("Nom", ())], [("Nouveau nom", ())]),
        ("values", "name"): ([], [("Nouveau nom", ("Registre",))]),  # the other source still says the first
        ("values", "naf"): ([("88.99B", ("Registre",))], []),
        ("values", "siren"): ([], [(SIREN, ("Registre",))]),
        ("site", "address"): ([("1 rue fictive", ())], [("2 rue fictive", ())]),
        ("sites", "sites"): ([], [("Second lieu, Fictive-sur-Loire", ())]),
        ("source", "vintage"): ([], [("2025-01-01", ())]),
    }
    assert [one.part for one in changes_between(before, after)].count("schemes") == 1
    assert changes_between(after, after) == []


# What may not be shown ---------------------------------------------------------------------------------------------


def mask(party: Party) -> None:
    Party.objects.filter(pk=party.pk).update(diffusion=Diffusion.MASKED)


def test_a_masked_party_has_no_past_under_any_address(region: None, write: Any) -> None:
    run_it(write, make_row("1", rna=RNA), code="rna")
    run_it(write, make_row("1", siren=SIREN, rna=RNA), code="both")
    mask(Party.objects.get())
    assert past_of(public_id(f"rna:{RNA}")) is None
    assert past_of(public_id(f"siren:{SIREN}")) is None


def test_a_party_that_was_masked_and_is_no_more_has_no_past() -> None:
    party = make_party("Association secrète", diffusion=Diffusion.MASKED)
    change(party, name="Autre nom")
    Party.objects.all().delete()
    assert past_of(party.public_id) is None


def test_a_version_that_was_masked_is_not_told() -> None:
    party = make_party("Un")
    change(party, diffusion=Diffusion.MASKED)
    change(party, diffusion=Diffusion.OPEN)
    of = past(party.public_id)
    assert [one.number for one in versions_of(of)] == [1, 3]
    assert party_at(of, 2) is None


def test_old_versions_follow_what_is_private_now() -> None:
    party = make_party("Un")
    site = make_site(party, address="7 rue Cachée", lon=1.5, lat=47.5)
    make_record(party, site=site, values={"address": "7 rue Cachée", "lon": 1.5, "lat": 47.5})
    choice = {"identity": party.identity, "value": "7 rue Cachée", "reason": "Vue"}
    Choice.objects.create(party=party, field="address", **choice)
    change(party, name="Deux")
    change(party, diffusion=Diffusion.PARTIAL)
    of = past(party.public_id)
    texts = [str(one) for one in contents_of(of, versions_of(of)).values()]
    assert len(texts) == 3 and any("'name': 'Un'" in text for text in texts)
    for text in texts:
        assert "Cachée" not in text and "47.5" not in text
    change(party, diffusion=Diffusion.OPEN)  # what was private when it was shown stays so
    of = past(party.public_id)
    contents = contents_of(of, versions_of(of))
    assert {number: "Cachée" in str(one) for (_id, number), one in contents.items()} == {
        1: True,
        2: True,
        3: False,
        4: True,
    }


def test_the_confirmation_of_a_masked_peer_is_taken_out() -> None:
    party, peer, other = make_party("Un"), make_party("Pair"), make_party("Autre pair")
    practice = Practice.objects.create(party=party, identity=party.identity, theme="work", text="Dit")
    for one in (peer, other):
        Confirmation.objects.create(practice=practice, peer=one, words=f"Vu par {one.name}")
    change(party, name="Deux")
    Merge.objects.create(  # the peer was merged into one that is masked now
        kept_identity=make_party("Masquée", diffusion=Diffusion.MASKED).identity,
        gone_identity=peer.identity,
        gone_public_id=peer.public_id,
        basis="review",
    )
    peer.delete()
    of = past(party.public_id)
    text = str(list(contents_of(of, versions_of(of)[:1]).values()))
    assert "Vu par Pair" not in text and "Vu par Autre pair" in text


def test_a_version_of_when_two_were_one_is_not_shown_once_the_other_is_masked() -> None:
    party, other = make_party("Un"), make_party("Autre")
    make_record(party, values={"name": "Autre"}, identity=other.identity)
    change(party, name="Deux")
    mask(other)
    of = past(party.public_id)
    assert party_at(of, 1) is None and party_at(of, 2) is not None


def test_who_and_why_of_what_is_masked_is_not_told() -> None:
    party, other = make_party("Un"), make_party("Autre")
    subject = f"party:{other.public_id}"
    with change_parties(
        parties=[party.pk], verb="merge", subject=subject, by=None, reason="Autre"
    ) as revision:
        Party.objects.filter(pk=party.pk).update(name="Deux")
    assert events_of(past(party.public_id))[0].revision.reason == "Autre"
    mask(other)
    (event,) = events_of(past(party.public_id))
    assert (event.revision.pk, event.revision.reason, event.revision.subject) == (revision.pk, "", "")


# Any history -------------------------------------------------------------------------------------------------------

HARVESTS = st.lists(
    st.tuples(st.sampled_from(["un", "deux"]), st.sampled_from([1, 2, 3]), ROWS), min_size=1, max_size=5
)


class Histories(TestCase):
    @pytest.fixture(autouse=True)
    def _places(self, region: None, write: Any) -> None:
        self.write = write

    @given(HARVESTS)
    @settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    def test_as_of_each_past_moment_the_sheet_is_what_the_page_told_then(self, harvests: list[Any]) -> None:
        moments: list[tuple[dt.datetime, dict[str, Any]]] = []
        addresses: set[str] = set()
        start = timezone.now() - dt.timedelta(days=30)
        for day, (code, precedence, rows) in enumerate(harvests):
            run_it(self.write, *rows, code=code, precedence=precedence, scheme="work_integration")
            newest = Revision.objects.first()
            if newest and newest.at > start + dt.timedelta(days=29):
                newest.at = start + dt.timedelta(days=day)
                newest.save()
            there = {party.public_id: told(read_sheet(party)) for party in Party.objects.all()}
            moments.append((start + dt.timedelta(days=day, hours=1), there))
            addresses |= set(there)
        for moment, there in moments:
            for address in addresses:
                of = past_of(address)
                assert of is not None
                state = party_as_of(of, moment).state
                if address in there:
                    assert state is not None and state.public_id == address
                    frozen = party_at(of, state.number)
                    assert frozen and told(frozen.sheet) == there[address]
                else:  # not there: nothing is told, or what it was merged into
                    assert state is None or state.public_id != address
        self.check_events(addresses)

    def check_events(self, addresses: set[str]) -> None:
        """Each version kept begins and ends with the events told, and their order is that of time."""
        for address in addresses:
            events = events_of(past(address))
            numbers = [event.revision.number for event in events]
            assert numbers == sorted(numbers, reverse=True)
            versions = Version.objects.filter(subject=f"party:{address}")
            assert set(versions.values_list("until", flat=True)) <= set(numbers)
