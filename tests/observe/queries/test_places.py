"""Who is there, what is compared with what, how a place is found, and what became of a commune."""

from datetime import date

import pytest

from terreau.commons.enums import Diffusion
from terreau.commons.models import CommuneChange, Place, PostCode
from terreau.commons.search.fold import fold_for_search
from terreau.observe.queries import places as read
from tests.factories import make_party, make_place, make_record, make_site, make_source
from tests.observe.territory import Territory, make_organisation, make_territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def territory() -> Territory:
    territory = make_territory()
    for place in Place.objects.all():
        place.search_text = fold_for_search(place.name)
        place.save()
    PostCode.objects.create(code="99100", commune=territory.west_1)
    PostCode.objects.create(code="99100", commune=territory.west_2)
    return territory


def change(kind: str, before: tuple[str, str], after: tuple[str, str], on: date = date(2019, 1, 1)) -> None:
    CommuneChange.objects.create(
        date=on,
        kind=kind,
        code_before=before[0],
        name_before=before[1],
        code_after=after[0],
        name_after=after[1],
    )


def test_parties_of_a_zone_are_those_of_its_communes_each_once(territory: Territory) -> None:
    both = make_organisation("100000009", territory.west_1, territory.west_2)
    make_organisation("200000008", territory.east)
    make_organisation("300000007", territory.west_1, diffusion=Diffusion.MASKED)
    make_organisation("400000006", territory.west_1, is_active=False)
    vague = make_organisation("500000005", None, departement=territory.departement_west)
    assert list(read.parties_at(territory.epci_west)) == [both]
    assert set(read.parties_at(territory.departement_west)) == {both, vague}
    assert read.parties_at(territory.region).count() == 3


def test_levels_above(territory: Territory) -> None:
    def levels(place: Place) -> list[Place]:
        return read.levels_above(Place.objects.select_related("zoning").get(pk=place.pk))

    basin = make_place("99001", "bassin_de_vie", [territory.west_2, territory.east], version="2022")
    assert levels(territory.west_1) == [territory.epci_west, territory.departement_west, territory.region]
    assert levels(territory.epci_west) == [territory.departement_west, territory.region]
    assert levels(territory.epci_border) == [territory.departement_east, territory.region]
    assert levels(basin) == [territory.region]  # it lies in two départements
    assert levels(territory.departement_west) == [territory.region]
    assert levels(territory.region) == []
    assert levels(territory.abroad) == []


def test_an_older_version_is_not_a_level_to_compare_with(territory: Territory) -> None:
    older = make_place("99001", "bassin_de_vie", [territory.west_1], version="2012")
    older.zoning.is_current = False
    older.zoning.save()
    assert older in read.zones_of(territory.west_1)
    assert older not in read.levels_above(territory.west_1)


def test_knowledge_tells_sources_and_gaps(territory: Territory) -> None:
    silent = make_source("muette")
    elsewhere = make_organisation("200000008", territory.east)
    make_record(elsewhere, silent)
    make_organisation("100000009", territory.west_1, territory.west_2)
    unnamed = make_party()
    make_record(unnamed, site=make_site(unnamed, territory.west_1))
    make_source("jamais-lue")
    knowledge = read.knowledge_of(territory.epci_west)
    assert [(source.code, source.parties) for source in knowledge.sources] == [("essai", 2)]
    assert [source.code for source in knowledge.silent_sources] == ["muette"]
    assert (knowledge.parties, knowledge.without_siren, knowledge.unknown_perimeter) == (2, 1, 2)


@pytest.mark.parametrize(
    "text", ["epreuve", "ÉPREUVE SUR LOIRE", "Épreuve-sur", "99001", "99100 epreuve sur loire"]
)
def test_a_commune_is_found_by_name_or_code(territory: Territory, text: str) -> None:
    assert [found.commune for found in read.search_places(text).communes] == [territory.west_1]


def test_a_post_code_gives_all_its_communes(territory: Territory) -> None:
    found = read.search_places(" 99100 ")
    assert {one.commune for one in found.communes} == {territory.west_1, territory.west_2}


@pytest.mark.parametrize("text", ["vieux bourg", "Vieux-Bourg", "99777"])
def test_a_merged_commune_leads_to_that_of_today(territory: Territory, text: str) -> None:
    change("merge", ("99777", "Vieux-Bourg"), ("99888", "Moyen-Bourg"), date(1972, 1, 1))
    change("merge", ("99888", "Moyen-Bourg"), ("99001", "Épreuve-sur-Loire"))
    assert [found.commune for found in read.search_places(text).communes] == [territory.west_1]


def test_zones_and_communes_across_the_border_are_kept_apart(territory: Territory) -> None:
    found = read.search_places("bord")
    assert found.zones == [territory.epci_border]
    assert not found.communes
    outside = read.search_places("ailleurs")
    assert [one.commune for one in outside.outside] == [territory.abroad]
    assert not outside.communes


@pytest.mark.parametrize("text", ["", "   ", "'", "zzz", "99999999", "%", "a' OR 1=1 --", "é" * 500])
def test_nothing_found_is_no_error(territory: Territory, text: str) -> None:
    assert not read.search_places(text).communes


def test_history_tells_merges_with_their_dates(territory: Territory) -> None:
    change("merge", ("99777", "Vieux-Bourg"), ("99888", "Moyen-Bourg"), date(1972, 1, 1))
    change("merge", ("99888", "Moyen-Bourg"), ("99001", "Épreuve-sur-Loire"))
    change("merge", ("99001", "Épreuve"), ("99001", "Épreuve-sur-Loire"))
    change("rename", ("99001", "Épreuve la Vieille"), ("99001", "Épreuve"), date(1950, 6, 1))
    change("split", ("99001", "Épreuve-sur-Loire"), ("99555", "Le Hameau"), date(2021, 1, 1))
    change("split", ("99001", "Épreuve-sur-Loire"), ("99001", "Épreuve-sur-Loire"), date(2021, 1, 1))
    change("move", ("45999", "Épreuve la Vieille"), ("99001", "Épreuve la Vieille"), date(1945, 1, 1))
    change("merge", ("98777", "Autre"), ("98001", "La Ferté-Fictive"))
    events = [(event.on.year, event.sentence) for event in read.history_of(territory.west_1)]
    assert [year for year, _ in events] == [2021, 2019, 1972, 1950, 1945]
    sentences = dict(events)
    assert "Moyen-Bourg, Épreuve → Épreuve-sur-Loire" in sentences[2019]
    assert "Vieux-Bourg → Moyen-Bourg" in sentences[1972]
    assert "Le Hameau, Épreuve-sur-Loire" in sentences[2021]
    assert "45999 → 99001" in sentences[1945]
