"""A territory on a date: what the files of that date say, and nothing that came later."""

import re
from datetime import timedelta

import polars as pl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from terreau.commons.models import Party, Place
from terreau.lake.kept import kept_folder
from terreau.lake.publishing import publish_all
from terreau.observe.actions.publications import prune_publications
from terreau.observe.models import IndicatorValue, Merge
from terreau.observe.queries.places import parties_at
from terreau.observe.queries.places_past import PastPlace
from tests.factories import make_party, make_place, make_site
from tests.observe.territory import Territory, make_organisation

pytestmark = pytest.mark.django_db
DATASETS = ("places", "memberships", "indicators", "organisations", "sites")


def address(place: Place) -> str:
    return f"/territoires/{place.zoning_id}/{place.code}/"


def text_of(client, place: Place, au: str, status: int = 200) -> str:
    answer = client.get(address(place), {"au": au})
    assert answer.status_code == status
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", answer.text))


def test_a_date_shows_what_was_published_then(client, two_dates: Territory) -> None:
    before, after = (text_of(client, two_dates.west_1, f"2026-01-{day}") for day in (15, 25))
    assert "Épreuve-sur-Loire" in before and "1 200 habitants" in before and "Nom d’aujourd’hui" not in before
    assert "Ancienne fictive association" in before and "Nouvelle" not in before and "Close" not in before
    assert "1 acteur en activité avait ici" in before
    assert "Nom d’aujourd’hui" in after and "1 300 habitants" in after and "Ancienne" not in after
    assert "Nos sources ne connaissaient personne ici." in after
    assert "Nouvelle fictive coopérative" in text_of(client, two_dates.east, "2026-01-25")


def test_zones_follow_the_communes_of_that_date(client, two_dates: Territory) -> None:
    for zone in (two_dates.epci_west, two_dates.departement_west, two_dates.region):
        assert "Ancienne fictive association · Épreuve-sur-Loire" in text_of(client, zone, "2026-01-15")
    assert "CC de l’Ouest fictif" in text_of(client, two_dates.west_1, "2026-01-15")
    assert "CC de l’Ouest fictif" not in text_of(client, two_dates.west_1, "2026-01-25")
    assert "Nouvelle fictive" in text_of(client, two_dates.region, "2026-01-25")


def test_a_site_of_a_departement_alone_counts_there_and_in_the_region(client, territory: Territory) -> None:
    make_organisation("200000008", None, departement=territory.departement_west, name="Sans commune")
    publish_all()
    today = str(timezone.localdate())
    for place, is_there in (
        (territory.departement_west, True), (territory.region, True), (territory.departement_east, False),
        (territory.epci_west, False), (territory.west_1, False),
    ):  # fmt: skip
        assert ("Sans commune" in text_of(client, place, today)) is is_there


def test_the_page_says_from_which_files_it_is_made_and_leads_to_today(client, two_dates: Territory) -> None:
    page = client.get(address(two_dates.west_1), {"au": "2026-01-15"}).text
    for name in DATASETS:
        assert f"/donnees/{name}/version/1/{name}.csv" in page and f"/donnees/{name}/version/2/" not in page
    assert page.count("version 1, publiée le 10 janvier 2026") == len(DATASETS)
    here = address(two_dates.west_1)
    assert f'<link rel="canonical" href="http://testserver{here}">' in page
    assert '<meta name="robots" content="noindex">' in page
    assert f'<a href="{here}">Voir la page d’aujourd’hui</a>' in page
    party = Party.objects.get(name="Nouvelle fictive")
    assert f'href="/acteurs/{party.public_id}/?au=2026-01-15"' in page
    epci = two_dates.epci_west
    assert f'href="{address(epci)}?au=2026-01-15"' in page


def test_what_was_not_measured_stays_so(client, territory: Territory) -> None:
    publish_all()
    today = str(timezone.localdate())
    page = text_of(client, territory.west_1, today)
    assert "non mesuré" in page and "Non mesurée." in page
    IndicatorValue.objects.create(indicator="organisations", place=territory.west_1, period="2024", value=7)
    IndicatorValue.objects.create(indicator="disparu", place=territory.west_1, period="2024", value=7)
    assert text_of(client, territory.west_1, today) == page  # not published yet
    publish_all()
    page = text_of(client, territory.west_1, today)
    assert "Organisations 2024 7 " in page and "sans définition aujourd’hui : disparu." in page


def test_before_the_first_publication(client, two_dates: Territory) -> None:
    page = text_of(client, two_dates.west_1, "2026-01-09", 404)
    assert "Rien n’est publié ici avant le 10 janvier 2026" in page
    assert "Voir la page d’aujourd’hui" in page and "Ancienne" not in page


def test_when_nothing_was_ever_published(client, territory: Territory) -> None:
    assert "Rien n’est encore publié ici." in text_of(client, territory.west_1, "2026-01-09", 404)


@pytest.mark.parametrize("asked", ["hier", "", "2026-02-31", "9999-12-31"])
def test_what_is_no_past_date_is_said(client, two_dates: Territory, asked: str) -> None:
    page = text_of(client, two_dates.west_1, asked, 400)
    assert f"« {asked} » n’est pas une date passée.".replace("  ", " ") in page


def test_tomorrow_is_no_past_date(client, two_dates: Territory) -> None:
    text_of(client, two_dates.west_1, str(timezone.localdate() + timedelta(days=1)), 400)


def test_a_place_that_came_later_or_is_no_more(client, two_dates: Territory) -> None:
    late = make_place("99009", name="Tardive-sur-Loire")
    assert "n’est pas dans ce qui était publié le 15 janvier 2026" in text_of(client, late, "2026-01-15", 404)
    two_dates.west_2.delete()
    assert "Saint-Essai" in (page := text_of(client, two_dates.west_2, "2026-01-15"))
    assert "Ce territoire n’a plus de page aujourd’hui." in page
    assert client.get("/territoires/commune/00000/", {"au": "2026-01-15"}).status_code == 404
    assert client.get("/territoires/nulle/99001/", {"au": "2026-01-15"}).status_code == 404


def test_files_withdrawn_are_not_taken_for_empty_ones(client, two_dates: Territory) -> None:
    Place.objects.update(population=None)
    make_organisation("200000024", two_dates.west_1, name="Tierce fictive")
    publish_all()
    prune_publications(keep=1, by=None)  # of the first of two versions kept
    page = text_of(client, two_dates.west_1, "2026-01-15", 404)
    assert "Les fichiers des territoires de cette date ont été retirés depuis." in page


def test_a_list_withdrawn_is_not_taken_for_an_empty_one(client, two_dates: Territory) -> None:
    Party.objects.update(name="Autre fictive")
    publish_all()
    prune_publications(keep=1, by=None)
    page = text_of(client, two_dates.west_1, "2026-01-15")
    assert "ses fichiers ont été retirés depuis" in page and "personne ici" not in page


def test_a_party_masked_since_is_not_there(client, two_dates: Territory) -> None:
    Party.objects.filter(name="Nouvelle fictive").update(diffusion="masked")
    for publish in (lambda: None, publish_all):  # before its files are written again, and after
        publish()
        for place in (two_dates.west_1, two_dates.epci_west, two_dates.region):
            page = text_of(client, place, "2026-01-15")
            assert "Ancienne" not in page and "Nos sources ne connaissaient personne ici." in page
    assert "Expurgée le" in page
    frame = pl.read_parquet(kept_folder("sites") / "1" / "sites.parquet")
    assert "Ancienne fictive" not in frame["name"].to_list()


def test_one_merged_since_into_a_masked_one_is_not_there_either(client, two_dates: Territory) -> None:
    party = Party.objects.get(name="Nouvelle fictive")
    kept = make_party("Gardée", diffusion="masked")
    Merge.objects.create(
        gone_identity=party.identity, gone_public_id=party.public_id, kept_identity=kept.identity, basis="review"
    )  # fmt: skip
    party.delete()
    assert "Ancienne" not in text_of(client, two_dates.west_1, "2026-01-15")


def test_fifty_a_page_by_name_at_the_cost_of_one(client, territory: Territory) -> None:
    make_organisation("200000008", territory.west_1, name="Zèbre fictif")
    publish_all()
    today = str(timezone.localdate())
    with CaptureQueriesContext(connection) as one:
        text_of(client, territory.west_1, today)
    for number in range(60):
        make_site(make_party(f"Étape {number:02}"), territory.west_1)
    publish_all()
    with CaptureQueriesContext(connection) as many:
        page = text_of(client, territory.west_1, today)
    assert len(many) == len(one)
    assert "61 acteurs" in page and "Page 1 sur 2" in page and "Étape 49" in page and "Étape 50" not in page
    answer = client.get(address(territory.west_1), {"au": today, "page": "2"})
    names = re.findall(r'rel="nofollow">([^<]+)</a>\s+<small>', answer.text)
    assert names[0] == "Étape 50" and names[-1] == "Zèbre fictif" and len(names) == 11
    assert f"?au={today}&amp;page=1" in answer.text or f"?au={today}&page=1" in answer.text


def test_the_page_of_today_asks_for_a_date(client, territory: Territory) -> None:
    page = client.get(address(territory.west_1)).text
    assert 'type="date" id="id_au" name="au"' in page and '<label for="id_au">' in page
    assert "?au=" not in page
    assert 'name="au"' not in client.get(address(territory.abroad)).text


def test_what_is_published_now_is_what_the_page_of_today_lists(territory: Territory) -> None:
    make_organisation("200000008", territory.west_1, territory.east)
    make_organisation("200000016", None, departement=territory.departement_east)
    make_organisation("200000032", territory.west_2, is_active=False)
    publish_all()
    for place in Place.objects.all():
        past = PastPlace(place.zoning_id, place.code, timezone.now())
        found = {one.public_id for one in past.parties(0, past.party_count())}
        assert found == set(parties_at(place).values_list("public_id", flat=True))
    assert PastPlace("region", "00", timezone.now()).party_count() == 2
