"""What other sites read: the catalogue against the published shapes of DCAT-AP, and the elements of a map."""

import datetime as dt
import json
from pathlib import Path

import pyshacl
import pytest
import rdflib
from django.urls import reverse
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, RDF, SH

from terreau.commons.actions.journal import write_journal
from terreau.commons.models import Party, Place, PostCode, Site, Source
from terreau.lake.catalogue import datasets
from terreau.lake.publishing import manifest, publish_all
from terreau.observe.actions import harvest
from terreau.observe.models import SchemeMember
from terreau.observe.queries.elements import map_elements
from tests.factories import make_party, make_place, make_record, make_site, make_source
from tests.factories.world import make_world

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:(ConjunctiveGraph|Dataset):DeprecationWarning"),  # RDFLib's own
]

RELEASE = Path("standards", "dcat-ap", "releases", "3.0.1")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")


@pytest.fixture(autouse=True)
def lake_in_a_temporary_folder(settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path


def _graph(client, form: str = "json_ld") -> rdflib.Graph:
    response = client.get(reverse(f"observe:catalogue_{form}"))
    assert response.status_code == 200
    expected = {"json_ld": "application/ld+json", "turtle": "text/turtle; charset=utf-8"}
    assert response["Content-Type"] == expected[form]
    return rdflib.Graph().parse(data=response.content, format={"json_ld": "json-ld"}.get(form, form))


def _shapes(path: Path) -> rdflib.Graph:
    """As published, but for properties whose shape the file names and does not hold (no validator could read it)."""
    graph = rdflib.Graph().parse(path, format="turtle")
    for shape in set(graph.objects(None, SH.property)):
        if (shape, SH.path, None) in graph:
            graph.add((shape, RDF.type, SH.PropertyShape))
        else:
            graph.remove((None, SH.property, shape))
    return graph


@pytest.mark.parametrize(
    "shapes", ["html/shacl/shapes.ttl", "html/shacl/range.ttl", "shacl/dcat-ap-SHACL.ttl"]
)
def test_the_catalogue_keeps_to_the_published_shapes(client, shared_data: Path, shapes: str) -> None:
    make_world()
    publish_all()
    graph = _graph(client)
    conforms, _report, text = pyshacl.validate(graph, shacl_graph=_shapes(shared_data / RELEASE / shapes))
    assert conforms, text


def test_the_shapes_would_see_a_fault(client, shared_data: Path) -> None:
    make_world()
    publish_all()
    graph = _graph(client)
    graph.remove((None, DCAT.accessURL, None))
    shapes = _shapes(shared_data / RELEASE / "html/shacl/shapes.ttl")
    assert not pyshacl.validate(graph, shacl_graph=shapes)[0]


def test_both_forms_say_the_same(client) -> None:
    make_world()
    publish_all()
    assert isomorphic(_graph(client), _graph(client, "turtle"))


def test_the_catalogue_before_anything_is_published(client) -> None:
    graph = _graph(client)
    assert list(graph.subjects(RDF.type, DCAT.Catalog))
    assert not list(graph.subjects(RDF.type, DCAT.Dataset))


def test_each_file_is_described_by_its_own_facts(client, settings) -> None:
    settings.SITE_ADDRESS = "https://terreau.exemple.invalid"
    make_world()
    publish_all()
    graph = _graph(client)
    assert len(list(graph.subjects(RDF.type, DCAT.Dataset))) == len(datasets())
    distributions = list(graph.subjects(RDF.type, DCAT.Distribution))
    assert len(distributions) == sum(len(one.formats) for one in datasets().values())
    for distribution in distributions:
        download = str(graph.value(distribution, DCAT.downloadURL))
        assert download.startswith("https://terreau.exemple.invalid/donnees/")
        name, format_ = download.rsplit("/", 1)[1].split(".")
        file = manifest(name)["files"][format_]
        checksum = graph.value(distribution, SPDX.checksum)
        assert graph.value(distribution, DCAT.byteSize).toPython() == file["bytes"]
        assert str(graph.value(checksum, SPDX.checksumValue)).lower() == file["sha256"]
        response = client.get(download.removeprefix("https://terreau.exemple.invalid"))
        response.close()
        assert response.status_code == 200


def test_the_period_is_that_of_the_sources(client) -> None:
    make_world()
    publish_all()
    graph = _graph(client)
    sites = next(graph.subjects(DCTERMS.identifier, rdflib.Literal("sites")))
    period = graph.value(sites, DCTERMS.temporal)
    days = [graph.value(period, name).toPython() for name in (DCAT.startDate, DCAT.endDate)]
    assert days == [dt.date(2024, 3, 1), dt.date(2024, 3, 1)]


@pytest.mark.parametrize("form", ["json_ld", "turtle"])
def test_a_catalogue_already_read_is_not_sent_again(client, form: str) -> None:
    address = reverse(f"observe:catalogue_{form}")
    first = client.get(address)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    make_world()
    publish_all()
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_catalogue_is_the_same_under_the_english_address(client) -> None:
    make_world()
    publish_all()
    french = reverse("observe:catalogue_json_ld")
    assert client.get(f"/en{french}").content == client.get(french).content


# Elements of a map


def _elements(client, query: str = "") -> dict:
    response = client.get(reverse("observe:elements") + query)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    return json.loads(b"".join(response.streaming_content))


def test_an_element_has_its_place_its_licence_and_its_sources(client) -> None:
    world = make_world()
    answer = _elements(client)
    assert answer["licence"] == "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
    first = answer["data"][0]
    commune = world.communes[0]
    assert (first["name"], first["title"]) == ("Épicerie fictive n° 1", "Épicerie fictive n° 1")
    assert first["geo"] == {"latitude": commune.lat, "longitude": commune.lon}
    assert first["location"] == {"lat": commune.lat, "lon": commune.lon}
    assert first["address"]["street"] == first["address"]["streetAddress"] == "1 rue Inventée"
    assert [category["name"] for category in first["categories"]] == [
        "association",
        "insertion par l’activité économique",
    ]
    assert first["licence"] == answer["licence"]
    assert first["sources"][0]["title"] == "Liste fictive des acteurs"
    assert first["url"] == f"http://testserver/acteurs/{world.parties[0].public_id}/"
    assert len(answer["data"]) == 3


def test_the_elements_of_a_real_map_have_no_key_that_ours_lack(client, shared_data: Path) -> None:
    """But those that a source of ours may not give, as words of its contributors on their commitment."""
    make_world()
    path = shared_data / "organisations" / "transiscope_presdecheznous_poitou_2020.json"
    theirs = {key for element in json.loads(path.read_text()) for key in element}
    ours = {key for element in _elements(client)["data"] for key in element}
    assert theirs - ours <= {"commitment", "description", "summary", "openHours", "images", "files"}, theirs


def test_nothing_masked_closed_or_private_is_told(client) -> None:
    commune = make_place("99001", name="Fictive")
    for diffusion in ("masked", "partial"):
        party = make_party(f"Discrète {diffusion}", diffusion=diffusion)
        make_site(party, commune, address="3 rue Secrète", lon=1.5, lat=47.5, identity=f"3 rue {diffusion}")
    make_site(make_party("Sans lieu"), departement=make_place("99", "departement"))
    make_site(make_party("Fermée", is_active=False), commune)
    make_site(make_party("Ouverte"), commune, is_active=False)
    answer = _elements(client)
    assert [element["name"] for element in answer["data"]] == ["Discrète partial"]
    assert "Secrète" not in json.dumps(answer, ensure_ascii=False)
    assert "geo" not in answer["data"][0]
    assert answer["data"][0]["address"] == {
        "addressLocality": "Fictive",
        "city": "Fictive",
        "inseeCode": "99001",
        "addressCountry": "FR",
    }
    assert _elements(client, "?bounds=-180,-90,180,90")["data"] == [], (
        "nor guessed by smaller and smaller boxes"
    )


def test_bounds_and_limit(client) -> None:
    make_world()  # at 1.6,47.3 · 1.7,47.4 · 1.8,47.5

    def names(query: str) -> list[str]:
        return [element["name"][-1] for element in _elements(client, query)["data"]]

    assert names("?bounds=1.65,47,1.75,48") == ["2"]
    assert names("?bounds=1.55,47,1.65,48;1.75,47,1.85,48") == ["1", "3"]
    assert names("?limit=2") == ["1", "2"]
    assert names("?bounds=1.65,47,2,48&limit=1") == ["2"]


@pytest.mark.parametrize(
    "query",
    [
        "bounds=1,2,3",
        "bounds=1,2,3,quatre",
        "bounds=nan,47,2,48",
        "bounds=2,47,1,48",
        "bounds=0,0,inf,90",
        "bounds=" + ";".join(["1,2,3,4"] * 11),
        "limit=0",
        "limit=-1",
        "limit=beaucoup",
        "limit=99999999999999999999",
        "limit=٣",
    ],
)
def test_wrong_bounds_and_limits_are_refused_with_a_sentence(client, query: str) -> None:
    response = client.get(reverse("observe:elements") + "?" + query)
    assert response.status_code == 400
    assert query.split("=")[0] in response.json()["detail"]


def test_elements_cost_the_same_queries_whatever_their_number(client, django_assert_num_queries) -> None:
    def ask(count: int) -> None:
        for _ in range(count):
            make_site(make_party(), make_place(f"4500{Site.objects.count()}"))
        with django_assert_num_queries(4):
            assert list(map_elements())

    ask(1)
    ask(3)


def test_elements_are_read_in_parts_without_loss(monkeypatch) -> None:
    monkeypatch.setattr("terreau.observe.queries.elements._CHUNK", 2)
    commune = make_place()
    expected = {make_site(make_party(), commune).party.name for _ in range(5)}
    assert {row.party.name for row in map_elements()} == expected
    assert len(list(map_elements(limit=3))) == 3
    assert len(list(map_elements(limit=4))) == 4


def test_an_element_that_no_licence_allows_is_left_out_and_counted(client) -> None:
    party = make_party("Sous deux licences")
    commune = make_place()
    make_site(party, commune)
    for licence in ("odbl-1.0", "cc-by-sa-4.0"):
        make_record(party, make_source(f"liste-{licence[:4]}", licence=licence))
    make_site(make_party("Sous une seule"), commune)
    answer = _elements(client)
    assert ([one["name"] for one in answer["data"]], answer["omitted"]) == (["Sous une seule"], 1)
    assert answer["licence"] is None


def test_elements_already_read_are_not_sent_again(client) -> None:
    make_world()
    write_journal(verb="harvest", by=None)
    address = reverse("observe:elements")
    first = client.get(address)
    for header, name in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        assert client.get(address, headers={header: first[name]}).status_code == 304, header
    write_journal(verb="harvest", by=None)
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_only_the_head(client) -> None:
    make_world()
    write_journal(verb="harvest", by=None)
    response = client.head(reverse("observe:elements"))
    assert (response.status_code, response.content) == (200, b"")
    assert response["ETag"]


def test_what_is_given_is_read_back_by_our_own_harvest(client, tmp_path: Path) -> None:
    """Export, then harvest into a base that knows the territory alone: the same names at the same places."""
    _small_region()
    awkward = 'Café « Chez "Léa" » & Cie'
    tours, orleans = Place.objects.get(code="37261"), Place.objects.get(code="45234")
    for name, commune, lon, lat in (
        ("Épicerie fictive", tours, 0.69, 47.39),
        (awkward, tours, 0.6912345, 47.4),
        ("Atelier fictif", orleans, 1.91, 47.87),
    ):
        party = make_party(name, description="Ligne 1\nLigne 2", website="https://exemple.invalid/?a=1&b=2")
        make_site(
            party, commune, lon=lon, lat=lat, address="5, rue Inventée", post_code=f"{commune.code[:2]}000"
        )
        make_record(party)
    SchemeMember.objects.create(party=party, scheme="fonjep", source=make_source())
    before = _names_and_places()
    path = tmp_path / "elements.json"
    path.write_text(json.dumps(_elements(client)))
    Party.objects.all().delete()
    done = harvest(source="gogocarto", path=path)
    assert (done.rows_read, done.rows_rejected, done.added) == (3, 0, 3)
    assert _names_and_places() == before
    assert {record.values["tags"] for record in Source.objects.get(pk="gogocarto").records.all()} == {
        "statut inconnu",
        "statut inconnu ; poste FONJEP",
    }


def _small_region() -> None:
    communes = [
        make_place("37261", name="Tours", lon=0.6898, lat=47.3948),
        make_place("45234", name="Orléans", lon=1.9163, lat=47.8735),
    ]
    for commune in communes:
        make_place(commune.code[:2], "departement", [commune])
        PostCode.objects.create(code=f"{commune.code[:2]}000", commune=commune)
    make_place("24", "region", communes)


def _names_and_places() -> set[tuple]:
    fields = ("name", "website", "sites__address", "sites__post_code", "sites__commune__code")
    return set(Party.objects.values_list(*fields, "sites__lon", "sites__lat"))
