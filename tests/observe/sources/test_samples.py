"""A few real rows of each source, as published, through the declaration that ships."""

import re
from pathlib import Path
from typing import Any

import pytest

from terreau.commons.actions import load_places
from terreau.commons.models import Party, Site
from terreau.observe.actions import harvest
from terreau.observe.models import Funding, Harvest, SchemeMember, SourceRecord
from terreau.observe.queries import visible_parties

from .conftest import SAMPLES

pytestmark = pytest.mark.django_db


def read(code: str, suffix: str = "csv") -> Harvest:
    done = harvest(source=code, path=SAMPLES / f"{code}.{suffix}")
    assert done.unmapped_columns == (["a", "c"] if code == "sse_europe" else [])
    kept = SourceRecord.objects.filter(source=code).count()
    assert done.rows_read == kept + done.rows_out_of_region + done.rows_rejected + done.rows_repeated
    return done


def rejects(done: Harvest) -> list[tuple[Any, ...]]:
    return list(done.rejects.values_list("line", "field", "reason"))


def test_siae(real_region: None) -> None:
    done = read("siae")
    assert (done.rows_read, done.rows_out_of_region, done.added) == (7, 2, 5)
    party = Party.objects.get(siren="337888705")
    assert (party.name, party.naf, party.nature) == ("ASSOC AVADE", "94.99Z", "association")
    site = party.sites.get()
    assert (site.siret, site.commune and site.commune.name) == ("33788870500031", "Vendôme")
    assert site.address == "638 Boulevard du Président Roosevelt"
    assert set(SchemeMember.objects.values_list("scheme", "detail")) == {
        ("work_integration", detail) for detail in ("AI", "EI", "ACI")
    }


def test_mediation_numerique(real_region: None) -> None:
    read("mediation_numerique")
    party = Party.objects.get(siren="434806402")
    assert (party.name, party.nature, party.perimeter) == ("BGE CHER", "association", "in")
    site = party.sites.get()
    assert (site.name, site.commune and site.commune.code) == ("LA FABRIQUE 18", "18033")
    assert site.records.get().values["tags"] == "Coworking"
    assert party.website == "https://lafabrique18.com/"


def test_adulte_relais(real_region: None) -> None:
    done = read("adulte_relais")
    assert (done.rows_out_of_region, done.rows_rejected, done.added) == (2, 2, 5)
    assert {reason for _line, _field, reason in rejects(done)} == {"no_place"}
    assert set(Funding.objects.values_list("amount_cents", "posts", "year")) == {(1_987_506, 1, 2020)}
    assert not Funding.objects.filter(departement__isnull=True).exists()


def test_fonjep(real_region: None) -> None:
    done = read("fonjep")
    assert (done.rows_out_of_region, done.added) == (2, 5)
    party = Party.objects.get(name="ACCUEIL ET PROMOTION")
    assert party.identity == "local:fonjep:18:accueil et promotion"
    assert (party.nature, party.siren) == ("association", None)
    assert party.fundings.get().amount_cents == 716_400
    site = party.sites.get()
    assert (site.commune, site.departement and site.departement.name) == (None, "Cher")


def test_subventions_etat_2010(real_region: None) -> None:
    done = read("subventions_etat_2010")
    assert rejects(done) == [
        (4, "", "no_place"),
        (5, "commune_name", "unknown_commune"),
        (6, "", "no_place"),
    ]
    feings = Party.objects.get(name="COMPAGNIE DU HASARD").sites.get()
    assert feings.commune and feings.commune.name == "Le Controis-en-Sologne"
    misspelt = Party.objects.get(name="2F OPEN-JS").sites.get()
    assert (misspelt.commune, misspelt.departement and misspelt.departement.code) == (None, "37")
    funding = Party.objects.get(name="2F OPEN-JS").fundings.get()
    assert (funding.amount_cents, funding.year, funding.purpose) == (
        4_100_000,
        2010,
        "Santé et sports: 219 - Sport",
    )


def test_france_services(real_region: None) -> None:
    done = read("france_services")
    assert (done.rows_out_of_region, done.added) == (2, 5)
    assert set(Party.objects.values_list("perimeter", "perimeter_basis")) == {("out", "public_service")}
    assert not Site.objects.filter(commune__isnull=True).exists()


def test_ess_numerique(real_region: None) -> None:
    done = read("ess_numerique")
    assert done.rows_rejected + done.rows_out_of_region == 2
    party = Party.objects.get(name="PLURIELS ASSOCIATIONS")
    assert (party.perimeter_basis, party.legal_category, party.naf) == ("official_flag", "9220", "62.02A")
    assert party.rna and party.rna.startswith("W")
    placed = Party.objects.get(name="La Labomedia").sites.get()
    assert placed.commune and placed.commune.name == "Orléans"


def test_rna(db: None, state: Path) -> None:
    load_places(region="84", by=None)
    done = read("rna_waldec")
    assert (done.rows_read, done.added) == (2, 2)  # the third is dissolved: not read
    party = Party.objects.get(rna="W012000002")
    assert (party.identity, party.nature, party.website) == ("rna:W012000002", "association", "")
    assert party.description.startswith("Favoriser")
    site = party.sites.get()
    assert (site.address, site.commune and site.commune.name) == ("31 RUE Paul Lafargue", "Villeurbanne")
    assert rejects(done) == []
    values = party.records.get().values
    assert values["created_on"] == "1983-10-10"
    assert "dissolved_on" not in values  # 0001-01-01 says "unknown"


def test_rna_import(db: None, state: Path) -> None:
    load_places(region="11", by=None)
    done = read("rna_import")
    assert (done.rows_read, done.added) == (3, 3)
    assert set(Party.objects.values_list("rna", flat=True)) == {"W751085568", "W751184848", "W751188854"}
    assert set(Site.objects.values_list("commune__name", flat=True)) == {"Paris"}


def test_gogocarto(db: None, state: Path) -> None:
    load_places(region="75", by=None)
    read("gogocarto", "json")
    party = Party.objects.get(name="A l'essentiel")
    assert party.description == "Un magasin libre-service de produits bio."
    site = party.sites.get()
    assert (site.commune and site.commune.name, site.post_code) == ("Sauzé-entre-Bois", "79190")
    assert (
        Party.objects.get(name="Les Paniers de la Sésinière")
        .records.get()
        .values["tags"]
        .startswith("Écologie")
    )


def test_sse_europe(db: None, state: Path) -> None:
    load_places(region="75", by=None)
    done = read("sse_europe", "geojson")
    assert done.rows_read == 3
    party = Party.objects.get(name="La Miel")
    assert (party.website, party.sites.get().address) == ("http://lamiel.net/", "59 rue Waldeck Rousseau")
    assert visible_parties().count() == done.added


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.*")), ids=lambda path: path.name)
def test_samples_hold_no_contact(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"[\w.]+@[\w-]+\.(fr|com|org|net)\b", text)
    assert (
        not re.search(r"\b0[1-9](?:[ .]?\d{2}){4}\b(?!\d)", re.sub(r"\d{11,}", "", text))
        or path.name == "README.md"
    )
