"""The page of licences: the table in use, and an answer for the reader's own contents."""

import pytest
from django.urls import reverse

from terreau.commons.licences import LICENCES, compare

pytestmark = pytest.mark.django_db


def read(client, *chosen: str, status: int = 200) -> str:
    response = client.get(reverse("observe:licences"), {"contenu": chosen})
    assert response.status_code == status
    return response.content.decode().replace("\u00a0", " ")


def test_the_table_in_use_is_on_the_page(client) -> None:
    page = read(client)
    verdicts = [compare(one, into) for one in LICENCES for into in LICENCES]
    refused = [verdict for verdict in verdicts if not verdict.allowed]
    assert page.count('<td data-label="vers ') == 64
    assert page.count('<span class="tag no">non</span>') == len(refused) == 29
    for verdict in refused:
        assert str(verdict).replace("\u00a0", " ") in page
    assert 'role="status"' not in page


def test_contents_that_go_together(client) -> None:
    page = read(client, "etalab-2.0", "odbl-1.0")
    assert "Oui : publiez l’ensemble sous ODbL 1.0." in page
    assert "Citer la source et la date" in page
    assert page.count(" checked>") == 2


def test_contents_that_do_not(client) -> None:
    page = read(client, "cc-by-sa-4.0", "odbl-1.0")
    assert "<strong>Non.</strong> Des contenus sous « ODbL 1.0 » ne vont pas" in page
    assert "Publiez-les à part" in page


def test_a_licence_that_does_not_exist(client) -> None:
    page = read(client, "<script>", status=400)
    assert "licences inconnues : &lt;script&gt;" in page


def test_the_page_reads_nothing_from_the_database_but_the_region(
    client, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(2):
        read(client)
