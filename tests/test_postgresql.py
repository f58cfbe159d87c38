"""The site on a PostgreSQL, from an empty database to a page: quick enough to be run each time."""

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from terreau.commons.actions import load_places
from terreau.commons.models import Party, Place
from terreau.commons.search.fold import party_search_text
from terreau.commons.search.index import matching
from terreau.lake import publishing, turn
from terreau.observe.actions import compute_indicators, harvest
from terreau.observe.queries.sources import reconcile
from tests.factories import make_party

pytestmark = [pytest.mark.postgresql, pytest.mark.usefixtures("on_postgresql")]


def test_small_region_from_an_empty_database_to_a_page(client, settings, tmp_path) -> None:
    settings.DATA_DIR = tmp_path
    assert connection.vendor == "postgresql"
    loaded = load_places(region="94", by=None)
    assert loaded.communes == Place.objects.filter(zoning="commune", communes_in_region=1).count() == 360
    first, again = harvest(source="siae"), harvest(source="siae")
    assert first.added > 20 and (again.added, again.changed, again.removed) == (0, 0, 0)
    account = next(one for one in reconcile().accounts if one.source.code == "siae")
    assert account.gap == 0 and account.shown == Party.objects.count()

    assert compute_indicators(by=None).changed and not compute_indicators(by=None).changed
    assert publishing.publish_all() == publishing.publish_all()
    assert matching(Party.objects.all(), "l’INSERTIONS").exists()
    page = client.get("/annuaire/?territoire=departement%3A2A")
    assert page.status_code == 200 and '<h3><a href="/acteurs/' in page.text
    for address in (
        "/",
        "/territoires/departement/2A/",
        "/carte/",
        "/sources/siae/",
        "/api/v1/organisations",
    ):
        assert client.get(address).status_code == 200, address


def test_names_are_in_the_order_of_a_french_reader(client) -> None:
    for name in ("Zèbre", "École", "Épicerie du bourg", "épicerie d’antan", "Ecluse", "Abeille"):
        make_party(name, search_text=party_search_text(name))
    assert [party.name for party in Party.objects.all()] == [
        "Abeille", "Ecluse", "École", "épicerie d’antan", "Épicerie du bourg", "Zèbre",
    ]  # fmt: skip


def test_order_does_not_depend_on_the_language_of_the_server() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT collation_name FROM information_schema.columns WHERE table_name IN"
            " ('commons_party', 'commons_place') AND column_name IN ('name', 'search_text')"
        )
        assert cursor.fetchall() == [("C",)] * 4


def test_who_rewrites_shared_tables_waits_for_the_other(postgres_url) -> None:
    with psycopg.connect(postgres_url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [turn._KEYS["tables"]])
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = 200")
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            compute_indicators(by=None)
    assert compute_indicators(by=None).published == {}, "the other has finished"
