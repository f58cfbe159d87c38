"""The directory on a date: what the site showed then, page after page, and its form."""

import datetime as dt

import pytest
from django.test import Client

from terreau.commons.models import Party, Revision
from terreau.observe.actions.changing import change_parties
from terreau.observe.models import SourceRecord
from terreau.observe.web.views import directory_past
from tests.factories import make_party, make_place, make_record, make_site

pytestmark = pytest.mark.django_db


@pytest.fixture
def party() -> Party:
    """« Nom Un » until 10 January 2026, then « Nom Deux »."""
    made = make_party("Nom Un")
    make_record(made)
    make_site(made, make_place(name="Fictive-sur-Loire"))
    with change_parties(parties=[made.pk], verb="accept-correction", by=None):
        Party.objects.update(name="Nom Deux")
        SourceRecord.objects.update(values={"name": "Nom Deux"})
    Revision.objects.update(at=dt.datetime(2026, 1, 10, 12, tzinfo=dt.UTC))
    return made


def page_of(client: Client, query: str, status: int = 200) -> str:
    answer = client.get(f"/annuaire/?{query}")
    assert answer.status_code == status
    return answer.text.replace("\u00a0", " ")


def test_the_names_are_those_of_the_date_and_lead_to_pages_of_the_date(client, party) -> None:
    before, after = page_of(client, "au=2026-01-09"), page_of(client, "au=2026-01-10")
    assert "Nom Un" in before and "Nom Deux" not in before and "Fictive-sur-Loire" in before
    assert "Nom Deux" in after and "Nom Un" not in after
    assert f'href="/acteurs/{party.public_id}/?au=2026-01-09"' in before
    assert "Notre historique commence le 10 janvier 2026" in before
    assert "Notre historique commence" not in after
    assert "noindex" in before


def test_the_form_is_on_the_page_of_today_and_keeps_the_date(client, party) -> None:
    assert 'name="au"  required' in page_of(client, ""), "with no date of its own"
    assert 'name="au" value="2026-01-09"' in page_of(client, "au=2026-01-09")


def test_filters_are_said_to_be_of_today(client, party) -> None:
    page = page_of(client, "au=2026-01-09&q=introuvable")
    assert "Nom Un" in page and "ne sont pas appliqués" in page
    assert "ne sont pas appliqués" not in page_of(client, "au=2026-01-09")


@pytest.mark.parametrize("asked", ["2999-01-01", "hier", "2026-13-01"])
def test_what_is_no_past_date_is_said(client, party, asked) -> None:
    page = page_of(client, f"au={asked}", 400)
    assert f"« {asked} » n’est pas une date passée" in page
    assert "Nom" not in page


def test_nothing_yet(client) -> None:
    assert "Aucune fiche n’était montrée" in page_of(client, "au=2026-01-09")


def test_pages_follow_each_other_without_a_gap(client, party, monkeypatch) -> None:
    monkeypatch.setattr(directory_past, "PAGE_SIZE", 2)
    for number in range(4):
        make_record(make_party(f"Autre {number}"))
    seen: list[str] = []
    query = "au=2026-01-09"
    while query:
        page = page_of(client, query)
        seen += [part.split('"')[0] for part in page.split('href="/acteurs/')[1:]]
        _before, link, rest = page.rpartition('" rel="next"')
        query = page[: len(_before)].rpartition('href="/annuaire/?')[2].replace("&amp;", "&") if link else ""
        assert rest or not link
    assert len(seen) == len(set(seen)) == Party.objects.count()
    assert "Première page" in page


def test_whoever_is_masked_now_is_in_no_page_of_the_past(client, party) -> None:
    Party.objects.update(diffusion="masked")
    assert "Nom" not in page_of(client, "au=2026-01-09")
