"""The index follows every write, and a visitor's words are only words."""

import pytest
from django.db import connections
from django.db.models import QuerySet
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from terreau.commons.models import Party, Site
from terreau.commons.search import index
from terreau.commons.search.fold import party_search_text
from terreau.commons.search.index import bulk_load, matching
from terreau.lake.bulk import insert_rows

pytestmark = [
    pytest.mark.django_db(databases=["default", "postgres"]),
    pytest.mark.parametrize("alias", ["default", "postgres"]),
]
COLUMNS = ("identity", "public_id", "name", "search_text")


@pytest.fixture(autouse=True)
def _postgres(postgres: str) -> None:
    """The second database exists before Django opens a transaction on it."""


def row(name: str, others: str = "") -> tuple[str, ...]:
    return (f"local:{name}", name[:10], name, party_search_text(name, others=others))


def names(parties: QuerySet[Party]) -> list[str]:
    return [party.name for party in parties]


def test_follows_raw_inserts_updates_and_deletions(alias: str) -> None:
    parties = Party.objects.using(alias)
    insert_rows(Party, COLUMNS, [row("Les Vélos"), row("Le Verger")], using=alias)
    assert names(matching(parties.all(), "vélo")) == ["Les Vélos"]
    changed = ("local:Le Verger", "Le Verger", "Le Rucher", party_search_text("Le Rucher"))
    insert_rows(Party, COLUMNS, [changed], update_on=["identity"], using=alias)
    assert names(matching(parties.all(), "rucher")) == ["Le Rucher"]
    assert not matching(parties.all(), "verger").exists()
    parties.filter(name="Les Vélos").update(search_text=party_search_text("Les Trains"))
    assert matching(parties.all(), "train").exists()
    assert not matching(parties.all(), "vélo").exists()
    with connections[alias].cursor() as cursor:
        cursor.execute("DELETE FROM commons_party")
    assert not matching(parties.all(), "train").exists()


def test_bulk_load_indexes_at_its_end(alias: str) -> None:
    parties = Party.objects.using(alias)
    insert_rows(Party, COLUMNS, [row("Les Vélos")], using=alias)
    with bulk_load(using=alias):
        parties.all().delete()
        insert_rows(Party, COLUMNS, [row("Le Verger")], using=alias)
    assert names(matching(parties.all(), "verger")) == ["Le Verger"]
    assert not matching(parties.all(), "vélo").exists()
    insert_rows(Party, COLUMNS, [row("Après")], using=alias)
    assert matching(parties.all(), "après").exists()


def test_a_load_that_fails_leaves_the_index_as_it_was(alias: str) -> None:
    parties = Party.objects.using(alias)
    insert_rows(Party, COLUMNS, [row("Les Vélos")], using=alias)
    with pytest.raises(ZeroDivisionError), bulk_load(using=alias):
        insert_rows(Party, COLUMNS, [row("Le Verger")], using=alias)
        raise ZeroDivisionError
    assert not matching(parties.all(), "verger").exists()
    insert_rows(Party, COLUMNS, [row("Le Verger")], using=alias)
    assert names(matching(parties.all(), "verger")) == ["Le Verger"]


def test_index_can_be_dropped_and_made_again(alias: str) -> None:
    insert_rows(Party, COLUMNS, [row("Les Vélos")], using=alias)
    connections[alias].check_constraints()  # PostgreSQL indexes no table with checks still to come
    index.drop(connections[alias])
    index.create(connections[alias])
    index.rebuild(using=alias)
    assert names(matching(Party.objects.using(alias).all(), "vélo")) == ["Les Vélos"]


@pytest.mark.parametrize(
    "text",
    [
        "123 456 782",
        "123456782",
        "123.456.782",
        "123 456 782 00017",
        "12345678200099",
        "w181001234",
        "W18 100 1234",
    ],
)
def test_a_number_typed_with_spaces_finds_its_organisation(alias: str, text: str) -> None:
    parties = Party.objects.using(alias)
    party = parties.create(identity="a", public_id="a", name="Fictive", siren="123456782", rna="W181001234")
    parties.create(identity="b", public_id="b", name="123 456 789", siren="987654321")
    Site.objects.using(alias).create(identity="s", party=party, siret="12345678200017")
    assert names(matching(parties.all(), text)) == ["Fictive"]


def test_a_siret_finds_its_organisation_by_its_site(alias: str) -> None:
    """Even when the organisation's own SIREN is not known."""
    party = Party.objects.using(alias).create(identity="a", public_id="a", name="Fictive")
    Site.objects.using(alias).create(identity="s", party=party, siret="12345678200017")
    assert names(matching(Party.objects.using(alias).all(), "123 456 782 00017")) == ["Fictive"]


@pytest.mark.parametrize("text", ["", "   ", " — ’ . ", '"*()^:-+'])
def test_text_without_words_changes_nothing(alias: str, text: str) -> None:
    insert_rows(Party, COLUMNS, [row("Les Vélos")], using=alias)
    assert matching(Party.objects.using(alias).all(), text).count() == 1


def test_a_query_of_stop_words_still_finds(alias: str) -> None:
    insert_rows(
        Party, COLUMNS, [row("Avec ou sans"), row("Les uns et les autres"), row("Vélos")], using=alias
    )
    assert names(matching(Party.objects.using(alias).all(), "avec ou")) == ["Avec ou sans"]


@pytest.mark.parametrize(
    "text",
    [
        'velo" OR "verger',
        "velo OR verger",
        "names:velo",
        "velo NOT verger",
        "(velo",
        "velo'",
        "velo:*",
        "velo\x00",
        "NEAR(a b)",
    ],
)
@pytest.mark.parametrize("ranked", [False, True])
def test_operators_are_only_words(alias: str, text: str, ranked: bool) -> None:
    insert_rows(Party, COLUMNS, [row("Les Vélos"), row("Le Verger")], using=alias)
    found = names(matching(Party.objects.using(alias).all(), text, ranked=ranked))
    assert found in ([], ["Les Vélos"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=20))
@example(text="1e5 2.5 a-b")
@example(text="x" * 100_000)
@example(text="mot " * 1_000)
def test_no_text_breaks_the_query(alias: str, text: str) -> None:
    for ranked in (False, True):
        list(matching(Party.objects.using(alias).all(), text, ranked=ranked)[:2])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text("aeiouélsdxtrn œ’'.-1", min_size=1, max_size=24))
def test_a_name_finds_itself(alias: str, name: str) -> None:
    parties = Party.objects.using(alias)
    parties.all().delete()
    parties.create(identity="a", public_id="a", name=name, search_text=party_search_text(name))
    assert matching(parties.all(), name).count() == 1


def test_ranked_puts_whole_words_of_names_first(alias: str) -> None:
    rows = [
        row("Association quelconque", "vélo vélo vélo vélo"),
        row("Vélodrome du lac"),
        row("Aa Vélo"),
        row("Zz Vélo"),
        *(row(f"Fictive {number}") for number in range(20)),
    ]
    insert_rows(Party, COLUMNS, rows, using=alias)
    found = names(matching(Party.objects.using(alias).all(), "vélo", ranked=True))
    assert found[:2] == ["Aa Vélo", "Zz Vélo"]
    assert set(found[2:]) == {"Vélodrome du lac", "Association quelconque"}


def test_composes_with_filters_counts_and_other_queries(alias: str) -> None:
    parties = Party.objects.using(alias)
    insert_rows(
        Party,
        (*COLUMNS, "nature"),
        [(*row("Aa Vélo"), "association"), (*row("Zz Vélo"), "other")],
        using=alias,
    )
    for ranked in (False, True):
        found = matching(parties.filter(nature="association"), "vélo", ranked=ranked)
        assert (found.count(), names(found[:25])) == (1, ["Aa Vélo"])
    Site.objects.using(alias).create(identity="s", party=parties.get(name="Aa Vélo"))
    assert Site.objects.using(alias).filter(party__in=matching(parties.all(), "vélos")).count() == 1


def test_ranking_holds_for_keys_alone(alias: str) -> None:
    rows = [row("Aa", "vélo"), row("Bb Vélo"), *(row(f"Fictive {number}") for number in range(20))]
    insert_rows(Party, COLUMNS, rows, using=alias)
    found = matching(Party.objects.using(alias).all(), "vélo", ranked=True)
    assert list(found.values_list("name", flat=True)) == ["Bb Vélo", "Aa"]
    assert list(found.values_list("pk", flat=True)) == [party.pk for party in found]


def test_one_query_a_page(alias: str, django_assert_num_queries) -> None:
    insert_rows(Party, COLUMNS, [row("Aa Vélo"), row("Zz Vélo")], using=alias)
    with django_assert_num_queries(1, connection=connections[alias]):
        names(matching(Party.objects.using(alias).all(), "vélo", ranked=True)[:25])
