"""Open data pages and files."""

import hashlib
import io
import json

import polars as pl
import pytest
from django.urls import reverse

from terreau.commons.models import JournalEntry, Party
from terreau.lake.catalogue import datasets
from terreau.lake.kept import kept_folder, kept_manifests
from terreau.lake.publishing import publish_all, published_file
from terreau.observe.actions.publications import prune_publications
from terreau.observe.models import IndicatorValue, Merge
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


def _two_versions() -> None:
    party = _organisation()
    publish_all()
    party.name = "Autre nom fictif"
    party.save()
    publish_all()
    for folder, day in (
        (kept_folder("organisations") / "1", 10),
        (published_file("organisations", "csv").parent, 20),
    ):
        path = folder / "manifest.json"
        at = f"2026-01-{day}T12:00:00+00:00"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"published_at": at}))


def test_each_version_keeps_its_files_at_its_address(client) -> None:
    _two_versions()
    page = client.get("/donnees/organisations/").text
    for number in (1, 2):
        for kind in ("csv", "parquet", "json", "geojson"):
            address = f"/donnees/organisations/version/{number}/organisations.{kind}"
            assert address in page
            answer = client.get(address, headers={"Accept-Encoding": "identity"})
            content = answer.getvalue()
            answer.close()
            digest = hashlib.sha256(content).hexdigest()
            assert (answer.status_code, answer["ETag"]) == (200, f'"{digest}"')
            assert answer["Content-Length"] == str(len(content)) and digest in page
            known = client.get(address, headers={"If-None-Match": answer["ETag"]})
            assert known.status_code == 304
    assert "fictive" in _text(client, 1) and "Autre nom fictif" in _text(client, 2)
    for absent in ("version/3/organisations.csv", "version/1/sites.csv", "version/1/organisations.exe"):
        assert client.get(f"/donnees/organisations/{absent}").status_code == 404


def _text(client, number: int) -> str:
    answer = client.get(f"/donnees/organisations/version/{number}/organisations.csv")
    content = answer.getvalue().decode()
    answer.close()
    return content


@pytest.mark.parametrize(("day", "number"), [("2026-01-10", 1), ("2026-01-19", 1), ("2026-01-20", 2)])
def test_a_date_picks_the_version_published_then(client, day: str, number: int) -> None:
    _two_versions()
    page = client.get("/donnees/organisations/", {"au": day})
    assert page.status_code == 200 and f"la version {number} était publiée" in page.text
    file = client.get("/donnees/organisations.csv", {"au": day})
    assert (file.status_code, file.url) == (302, f"/donnees/organisations/version/{number}/organisations.csv")


def test_a_date_before_every_version_or_that_is_none(client) -> None:
    _two_versions()
    before = client.get("/donnees/organisations/", {"au": "2025-12-31"})
    assert before.status_code == 404 and "la première est du 10 janvier 2026" in before.text.replace(
        "\u00a0", " "
    )
    assert client.get("/donnees/organisations.csv", {"au": "2025-12-31"}).status_code == 404
    wrong = client.get("/donnees/organisations/", {"au": "hier"})
    assert wrong.status_code == 400 and "n’est pas une date passée" in wrong.text
    assert client.get("/donnees/organisations.csv", {"au": "hier"}).url == "/donnees/organisations/?au=hier"


def test_a_version_says_that_it_was_redacted(client) -> None:
    _two_versions()
    before = [one["files"]["csv"]["sha256"] for one in kept_manifests("organisations")]
    Party.objects.update(diffusion="masked")
    publish_all()
    page = client.get("/donnees/organisations/").text
    assert page.count("Expurgée le") == 2
    assert before[0] not in page
    assert "fictif" not in _text(client, 2) and "fictive" not in _text(client, 1)


@pytest.mark.parametrize("former", [False, True])
def test_a_partial_organisation_loses_its_position_in_old_versions(client, former: bool) -> None:
    party = _organisation()
    publish_all()
    if former:  # published under an identity and a number that are no more its own
        Merge.objects.create(
            gone_identity=party.identity,
            gone_public_id=party.public_id,
            kept_identity="siren:552100554",
            basis="review",
        )
        changed = {"identity": "siren:552100554", "public_id": "bbbbbbbbbb", "siren": "552100554"}
        Party.objects.update(**changed)
        publish_all()
    assert "47.9" in _text(client, 1)
    Party.objects.update(diffusion="partial")
    publish_all()
    assert "47.9" not in _text(client, 1) and "Essai" not in _text(client, 1)
    assert "45234" in _text(client, 1)


def test_a_version_says_that_its_files_are_withdrawn(client) -> None:
    _two_versions()
    Party.objects.update(name="Troisième")
    publish_all()
    assert prune_publications(keep=1, by=None) == 2  # of organisations, and of sites
    assert JournalEntry.objects.get().verb == "prune-publications"
    page = client.get("/donnees/organisations/").text
    assert page.count("fichiers retirés le") == 1
    assert client.get("/donnees/organisations/version/1/organisations.csv").status_code == 404
