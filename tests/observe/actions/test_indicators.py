"""What is published for each territory, and what is not."""

from datetime import date

import pytest

from terreau.commons.enums import Diffusion, Perimeter
from terreau.commons.models import JournalEntry, Place
from terreau.observe.actions.indicators import compute_indicators
from terreau.observe.models import IndicatorValue
from tests.factories import make_place, make_record, make_site, make_source, make_user
from tests.observe.territory import Territory, fund, join_scheme, make_organisation, make_territory

pytestmark = pytest.mark.django_db


@pytest.fixture
def territory() -> Territory:
    make_source(vintage=date(2024, 3, 1))
    return make_territory()


def published(indicator: str, place: Place, period: str | None = None) -> tuple[float | None, int] | str:
    """(value, unplaced), or "no row"."""
    rows = IndicatorValue.objects.filter(indicator=indicator, place=place)
    row = (rows.filter(period=period) if period else rows).first()
    return (row.value, row.unplaced) if row else "no row"


def test_an_organisation_counts_once_in_a_zone_and_once_in_each_commune(territory: Territory) -> None:
    make_organisation("100000009", territory.west_1, territory.west_2)
    make_organisation("200000008", territory.west_1)
    compute_indicators(by=None)
    assert published("organisations", territory.west_1) == (2, 0)
    assert published("organisations", territory.west_2) == (1, 0)
    for zone in (territory.epci_west, territory.departement_west, territory.region):
        assert published("organisations", zone) == (2, 0)


def test_none_known_is_an_empty_row_and_never_zero(territory: Territory) -> None:
    make_organisation("100000009", territory.west_1)
    compute_indicators(by=None)
    assert published("organisations", territory.east) == (None, 0)
    assert published("organisations_per_10000", territory.east) == (None, 0)
    assert not IndicatorValue.objects.filter(value=0).exists()


def test_without_a_source_there_is_no_row(territory: Territory) -> None:
    compute_indicators(by=None)
    assert set(IndicatorValue.objects.values_list("indicator", flat=True)) == {"population"}


def test_nothing_is_measured_outside_the_region(territory: Territory) -> None:
    party = make_organisation("100000009", territory.east)
    make_site(party, territory.abroad)
    make_organisation("200000008", territory.abroad)
    compute_indicators(by=None)
    assert not IndicatorValue.objects.filter(place=territory.abroad).exists()
    assert published("organisations", territory.epci_border) == (1, 0)


def test_the_rate_of_a_border_zone_has_both_sides_in_the_region(territory: Territory) -> None:
    make_organisation("100000009", territory.east)
    compute_indicators(by=None)
    assert published("population", territory.epci_border, "2021") == (400, 0)
    assert published("organisations_per_10000", territory.epci_border) == (25, 0)
    assert published("organisations_per_10000", territory.region) == (pytest.approx(10_000 / 2_400), 0)


def test_a_year_with_a_hole_is_empty_and_says_how_many_communes_miss(territory: Territory) -> None:
    compute_indicators(by=None)
    assert published("population", territory.epci_west, "2020") == (1900, 0)
    assert published("population", territory.region, "2020") == (None, 1)
    assert published("population", territory.region, "2021") == (2400, 0)


def test_a_source_that_gives_only_the_departement(territory: Territory) -> None:
    make_organisation("100000009", territory.west_1)
    make_organisation("200000008", None, departement=territory.departement_west)
    compute_indicators(by=None)
    assert published("organisations", territory.departement_west) == (2, 0)
    assert published("organisations", territory.region) == (2, 0)
    assert published("organisations", territory.west_1) == (1, 1)
    assert published("organisations", territory.epci_west) == (2, 0)  # it holds the whole département
    assert published("organisations", territory.west_2) == (None, 1)
    assert published("organisations", territory.east) == (None, 0)


@pytest.mark.parametrize(
    "values",
    [{"is_active": False}, {"diffusion": Diffusion.MASKED}],
    ids=["closed", "masked"],
)
def test_not_counted(territory: Territory, values: dict[str, object]) -> None:
    make_organisation("100000009", territory.west_1, **values)
    join_scheme(make_organisation("200000008", territory.west_2, perimeter=Perimeter.IN, **values))
    fund(make_organisation("300000007", territory.west_2, **values), 2023, 100, 1, commune=territory.west_2)
    compute_indicators(by=None)
    rows = IndicatorValue.objects.filter(value__isnull=False).exclude(indicator="population")
    money = {"funded_amount", "funded_posts"} if "is_active" in values else set()  # paid before it closed
    assert set(rows.values_list("indicator", flat=True)) == money


def test_a_closed_site_is_not_counted(territory: Territory) -> None:
    party = make_organisation("100000009", territory.west_1)
    make_site(party, territory.west_2, is_active=False)
    compute_indicators(by=None)
    assert published("organisations", territory.west_2) == (None, 0)


def test_parties_without_siren_are_not_counted(territory: Territory) -> None:
    make_organisation("100000009", territory.west_1)
    party = make_organisation("200000008", territory.west_1)
    party.siren = None
    party.save()
    compute_indicators(by=None)
    assert published("organisations", territory.west_1) == (1, 0)


def test_only_the_perimeter_of_the_ess(territory: Territory) -> None:
    for number, perimeter in enumerate(Perimeter.values):
        make_organisation(f"{number}00000000", territory.west_1, perimeter=perimeter)
    compute_indicators(by=None)
    assert published("organisations", territory.west_1) == (3, 0)
    assert published("ess_organisations", territory.west_1) == (1, 0)


def test_work_integration_counts_the_sites_that_its_source_names(territory: Territory) -> None:
    """The other sites of the same organisation are not sites of work integration."""
    lists = make_source("liste-insertion", vintage=date(2022, 1, 1))
    party = make_organisation("100000009", territory.west_1)
    make_record(party, lists, site=make_site(party, territory.west_2))
    join_scheme(party, lists)
    make_organisation("200000008", territory.west_2)
    compute_indicators(by=None)
    assert published("work_integration", territory.west_2, "2022-01-01") == (1, 0)
    assert published("work_integration", territory.west_1) == (None, 0)
    assert published("work_integration", territory.departement_west) == (1, 0)


def test_money_is_exact_by_year_and_placed_where_the_source_says(territory: Territory) -> None:
    party = make_organisation("100000009", territory.west_1)
    fund(party, 2022, 10, 1, commune=territory.west_1)
    fund(party, 2022, 20, 1, commune=territory.west_1)
    fund(party, 2022, 716_400, 1, departement=territory.departement_west)
    fund(party, 2010, 300_000, commune=territory.east, departement=territory.departement_east)
    fund(party, 2010, 5)
    compute_indicators(by=None)
    assert published("funded_amount", territory.west_1, "2022") == (0.3, 1)
    assert published("funded_amount", territory.departement_west, "2022") == (7164.3, 0)
    assert published("funded_amount", territory.region, "2022") == (7164.3, 0)
    assert published("funded_amount", territory.east, "2022") == (None, 0)
    assert published("funded_amount", territory.region, "2010") == (3000, 1)
    assert published("funded_posts", territory.west_1, "2022") == (2, 1)
    assert published("funded_posts", territory.region, "2022") == (3, 0)
    assert not IndicatorValue.objects.filter(indicator="funded_posts", period="2010").exists()


def test_the_period_is_the_newest_date_of_the_sources(territory: Territory) -> None:
    make_organisation("100000009", territory.west_1)
    make_source("jamais-lue", vintage=date(2026, 1, 1))
    compute_indicators(by=None)
    periods = IndicatorValue.objects.filter(indicator="organisations").values_list("period", flat=True)
    assert set(periods) == {"2024-03-01"}


def test_every_place_of_every_zoning_in_the_region_has_a_row(territory: Territory) -> None:
    """Two versions of one zoning, too."""
    basin_2012 = make_place("99002", "bassin_de_vie", [territory.west_2], version="2012")
    basin_2022 = make_place("99001", "bassin_de_vie", [territory.west_1, territory.east], version="2022")
    make_organisation("100000009", territory.east)
    report = compute_indicators(by=None)
    in_region = Place.objects.filter(communes_in_region__gt=0)
    assert set(
        IndicatorValue.objects.filter(indicator="organisations").values_list("place", flat=True)
    ) == set(in_region.values_list("pk", flat=True))
    assert report.places == in_region.count()
    assert published("organisations", basin_2022) == (1, 0)
    assert published("organisations", basin_2012) == (None, 0)


def test_a_second_run_changes_nothing_and_says_so(territory: Territory) -> None:
    user = make_user()
    make_organisation("100000009", territory.west_1)
    first = compute_indicators(by=user)
    keys = set(IndicatorValue.objects.values_list("pk", flat=True))
    second = compute_indicators(by=user)
    assert (first.changed, second.changed) == (True, False)
    assert "rien n’a changé" in str(second)
    assert set(IndicatorValue.objects.values_list("pk", flat=True)) == keys
    entry = JournalEntry.objects.get(verb="compute-indicators")
    assert entry.by == user
    assert entry.details["published"]["organisations"] == 4  # the commune, its EPCI, département and region


def test_figures_that_are_no_longer_true_go(territory: Territory) -> None:
    party = make_organisation("100000009", territory.west_1)
    compute_indicators(by=None)
    party.delete()
    compute_indicators(by=None)
    assert set(IndicatorValue.objects.values_list("indicator", flat=True)) == {"population"}


def test_progress_is_told(territory: Territory) -> None:
    steps: list[tuple[int, int]] = []
    compute_indicators(by=None, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_an_empty_site(db: None) -> None:
    report = compute_indicators(by=None)
    assert (report.published, report.places, report.changed) == ({}, 0, False)
