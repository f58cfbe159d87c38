"""Finding places and following communes through time, on Centre-Val de Loire."""

from datetime import date

import pytest

from terreau.commons.actions import load_places
from terreau.commons.models import CommuneChange, Place
from terreau.commons.queries import places as ask
from tests.factories import make_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    load_places(region="24", by=None)
    return Place.objects.get(zoning_id="region")


def commune(code: str) -> Place:
    return Place.objects.get(zoning_id="commune", code=code)


def names(text: str, limit: int = 20) -> list[str]:
    return [found.commune.name for found in ask.find_communes(text, limit)]


def test_find_communes(region):
    assert names("tours")[0] == "Tours"  # the whole name before names that hold it
    assert "Joué-lès-Tours" in names("Tours")
    assert names("ORLEANS") == ["Orléans"]
    assert names("l'île-bouchard") == names("Ile Bouchard") == names("l’ile bouchard") == ["L'Île-Bouchard"]
    assert names("st pierre des corps") == ["Saint-Pierre-des-Corps"]
    assert names("saint-pierre-des-co") == ["Saint-Pierre-des-Corps"]
    assert "Saint-Pierre-des-Corps" in names("37700") and names("37700") == names("37 700")
    assert names("") == names("  ") == names("?!") == names("999999") == []
    assert names("inexistante sur loire") == []
    assert len(names("saint", limit=7)) == 7


def test_find_communes_by_code(region):
    assert "Tours" in names("37000")
    assert names("37261") == ["Tours"]  # an INSEE code
    assert {"Tours"} <= set(names("370", 50))
    assert "Bourges" in names("18000")


def test_find_communes_by_the_name_of_one_that_merged(region):
    (found,) = ask.find_communes("Saint-Loup-de-Gonois")  # merged in 2019
    assert (found.commune.name, found.former_name) == ("La Selle-sur-le-Bied", "Saint-Loup-de-Gonois")
    (found,) = ask.find_communes("frétigny")  # merged in 2019 under a new name
    assert (found.commune.name, found.former_name) == ("Saintigny", "Frétigny")
    assert [found.commune.code for found in ask.find_communes("Barmainville")] == ["28319"]  # 2025
    # Found under today's name, nothing is said of the past.
    assert [found.former_name for found in ask.find_communes("Saintigny")] == [""]


def test_communes_of_the_region_come_first(region):
    found = ask.find_communes("saint-pierre", 50)
    places = [one.commune.communes_in_region for one in found if not one.former_name]
    assert set(places) == {0, 1}
    assert places == sorted(places, reverse=True)


def test_current_codes(region):
    codes = ask.current_codes()
    assert codes["45287"] == ["45307"]
    assert codes["28165"] == ["28331"]
    assert codes["28025"] == ["28319"]
    assert codes["45117"] == ["45093", "45313"]  # Creusy was shared out
    assert "37261" not in codes and "75101" not in codes
    known = set(Place.objects.filter(zoning_id="commune").values_list("code", flat=True))
    assert all(set(after) & known for after in codes.values())
    assert "45287" not in ask.current_codes(date(2019, 3, 1))
    assert ask.current_codes(date(2019, 2, 28))["45287"] == ["45307"]


def test_current_codes_of_arrondissements_of_a_city():
    make_place("75056")
    codes = ask.current_codes()
    assert codes["75101"] == codes["75120"] == ["75056"]
    assert "75121" not in codes and "69381" not in codes


def test_current_codes_without_a_change_is_empty():
    assert ask.current_codes() == {}
    make_place("99001")
    CommuneChange.objects.create(
        date=date(2000, 1, 1),
        kind="rename",
        code_before="99001",
        code_after="99001",
        name_before="Fictive",
        name_after="Fictive-sur-Loire",
    )
    assert ask.current_codes() == {}
    assert [found.former_name for found in ask.find_communes("fictive")] == ["Fictive"]


def test_commune_lookup(region, django_assert_num_queries):
    with django_assert_num_queries(2):
        table = ask.commune_lookup()
    assert table["code"].is_unique().all()
    assert table.filter("in_region").height == 1754
    assert table.filter("in_region")["departement_place_id"].null_count() == 0
    tours = table.filter(code="37261").row(0, named=True)
    assert tours["place_id"] == commune("37261").pk
    assert tours["departement_place_id"] == Place.objects.get(zoning_id="departement", code="37").pk
    assert (tours["departement_code"], tours["name_folded"]) == ("37", "tours")
    outside = table.filter(~table["in_region"])
    assert outside.height == Place.objects.filter(zoning_id="commune", communes_in_region=0).count() > 0
    assert outside["departement_place_id"].null_count() == outside.height


def test_commune_lookup_of_an_empty_site():
    table = ask.commune_lookup()
    assert table.height == 0
    assert table.columns[0] == "code"


def test_zones_of(region):
    zones = [(zone.zoning_id, zone.name) for zone in ask.zones_of(commune("37261"))]
    assert zones == [
        ("epci_2026", "Tours Métropole Val de Loire"),
        ("bassin_de_vie_2022", "Tours"),
        ("bassin_de_vie_2012", "Tours"),
        ("zone_emploi_2020", "Tours"),
        ("departement", "Indre-et-Loire"),
        ("region", "Centre-Val de Loire"),
    ]


def test_communes_of(region):
    assert list(ask.communes_of(commune("37261"))) == [commune("37261")]
    assert ask.communes_of(region).count() == 1754
    assert ask.communes_of(Place.objects.get(zoning_id="epci_2026", code="200040277")).count() == 81


def test_level_above(region):
    def above(zoning: str, code: str) -> str | None:
        whole = ask.level_above(Place.objects.get(zoning_id=zoning, code=code))
        return whole.name if whole else None

    assert above("commune", "37261") == "Indre-et-Loire"
    assert above("epci_2026", "243700754") == "Indre-et-Loire"
    assert above("departement", "37") == "Centre-Val de Loire"
    assert above("region", "24") is None
    assert above("epci_2026", "200040277") == "Centre-Val de Loire"  # Dreux crosses the border
    outside = Place.objects.filter(zoning_id="commune", communes_in_region=0).first()
    assert ask.level_above(outside) is None
    two = next(
        zone
        for zone in Place.objects.filter(zoning_id="zone_emploi_2020")
        if len({c[:2] for c in ask.communes_of(zone).values_list("code", flat=True)}) > 1
    )
    assert ask.level_above(two) == region


def test_population_series(region):
    # The official total of the region, year by year; before 2017 the file misses communes that merged.
    assert ask.population_series(region) == [
        (2017, 2_576_252),
        (2018, 2_572_853),
        (2019, 2_573_180),
        (2020, 2_574_863),
        (2021, 2_573_303),
    ]
    # La Selle-sur-le-Bied with Saint-Loup-de-Gonois before 2018 (1012 + 97), then as counted.
    series = dict(ask.population_series(commune("45307")))
    assert (series[2013], series[2017], series[2018], series[2021]) == (1049 + 97, 1012 + 97, 1099, 1110)
    # Saint-Denis-Lanneray merged in 2019 and the file has no row for Lanneray: nothing before 2017.
    assert [year for year, _ in ask.population_series(commune("28334"))][0] == 2017


def test_places_in_region(region):
    assert ask.places_in_region().filter(zoning_id="commune").count() == 1754
    assert ask.communes_in_region().count() == 1754
    assert not ask.places_in_region().filter(communes_in_region=0).exists()
