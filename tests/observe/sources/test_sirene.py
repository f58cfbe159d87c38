"""The official SIRENE stock: two files joined, the ESS flag kept, and the wish not to be published respected."""

import zipfile
from pathlib import Path

import pytest

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Site
from terreau.observe.actions import harvest
from terreau.observe.models import SourceRecord
from terreau.observe.sources.errors import SourceError

from .stock import siren, siret, write

pytestmark = pytest.mark.django_db
UNITS = [
    {"sigleUniteLegale": "UF", "identifiantAssociationUniteLegale": "W372000001"},
    {"codeCommuneEtablissement": "75056"},  # another region
    {"economieSocialeSolidaireUniteLegale": "N"},  # not flagged: not read
    {"etatAdministratifEtablissement": "F"},  # closed: not read
    {"statutDiffusionUniteLegale": "P"},
    {"statutDiffusionUniteLegale": "N"},
    {"categorieJuridiqueUniteLegale": "1000", "nomUniteLegale": "FICTIF", "denominationUniteLegale": None},
    {"etatAdministratifUniteLegale": "C", "codeCommuneEtablissement": "45234"},
]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_stock(region: None, tmp_path: Path, form: str) -> None:
    done = harvest(source="sirene", path=write(tmp_path / "stock", UNITS, form))
    assert (done.rows_read, done.rows_out_of_region, done.rows_rejected, done.added) == (6, 1, 2, 3)
    assert done.unmapped_columns == []
    assert sorted(done.rejects.values_list("reason", "value")) == [
        ("natural_person", ""),
        ("not_diffusible", ""),
    ]

    open_one = Party.objects.get(siren=siren(0))
    assert (open_one.name, open_one.acronym, open_one.rna) == ("UNITE FICTIVE 0", "UF", "W372000001")
    assert (open_one.perimeter_basis, open_one.naf, open_one.diffusion) == ("official_flag", "94.99Z", "open")
    site = open_one.sites.get()
    assert (site.siret, site.address, site.post_code) == (siret(0), "1 RUE FICTIVE", "37000")

    partial = Party.objects.get(siren=siren(4))
    assert partial.diffusion == Diffusion.PARTIAL
    hidden = partial.sites.get()
    assert (hidden.commune and hidden.commune.code, hidden.address, hidden.post_code) == ("37261", "", "")
    assert "address" not in partial.records.get().values

    assert Party.objects.get(siren=siren(7)).is_active is False
    assert not Party.objects.filter(siren__in=[siren(5), siren(6)]).exists()


def test_coordinates_when_their_file_is_there(region: None, tmp_path: Path) -> None:
    folder = write(tmp_path / "stock", UNITS[:1])
    (folder / "GeolocalisationEtablissement_utf8.csv").write_text(
        f"siret;x;y;y_latitude;x_longitude\n{siret(0)};1;2;47.39;0.69\n"
    )
    harvest(source="sirene", path=folder)
    site = Site.objects.get()
    assert (site.lon, site.lat) == (0.69, 47.39)


def test_files_in_their_archives(region: None, tmp_path: Path) -> None:
    folder = write(tmp_path / "stock", UNITS)
    for path in sorted(folder.glob("*.csv")):
        with zipfile.ZipFile(path.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(path, path.name)
        path.unlink()
    assert harvest(source="sirene", path=folder).added == 3
    assert harvest(source="sirene", path=folder / "StockEtablissement_utf8.zip").unchanged == 3


def test_what_is_missing_is_named(region: None, tmp_path: Path) -> None:
    folder = write(tmp_path / "stock", UNITS)
    (folder / "StockUniteLegale_utf8.csv").rename(folder / "autre.csv")
    with pytest.raises(SourceError, match=r"Il manque le fichier «\sStockUniteLegale_\*"):
        harvest(source="sirene", path=folder)
    (folder / "StockUniteLegale_utf8.csv").write_text("siren,denominationUniteLegale\n1,A\n")
    with pytest.raises(SourceError, match="economieSocialeSolidaireUniteLegale"):
        harvest(source="sirene", path=folder)
    (folder / "StockUniteLegale_2.csv").write_text("siren\n")
    with pytest.raises(SourceError, match="Plusieurs fichiers"):
        harvest(source="sirene", path=folder)


def test_three_hundred_thousand_letters_in_one_cell(region: None, tmp_path: Path) -> None:
    """Longer than the limit of Python's own reader."""
    harvest(source="sirene", path=write(tmp_path / "stock", [{"libelleVoieEtablissement": "x" * 300_000}]))
    assert len(Site.objects.get().address) == 300
    assert SourceRecord.objects.get().values["address"].endswith("x")
