"""What pages say of themselves to machines, read out of the pages as a machine does."""

import json
from html.parser import HTMLParser
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from terreau.lake.publishing import publish_all
from terreau.observe.schema_org import script_text
from tests.factories import make_party, make_place, make_site
from tests.factories.world import make_world

NASTY = "</script><script>alert(1)</script><!-- <script> ]]> \u2028 & \" ' é"


class _Scripts(HTMLParser):
    """Gathers what is in each script of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.kinds: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append("")
            self.kinds.append(dict(attrs).get("type"))

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.found[-1] += data


def _said(client, route: str, *arguments: str) -> dict[str, Any]:
    scripts = _Scripts(client.get(reverse(route, args=arguments)).content.decode())
    blocks = [
        text for text, kind in zip(scripts.found, scripts.kinds, strict=True) if kind == "application/ld+json"
    ]
    (block,) = blocks
    return json.loads(block)


@given(st.text())
def test_any_text_is_harmless_and_read_back(text: str) -> None:
    written = script_text({"name": text + NASTY})
    assert not set("<>&") & set(written)
    assert json.loads(written)["name"] == text + NASTY


@pytest.mark.django_db
def test_an_organisation_tells_its_identifiers_and_its_place(client) -> None:
    commune = make_place("99001", name="Fictive")
    party = make_party(
        "Épicerie fictive",
        siren="200000008",
        rna="W991000001",
        nature="association",
        website="javascript:alert(1)",
    )
    make_site(
        party, commune, siret="20000000800017", address="1 rue Inventée", post_code="99000", lon=1.5, lat=47.5
    )
    make_site(party, make_place("99002"), is_active=False)
    said = _said(client, "observe:party", party.public_id)
    page = f"http://testserver/acteurs/{party.public_id}/"
    assert (said["@context"], said["@type"], said["@id"]) == ("https://schema.org", "NGO", f"{page}#acteur")
    assert {one["propertyID"]: one["value"] for one in said["identifier"]} == {
        "SIREN": "200000008",
        "RNA": "W991000001",
    }
    assert said["address"] == {
        "@type": "PostalAddress",
        "streetAddress": "1 rue Inventée",
        "postalCode": "99000",
        "addressLocality": "Fictive",
        "addressCountry": "FR",
    }
    (location,) = said["location"]
    assert location["geo"] == {"@type": "GeoCoordinates", "latitude": 47.5, "longitude": 1.5}
    assert location["identifier"]["value"] == "20000000800017"
    assert "url" not in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"nature": "public"}, "GovernmentOrganization"),
        ({"kind": "public_body"}, "GovernmentOrganization"),
        ({"nature": "foundation"}, "NGO"),
        ({"nature": "cooperative"}, "Organization"),
        ({"nature": "unknown"}, "Organization"),
    ],
)
def test_what_an_organisation_is(client, values: dict, expected: str) -> None:
    assert _said(client, "observe:party", make_party(**values).public_id)["@type"] == expected


@pytest.mark.django_db
def test_of_a_partial_diffusion_the_commune_alone_is_told(client) -> None:
    party = make_party("Discrète", diffusion="partial", siren="200000008")
    make_site(
        party, make_place(name="Fictive"), address="3 rue Secrète", post_code="99777", lon=1.5123, lat=47.5
    )
    said = _said(client, "observe:party", party.public_id)
    assert said["address"]["addressLocality"] == "Fictive"
    for secret in ("Secrète", "99777", "1.5123"):
        assert secret not in json.dumps(said, ensure_ascii=False)


@pytest.mark.django_db
@pytest.mark.parametrize("values", [{"kind": "person"}, {"nature": "person"}])
def test_of_a_person_nothing_is_told(client, values: dict) -> None:
    party = make_party("Personne fictive", **values)
    html = client.get(reverse("observe:party", args=[party.public_id])).content.decode()
    assert "ld+json" not in html


@pytest.mark.django_db
def test_a_place_with_what_holds_it(client) -> None:
    make_world()
    said = _said(client, "observe:place", "commune", "99001")
    assert (said["@type"], said["identifier"]["value"]) == ("AdministrativeArea", "99001")
    assert [one["name"] for one in said["containedInPlace"]] == ["Fictif-Ouest", "Région fictive"]
    basin = _said(client, "observe:place", "bassin_de_vie_2022", "B9901")
    assert (basin["@type"], basin["name"]) == ("Place", "Bassin fictif")


@pytest.mark.django_db
def test_a_dataset_with_its_files(client, settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path
    settings.SITE_ADDRESS = "https://terreau.exemple.invalid"
    make_world()
    assert "ld+json" not in client.get(reverse("observe:dataset", args=["sites"])).content.decode()
    publish_all()
    said = _said(client, "observe:dataset", "sites")
    assert said["license"] == "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
    assert said["url"] == "https://terreau.exemple.invalid/donnees/sites/"
    forms = {file["encodingFormat"]: file["contentUrl"] for file in said["distribution"]}
    assert forms["text/csv"] == "https://terreau.exemple.invalid/donnees/sites.csv"
    assert len(forms) == 4


@pytest.mark.django_db
def test_a_nasty_name_stays_inside_its_script(client) -> None:
    party = make_party(NASTY, acronym="<b>")
    html = client.get(reverse("observe:party", args=[party.public_id])).content.decode()
    assert "<script>alert" not in html
    assert _said(client, "observe:party", party.public_id)["name"] == NASTY
