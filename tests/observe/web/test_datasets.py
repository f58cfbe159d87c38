"""Open data pages and files."""

import io
import json

import polars as pl
import pytest
from django.urls import reverse

from terreau.lake.catalogue import datasets
from terreau.lake.publishing import publish_all
from terreau.observe.models import IndicatorValue
from tests.factories import make_party, make_place, make_record, make_site, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lake_in_a_temporary_folder(settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path


def _download(client, name: str, file_format: str) -> bytes:
    response = client.get(reverse("observe:dataset_file", args=[name, file_format]))
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    response.close()
    return content


def _organisation(**values):
    commune = make_place("45234")
    party = make_party("Épicerie <b>fictive</b>", siren="200000008", **values)
    make_site(party, commune, lon=1.9, lat=47.9, address="1 rue d’Essai")
    make_site(party, commune, siret="20000000800017")
    make_record(party)
    return party


def test_a_source_is_named_once_whatever_it_says_of_a_party(client) -> None:
    party = _organisation()
    make_record(party)
    make_record(party, make_source("autre"))
    publish_all()
    for name in ("organisations", "sites"):
        rows = json.loads(_download(client, name, "json"))["rows"]
        assert {row["sources"] for row in rows} == {"autre|essai"}


def test_pages_before_anything_is_published(client) -> None:
    page = client.get(reverse("observe:datasets"))
    assert page.status_code == 200
    assert "Pas encore publié" in page.content.decode()
    assert client.get(reverse("observe:dataset", args=["organisations"])).status_code == 200
    assert client.get(reverse("observe:dataset_file", args=["organisations", "csv"])).status_code == 404


def test_every_dataset_is_published_empty(client) -> None:
    make_source()
    published = publish_all()
    assert {name: entry["rows"] for name, entry in published.items()} == dict.fromkeys(datasets(), 0)


def test_an_organisation_and_its_sites_in_every_format(client) -> None:
    party = _organisation()
    publish_all()
    csv = _download(client, "organisations", "csv")
    row = pl.read_csv(io.BytesIO(csv), infer_schema=False).row(0, named=True)
    assert row["public_id"] == party.public_id
    assert (row["commune_code"], row["sites"], row["sources"]) == ("45234", "2", "essai")
    geojson = _download(client, "sites", "geojson")
    features = json.loads(geojson)["features"]
    assert [f["geometry"] and f["geometry"]["coordinates"] for f in features] == [[1.9, 47.9], None]


def test_a_masked_organisation_is_in_no_file(client) -> None:
    _organisation(diffusion="masked")
    for entry in publish_all().values():
        for format_ in entry["files"]:
            assert b"pic\xc3\xa9rie" not in _download(client, entry["name"], format_)


def test_a_file_is_not_sent_twice(client) -> None:
    _organisation()
    publish_all()
    address = reverse("observe:dataset_file", args=["organisations", "parquet"])
    first = client.get(address)
    first.close()
    assert first["Content-Disposition"].endswith('"organisations.parquet"')
    for etag in (first["ETag"], f"W/{first['ETag']}"):
        again = client.get(address, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")


def test_the_page_shows_columns_licence_and_digest(client) -> None:
    _organisation()
    publish_all()
    html = client.get(reverse("observe:dataset", args=["organisations"])).content.decode()
    assert "Licence Ouverte 2.0" in html
    assert "perimeter_basis" in html
    assert "SHA-256" in html


@pytest.mark.parametrize("path", ["/donnees/absent/", "/donnees/organisations.exe", "/donnees/absent.csv"])
def test_what_does_not_exist_is_not_found(client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_odbl_source_puts_the_table_under_odbl() -> None:
    party = _organisation()
    make_record(party, make_source("carte-libre", licence="odbl-1.0"))
    assert publish_all()["organisations"]["licence"] == "odbl-1.0"


def test_a_figure_that_nobody_measured_is_an_empty_cell(client) -> None:
    place = make_place("45234")
    IndicatorValue.objects.create(indicator="essai", place=place, period="2022", value=None, unplaced=3)
    publish_all()
    assert _download(client, "indicators", "csv").splitlines()[1].endswith(b",2022,,3")
