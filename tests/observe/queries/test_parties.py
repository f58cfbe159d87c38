"""Every value keeps its source, and the one shown first follows the rule."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from terreau.commons.enums import Diffusion
from terreau.observe.queries.parties import find_party, read_sheet
from tests.factories import make_party, make_place, make_record, make_site, make_source

pytestmark = pytest.mark.django_db


def test_precedence_then_the_newest() -> None:
    party = make_party()
    trusted = make_source("trusted", precedence=1, vintage=dt.date(2020, 1, 1))
    other = make_source("other", precedence=9)
    make_record(party, other, values={"name": "Récente"}, observed_on=dt.date(2026, 1, 1))
    make_record(party, trusted, values={"name": "Ancienne"}, observed_on=dt.date(2019, 1, 1))
    make_record(party, trusted, values={"name": "Plus récente"}, observed_on=dt.date(2021, 1, 1))
    make_record(party, other, values={"name": "Ancienne"})
    names = read_sheet(party).values["name"]
    assert [value.said for value in names] == ["Plus récente", "Ancienne", "Récente"]
    assert [(e.source.code, e.on) for e in names[1].evidence] == [
        ("trusted", dt.date(2019, 1, 1)),
        ("other", None),
    ]


def test_a_row_without_a_date_has_that_of_its_source() -> None:
    party = make_party()
    make_record(party, make_source("a", vintage=dt.date(2020, 1, 1)))
    assert read_sheet(party).values["name"][0].evidence[0].on == dt.date(2020, 1, 1)


def test_values_of_a_site_are_told_with_it() -> None:
    commune = make_place()
    basin = make_place("99100", "bassin_de_vie", [commune])
    party = make_party()
    site = make_site(party, commune)
    make_record(party, site=site, values={"name": "A", "address": "1 rue fictive", "amount_cents": 5})
    sheet = read_sheet(party)
    assert list(sheet.values) == ["name"]
    assert list(sheet.sites[0].values) == ["address"]
    assert sheet.sites[0].zones == [basin]
    assert "siren" in sheet.missing
    assert "address" not in sheet.missing


def test_a_masked_party_is_as_one_that_never_was() -> None:
    party = make_party(diffusion=Diffusion.MASKED)
    assert find_party(party.public_id) is None
    assert find_party("zzzzzzzzzz") is None


def test_the_number_of_queries_does_not_depend_on_size() -> None:
    commune = make_place()
    make_place("99100", "bassin_de_vie", [commune])
    counts = []
    for number in (1, 3):
        party = make_party()
        for rank in range(number):
            make_record(party, make_source(f"s{rank}"), site=make_site(party, commune))
        with CaptureQueriesContext(connection) as queries:
            sheet = read_sheet(party)
        counts.append(len(queries))
        assert (len(sheet.sites), len(sheet.sources)) == (number, number)
    assert counts[0] == counts[1] <= 7
