"""The pages of a programme: each item with its counts, its next date and its commitments."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from terreau.commitments.actions import abandon, keep, load_programme
from terreau.commitments.models import Programme, ProgrammeItem
from terreau.commitments.queries.programmes import items_of, programmes, with_standing
from terreau.commons.enums import Diffusion
from tests.factories import make_party
from tests.factories.commitments import make_commitment, make_draft, make_item, make_keeper

pytestmark = pytest.mark.django_db


@pytest.fixture
def item() -> ProgrammeItem:
    return make_item("2.1", modal="could", aim="Ce que l’on demande.")


def test_programmes_and_their_items_are_in_the_order_of_the_text_not_of_their_keys() -> None:
    last, first = (make_item(code, rank=rank) for code, rank in (("2", 2), ("1", 1)))
    make_item(programme="ancien")
    main = make_item(programme="principal").programme
    Programme.objects.filter(pk=main.pk).update(is_main=True)
    make_commitment(items=[last, first])
    assert items_of(first.programme, on=timezone.localdate()) == [first, last]
    assert [one.slug for one in programmes()] == ["principal", "ancien", "essai"]


def test_an_item_counts_what_was_promised_kept_late_and_says_the_next_date(item) -> None:
    today, by = timezone.localdate(), make_keeper()
    for days in (-3, 10, 40):
        make_commitment(by, items=[item], due_on=today + timedelta(days=days))
    keep(
        commitment=make_commitment(by, items=[item]),
        result="Fait",
        result_url="https://exemple.invalid/",
        by=by,
    )
    abandon(commitment=make_commitment(by, items=[item]), reason="Sans suite", by=by)
    make_draft(by, items=[item])
    row = with_standing(ProgrammeItem.objects.all(), on=today).get()
    assert (row.promised, row.open, row.kept, row.abandoned, row.late, row.soon) == (5, 3, 1, 1, 1, 1)
    assert row.next_due == today + timedelta(days=10)


def test_the_page_of_an_item_shows_modal_aim_and_its_commitments_only(client: Client, item) -> None:
    ours, other = make_commitment(items=[item]), make_commitment()
    text = client.get("/programmes/essai/2.1/").text
    assert ours.title in text and other.title not in text
    assert "Ce que l’on demande." in text and ">peut<" in text
    assert ours.due_on.strftime("%Y") in text


def test_an_item_without_commitment_says_what_a_first_one_is(client: Client, item) -> None:
    assert "Rien n’est encore promis" in client.get("/programmes/essai/2.1/").text


def test_a_masked_owner_is_named_nowhere(client: Client, item) -> None:
    party = make_party("Association cachée", diffusion=Diffusion.MASKED)
    make_commitment(items=[item], owner=party, owner_name="")
    for address in ("/programmes/essai/2.1/", "/programmes/essai/", "/"):
        assert "cachée" not in client.get(address).text


def test_a_withdrawn_item_stays_while_something_was_promised_for_it(item) -> None:
    ProgrammeItem.objects.update(is_withdrawn=True)
    today = timezone.localdate()
    assert items_of(item.programme, on=today) == []
    make_commitment(items=[item])
    assert items_of(item.programme, on=today) == [item]


def test_the_thirteen_say_what_works_and_what_is_missing_and_in_english(client: Client) -> None:
    file = Path(settings.SHIPPED_DATA) / "programmes" / "treize-propositions.toml"
    load_programme(content=file.read_bytes(), by=None)
    fourth = client.get("/programmes/treize-propositions/4/").text
    assert "Ce qui marche" in fourth and 'href="/donnees/organisations/"' in fourth
    third = client.get("/programmes/treize-propositions/3/").text
    assert "Ce qui manque" in third and "Ce qui marche" not in third
    english = client.get("/en/programmes/treize-propositions/").text
    assert "Knowledge commons" in english and "Renew public action" in english
    assert len(re.findall(r"<h2", english)) == 3


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow(client: Client, django_assert_num_queries, item, number) -> None:
    for _ in range(number):
        make_commitment(items=[make_item(), item], owner=make_party(), owner_name="")
    client.get("/programmes/essai/2.1/")
    for address, queries in (("/programmes/", 3), ("/programmes/essai/", 4), ("/programmes/essai/2.1/", 8)):
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


def test_unknown_programmes_and_items_are_not_found(client: Client, item) -> None:
    for address in (
        "/programmes/autre/",
        "/programmes/essai/9/",
        "/programmes/essai/%00/",
        "/programmes/autre/2.1/",
    ):
        assert client.get(address).status_code in {400, 404}


def test_without_any_programme_the_page_says_what_to_run(client: Client) -> None:
    assert "terreau init --if-needed" in client.get("/programmes/").text
