"""The list of the register: what comes first, filters as links, typed names, the same cost for one as for many."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from terreau.commitments.actions import abandon, keep, record_fulfilment, renegotiate
from terreau.commons.enums import Diffusion
from terreau.commons.search.fold import party_search_text
from tests.factories import make_party, make_place
from tests.factories.commitments import make_commitment, make_draft, make_item, make_keeper

pytestmark = pytest.mark.django_db
LIST = "/engagements/"


def due_in(days: int, **values):
    return make_commitment(due_on=timezone.localdate() + timedelta(days=days), **values)


def named_party(name: str, **values):
    return make_party(name, search_text=party_search_text(name), **values)


def test_nothing_yet_is_said(client) -> None:
    make_draft()
    page = client.get(LIST)
    assert "Personne n’a encore inscrit d’engagement" in page.text
    assert "Promesse fictive" not in page.text


def test_what_asks_for_attention_comes_first_and_late_is_a_question(client) -> None:
    keeper = make_keeper()
    titles = ["Ancien", "Lointain", "Passé", "Proche"]
    ended = due_in(40, title="Ancien")
    due_in(400, title="Lointain")
    due_in(-12, title="Passé")
    due_in(5, title="Proche")
    keep(commitment=ended, result="Fait", result_url="https://exemple.invalid/", by=keeper)
    page = client.get(LIST).text
    assert sorted(titles, key=page.index) == ["Passé", "Proche", "Lointain", "Ancien"]
    assert "Date passée depuis 12 jours, où en est-on ?" in page.replace("\u00a0", " ")
    assert "Bientôt dû : dans 5 jours" in page.replace("\u00a0", " ")
    assert "retard" not in page


def test_counts_are_links_that_keep_the_other_filters(client) -> None:
    keeper, party = make_keeper(), named_party("Épicerie fictive")
    due_in(-1, owner=party, owner_name="", title="Le sien")
    due_in(-1, title="Un autre")
    orphan = due_in(90, owner_name="", title="Sans personne")
    abandon(commitment=due_in(3, title="Fini"), reason="Vendu", by=keeper)
    page = client.get(LIST, {"acteur": party.public_id}).text
    assert "Le sien" in page and "Un autre" not in page
    assert f"?acteur={party.public_id}&amp;etat=late" in page
    assert "Sans personne" in client.get(LIST, {"etat": "orphan"}).text
    assert orphan.title not in client.get(LIST, {"etat": "abandoned"}).text
    assert client.get(LIST, {"etat": "n’importe quoi"}).text.count("<tr>") == 5


def test_a_typed_name_leads_to_the_address_that_feeds_and_the_api_share(client) -> None:
    party = named_party("Épicerie fictive", siren="732829320")
    commune = make_place("99001", name="Fictive-sur-Loire", search_text="fictif sur loire")
    due_in(5, owner=party, owner_name="", place=commune)
    for typed in ("épicerie fictive", "732 829 320"):
        answer = client.get(LIST, {"acteur": typed, "etat": "open"})
        assert answer["Location"] == f"{LIST}?etat=open&acteur={party.public_id}"
    named_party("Épicerie fictive du Nord")
    assert f"acteur={party.public_id}" in client.get(LIST, {"acteur": "épicerie"}).text  # « Lequel ? »
    assert "ce filtre est ignoré" in client.get(LIST, {"acteur": "introuvable"}).text
    answer = client.get(LIST, {"territoire": "Fictive sur Loire"})
    assert answer["Location"].endswith("?territoire=commune%3A99001")
    assert "Promesse fictive" in client.get(answer["Location"]).text


def test_a_masked_organisation_is_found_by_nobody(client) -> None:
    party = named_party("Association cachée", diffusion=Diffusion.MASKED)
    due_in(5, owner=party, owner_name="", title="Une promesse")
    for typed in ("cachée", party.public_id):
        page = client.get(LIST, {"acteur": typed}).text
        assert "ce filtre est ignoré" in page
        assert "Association cachée" not in page


def test_the_item_of_a_programme_filters_by_its_canonical_address(client) -> None:
    item = make_item("9", programme="essai")
    due_in(5, items=[item], title="La neuvième")
    due_in(5, title="Une autre")
    answer = client.get(LIST, {"point": "essai:9"})
    assert answer["Location"] == f"{LIST}?programme=essai&point=9"
    for query in ({"programme": "essai", "point": "9"}, {"programme": "essai"}):
        page = client.get(LIST, query).text
        assert "La neuvième" in page and "Une autre" not in page
    assert "ce filtre est ignoré" in client.get(LIST, {"programme": "essai", "point": "99"}).text


def test_one_or_three_cost_the_same(client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(LIST).status_code == 200
        return len(queries)

    def add() -> None:
        measured = {"unit": "logements", "baseline": Decimal(10), "target": Decimal(40)}
        made = make_commitment(
            owner=make_party(), owner_name="", beneficiary=make_party(), items=[make_item()],
            place=make_place(f"9{make_item().rank:04}"), **measured,
        )  # fmt: skip
        record_fulfilment(
            commitment=made, on=date(2025, 1, 1), words="Un", amount=Decimal(1), by=make_keeper()
        )

    add()
    one = cost()
    add()
    add()
    assert cost() == one


def test_pages_of_fifty(client) -> None:
    by = make_keeper()
    for number in range(51):
        make_commitment(by, title=f"Numéro {number}")
    assert client.get(LIST).text.count("<tr>") == 51  # with the head
    assert client.get(LIST, {"page": "2"}).text.count("<tr>") == 2


def test_sections_of_an_organisation_and_of_a_place(client) -> None:
    keeper, party, commune = make_keeper(), make_party("Épicerie fictive"), make_place("99001")
    region = make_place("24", kind="region", communes=[commune])
    address = reverse("observe:party", args=[party.public_id])
    assert "Aucun engagement n’est inscrit" in client.get(address).text
    made = due_in(5, owner=party, owner_name="", place=commune, title="Ouvrir une recyclerie")
    ended = due_in(5, beneficiary=party, title="Prêter une salle")
    renegotiate(commitment=ended, reason="Plus grand", title="Prêter deux salles", by=keeper)
    page = client.get(address).text
    assert (
        page.index("Prêter deux salles")
        and made.title in page
        and "Renégocié : 1" in page.replace("\u00a0", " ")
    )
    for place in (commune, region):
        assert made.title in client.get(reverse("observe:place", args=[place.zoning_id, place.code])).text
    with CaptureQueriesContext(connection) as first:
        client.get(address)
    for _number in range(3):
        due_in(6, owner=party, owner_name="")
    with CaptureQueriesContext(connection) as then:
        client.get(address)
    assert len(first) == len(then)
    party.diffusion = Diffusion.MASKED
    party.save()
    assert made.title not in client.get(address).text
