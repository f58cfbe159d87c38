"""Finding places and following communes through time, on Centre-Val de Loire."""

from datetime import date

import pytest

from terreau.commons.actions import load_places
from terreau.commons.models import CommuneChange, Place
from terreau.commons.queries import places as ask
from terreau.commons.search.fold import fold_for_search
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
    whole = [
        one for one in found if "saint pierre" in (one.commune.search_text, fold_for_search(one.former_name))
    ]
    assert found[: len(whole)] == whole
    others = [one.commune.communes_in_region for one in found[len(whole) :]]
    assert set(others) == {0, 1}
    assert others == sorted(others, reverse=True)


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


def test_places_in_region(region):
    assert ask.places_in_region().filter(zoning_id="commune").count() == 1754
    assert ask.communes_in_region().count() == 1754
    assert not ask.places_in_region().filter(communes_in_region=0).exists()
