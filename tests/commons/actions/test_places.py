"""Loading a region from the shipped tables. Small regions where any will do: they load in no time."""

import re
import shutil

import polars as pl
import pytest
from django.db import IntegrityError
from django.db.models import Count, Sum

from terreau.commons.actions import OtherRegionLoaded, load_places
from terreau.commons.licences import NOT_FOR_PUBLICATION, IncompatibleLicences
from terreau.commons.models import (
    CommuneChange,
    JournalEntry,
    Membership,
    Place,
    PopulationCount,
    PostCode,
    Source,
    Zoning,
)
from terreau.commons.territories import UnknownRegion
from tests.factories import make_party, make_site, make_source, make_user

pytestmark = pytest.mark.django_db

CORSICA = "94"


def in_region(zoning: str) -> int:
    return Place.objects.filter(zoning_id=zoning, communes_in_region__gt=0).count()


def test_centre_val_de_loire():
    report = load_places(region="24", by=None)
    assert report.communes == 1754
    assert {zoning: in_region(zoning) for zoning in Zoning.objects.values_list("code", flat=True)} == {
        "commune": 1754,
        "epci_2026": 82,
        "bassin_de_vie_2012": 110,
        "bassin_de_vie_2022": 117,
        "zone_emploi_2020": 19,
        "departement": 6,
        "region": 1,
    }
    assert set(Place.objects.filter(zoning_id="departement").values_list("code", flat=True)) == {
        "18", "28", "36", "37", "41", "45",
    }  # fmt: skip
    assert not Zoning.objects.get(code="bassin_de_vie_2012").is_current
    assert not Place.objects.filter(communes_in_region=0).exclude(zoning_id="commune").exists()
    assert not Place.objects.filter(search_text="").exists()
    assert not Place.objects.filter(zoning_id="commune", communes_in_region=1, lon=None).exists()
    # Every commune of the region is in exactly one zone of each zoning, and its 2021 population is known.
    inside = Place.objects.filter(zoning_id="commune", communes_in_region=1)
    assert Membership.objects.filter(commune__in=inside).count() == 6 * 1754
    assert PopulationCount.objects.filter(commune__in=inside, year=2021).count() == 1754
    assert PostCode.objects.filter(commune__in=inside).values("commune").distinct().count() == 1754
    region = Place.objects.get(zoning_id="region")
    assert (
        region.population == region.population_in_region == sum(inside.values_list("population", flat=True))
    )
    assert {s.licence for s in Source.objects.filter(zonings__isnull=False)} == {"etalab-2.0", "odbl-1.0"}


def test_population_series():
    load_places(region="24", by=None)
    inside = PopulationCount.objects.filter(commune__communes_in_region=1)
    years = inside.values_list("year").annotate(Count("pk"), Sum("population")).order_by("year")
    # The published totals of the region; before 2017 the file misses communes that merged since.
    assert list(years)[4:] == [
        (2017, 1754, 2_576_252),
        (2018, 1754, 2_572_853),
        (2019, 1754, 2_573_180),
        (2020, 1754, 2_574_863),
        (2021, 1754, 2_573_303),
    ]
    assert [1754 - communes for _, communes, _ in years[:4]] == [37, 26, 15, 12]
    # La Selle-sur-le-Bied: with Saint-Loup-de-Gonois before 2018 (1049 + 97), then as counted.
    series = dict(inside.filter(commune__code="45307").values_list("year", "population"))
    assert (series[2013], series[2017], series[2018], series[2021]) == (1049 + 97, 1012 + 97, 1099, 1110)
    # Saint-Denis-Lanneray merged in 2019 and the file has no row for Lanneray: nothing before 2017.
    assert min(inside.filter(commune__code="28334").values_list("year", flat=True)) == 2017


def test_zones_that_cross_the_border_come_whole():
    load_places(region="24", by=None)
    partial = {p.code: p for p in Place.objects.filter(zoning_id="epci_2026") if p.is_partial}
    parts = {code: (p.communes_in_region, p.communes_total) for code, p in partial.items()}
    assert parts == {
        "200040277": (75, 81),  # Dreux
        "200066462": (1, 41),
        "200068088": (1, 32),
        "200067668": (22, 23),
        "247800550": (4, 36),
    }
    dreux = partial["200040277"]
    assert dreux.communes.count() == 81
    outside = dreux.communes.filter(communes_in_region=0)
    assert outside.count() == 6
    assert dreux.population == sum(dreux.communes.values_list("population", flat=True))
    assert dreux.population - dreux.population_in_region == sum(outside.values_list("population", flat=True))
    # A commune outside has no département here: it is of another region.
    assert not Membership.objects.filter(commune__in=outside, place__zoning_id="departement").exists()


def test_a_second_run_changes_nothing_and_says_so():
    user = make_user()
    first = load_places(region=CORSICA, by=user)
    assert first.did_something and first.added > 3_000
    keys = set(Place.objects.values_list("pk", flat=True))
    second = load_places(region=CORSICA, by=user)
    assert (second.added, second.changed, second.removed) == (0, 0, 0)
    assert second.unchanged == first.added
    assert "rien n’a changé" in str(second)
    assert set(Place.objects.values_list("pk", flat=True)) == keys
    entry = JournalEntry.objects.get()
    assert (entry.verb, entry.subject, entry.by) == ("load-places", "region:94", user)
    assert entry.details["added"] == first.added


def test_a_renewal_changes_what_changed_and_places_keep_their_keys(settings, tmp_path):
    shutil.copytree(settings.SHIPPED_DATA / "territories", tmp_path / "territories")
    load_places(region=CORSICA, by=None)
    ajaccio = Place.objects.get(zoning_id="commune", code="2A004")
    settings.SHIPPED_DATA = tmp_path
    path = tmp_path / "territories" / "communes.parquet"
    is_ajaccio = pl.col("code") == "2A004"
    renewed = pl.read_parquet(path).with_columns(population=pl.col("population") + is_ajaccio.cast(pl.Int32))
    renewed.filter(pl.col("code") != "2A001").write_parquet(path)
    report = load_places(region=CORSICA, by=None)
    assert Place.objects.get(zoning_id="commune", code="2A004").pk == ajaccio.pk
    assert Place.objects.get(pk=ajaccio.pk).population == ajaccio.population + 1
    assert not Place.objects.filter(zoning_id="commune", code="2A001").exists()
    assert report.changed >= 5  # Ajaccio and zones it is in
    assert report.removed == 2  # the commune with all that hung on it, and a change of its past
    again = load_places(region=CORSICA, by=None)
    assert not again.did_something


def test_an_unknown_region_is_refused_with_the_list():
    for code in ("99", "", "975"):
        with pytest.raises(UnknownRegion, match="24 Centre-Val de Loire, 27 Bourgogne-Franche-Comté"):
            load_places(region=code, by=None)
    assert not Place.objects.exists()


def test_another_region_takes_the_place_of_an_empty_one():
    load_places(region="04", by=None)
    report = load_places(region=CORSICA, by=None)
    assert report.removed
    assert set(Place.objects.filter(zoning_id="region").values_list("code", flat=True)) == {CORSICA}
    assert not Place.objects.filter(code__startswith="974").exists()


def test_another_region_is_refused_once_there_are_parties():
    load_places(region="04", by=None)
    make_site(make_party(), Place.objects.get(code="97411", zoning_id="commune"))
    with pytest.raises(OtherRegionLoaded, match="La Réunion"):
        load_places(region=CORSICA, by=None)
    assert load_places(region="04", by=None).did_something is False


def test_a_failure_leaves_what_was_there(settings, tmp_path):
    load_places(region="04", by=None)
    before = Place.objects.count()
    shutil.copytree(settings.SHIPPED_DATA / "territories", tmp_path / "territories")
    settings.SHIPPED_DATA = tmp_path
    path = tmp_path / "territories" / "changes.parquet"
    pl.read_parquet(path).with_columns(kind=pl.lit(None, pl.String)).write_parquet(path)
    with pytest.raises(IntegrityError):
        load_places(region=CORSICA, by=None)
    assert Place.objects.count() == before
    assert CommuneChange.objects.exclude(code_after__startswith="97").count() == 0


def test_progress_counts_tables():
    seen = []
    load_places(region="04", by=None, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(number, 7) for number in range(1, 8)]


@pytest.mark.parametrize(
    ("region", "communes", "epci", "basins", "departements"), [("53", 1202, 61, 135, 4), ("06", 17, 5, 2, 1)]
)
def test_other_regions(region, communes, epci, basins, departements):
    load_places(region=region, by=None)
    counts = [in_region(z) for z in ("commune", "epci_2026", "bassin_de_vie_2022", "departement", "region")]
    assert counts == [communes, epci, basins, departements, 1]
    # Contours are shipped for one region only.
    assert not Source.objects.filter(code="contours").exists()


def test_a_regional_zoning_is_data(settings, tmp_path):
    """A list of basins of the region's own: a column, its labels and a declaration; nothing else is lost."""
    folder = tmp_path / "territories"
    shutil.copytree(settings.SHIPPED_DATA / "territories", folder)
    load_places(region="04", by=None)
    before = Membership.objects.count()
    settings.SHIPPED_DATA = tmp_path
    zones = pl.read_parquet(folder / "zonings.parquet")
    is_north = pl.col("code").is_in(["97411", "97418", "97420"])
    own = pl.when(is_north).then(pl.lit("N")).when(pl.col("code").str.starts_with("974")).then(pl.lit("S"))
    zones.with_columns(bassins_region_2015=own).write_parquet(folder / "zonings.parquet")
    labels = pl.read_parquet(folder / "zoning_labels.parquet")
    mine = pl.DataFrame({"zoning": ["bassins_region_2015"], "code": ["N"], "name": ["Bassin du nord"]})
    pl.concat([labels, mine]).write_parquet(folder / "zoning_labels.parquet")
    with (folder / "territories.toml").open("a") as declared:
        declared.write(
            '[[zoning]]\ncode = "bassins_region_2015"\nkind = "bassins_region"\nversion = "2015"\n'
            'title = "bassin"\ntitle_plural = "bassins"\nlevel = 3\nis_current = false\nsource = "communes"\n'
        )
    report = load_places(region="04", by=None)
    assert (report.changed, report.removed) == (0, 0)
    assert Membership.objects.count() == before + 24
    north = Place.objects.get(zoning_id="bassins_region_2015", code="N")
    assert (north.name, north.communes_total, north.communes.count()) == ("Bassin du nord", 3, 3)
    assert Place.objects.get(zoning_id="bassins_region_2015", code="S").name == "S"  # no label: its code


def test_what_was_corrected_here_holds_after_a_renewal():
    load_places(region=CORSICA, by=None)
    kept = {("commune", "2A004"): {"name": "Ajaccio corrigée", "population": 7}}
    load_places(region=CORSICA, by=None, kept=kept)
    place = Place.objects.get(zoning="commune", code="2A004")
    assert (place.name, place.search_text, place.population) == ("Ajaccio corrigée", "ajaccio corrige", 7)
    assert not load_places(region=CORSICA, by=None, kept=kept).did_something
    load_places(region=CORSICA, by=None)
    place.refresh_from_db()
    assert place.name == "Ajaccio"


def with_licence(settings, tmp_path, code: str, licence: str) -> None:
    """The shipped tables, where one source has another licence."""
    shutil.copytree(settings.SHIPPED_DATA / "territories", tmp_path / "territories")
    settings.SHIPPED_DATA = tmp_path
    path = tmp_path / "territories" / "territories.toml"
    before, start, after = path.read_text().partition(f'code = "{code}"')
    assert start
    path.write_text(before + start + re.sub(r'licence = "[^"]+"', f'licence = "{licence}"', after, count=1))


@pytest.mark.parametrize("licence", ["cc-by-sa-4.0", NOT_FOR_PUBLICATION, "inventee-1.0"])
def test_tables_that_cannot_stand_together_are_refused_whole(settings, tmp_path, licence):
    """The zonings of the shipped tables are under ODbL."""
    with_licence(settings, tmp_path, "population", licence)
    with pytest.raises(IncompatibleLicences, match="Rien n’a été écrit"):
        load_places(region=CORSICA, by=None)
    assert not Place.objects.exists() and not Source.objects.exists() and not JournalEntry.objects.exists()


def test_tables_are_refused_beside_a_source_read_before():
    make_source("vieille", title="Une vieille liste", licence="cc-by-sa-4.0")
    with pytest.raises(IncompatibleLicences, match=r"Une vieille liste.*déjà lue"):
        load_places(region=CORSICA, by=None)
    assert not Place.objects.exists()
    Source.objects.update(licence=NOT_FOR_PUBLICATION)  # never read
    assert load_places(region=CORSICA, by=None).added
