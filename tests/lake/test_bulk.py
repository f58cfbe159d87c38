"""Bulk writing says the same as ``bulk_create``, on SQLite and on PostgreSQL."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, Source
from terreau.lake.bulk import _MANY, insert_rows
from terreau.observe.models import Harvest, SourceRecord

both = pytest.mark.parametrize("alias", ["default", "postgres"])
pytestmark = pytest.mark.django_db(databases=["default", "postgres"])

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=12)
JSON = st.dictionaries(TEXT, st.none() | st.booleans() | st.integers(-(2**40), 2**40) | TEXT, max_size=3)
RECORD = st.tuples(TEXT.filter(bool), st.integers(0, 2**31 - 1), st.none() | st.dates(), JSON)
COLUMNS = ("source_id", "key", "party_id", "line", "observed_on", "values", "digest")


@pytest.fixture(autouse=True)
def _postgres(postgres: str) -> None:
    """The second database exists before Django opens a transaction on it."""


def make_parents(alias: str) -> tuple[str, int]:
    source, _ = Source.objects.using(alias).get_or_create(code="essai", defaults={"title": "Source d’essai"})
    party, _ = Party.objects.using(alias).get_or_create(
        identity="local:essai:1", defaults={"public_id": "a", "name": "A"}
    )
    return source.pk, party.pk


def content(alias: str) -> list[dict[str, Any]]:
    return list(SourceRecord.objects.using(alias).order_by("key").values(*COLUMNS, "site_id"))


@both
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(RECORD, max_size=8, unique_by=lambda record: record[0]))
def test_content_is_that_of_bulk_create(alias: str, records: list[tuple[Any, ...]]) -> None:
    source, party = make_parents(alias)
    rows = [(source, key, party, line, day, values, "0") for key, line, day, values in records]
    SourceRecord.objects.using(alias).all().delete()
    SourceRecord.objects.using(alias).bulk_create(
        SourceRecord(**dict(zip(COLUMNS, row, strict=True))) for row in rows
    )
    expected = content(alias)
    SourceRecord.objects.using(alias).all().delete()
    assert insert_rows(SourceRecord, COLUMNS, iter(rows), using=alias) == len(rows)
    assert content(alias) == expected


@both
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(RECORD, max_size=5), after=st.lists(RECORD, max_size=5))
def test_update_on_keeps_the_last_row_of_each_key(alias: str, before: list[Any], after: list[Any]) -> None:
    source, party = make_parents(alias)
    SourceRecord.objects.using(alias).all().delete()
    expected = {}
    for records in (before, after):
        rows = [(source, key, party, line, day, values, "0") for key, line, day, values in records]
        insert_rows(SourceRecord, COLUMNS, rows, update_on=("source", "key"), using=alias)
        expected.update({record[0]: record for record in records})
    found = SourceRecord.objects.using(alias).values_list("key", "line", "observed_on", "values")
    assert {row[0]: row for row in found} == expected


@both
def test_an_update_leaves_columns_not_given(alias: str) -> None:
    insert_rows(Party, ("identity", "public_id", "name", "naf"), [("a", "a", "A", "88.99B")], using=alias)
    key = Party.objects.using(alias).get().pk
    insert_rows(
        Party,
        ("identity", "public_id", "name"),
        [("a", "a", "Nom changé")],
        update_on=["identity"],
        using=alias,
    )
    assert Party.objects.using(alias).values_list("pk", "name", "naf").get() == (key, "Nom changé", "88.99B")


@both
def test_only_keys_given_leaves_rows_as_they_are(alias: str) -> None:
    make_parents(alias)
    insert_rows(Source, ("code", "title"), [("autre", "Autre")], using=alias)
    insert_rows(Source, ("code",), [("autre",), ("neuve",)], update_on=("code",), using=alias)
    assert Source.objects.using(alias).get(code="autre").title == "Autre"
    assert Source.objects.using(alias).filter(code="neuve").exists()


@both
def test_columns_not_given_take_their_default(alias: str) -> None:
    make_parents(alias)
    insert_rows(Harvest, ("source",), [("essai",)], using=alias)
    harvest = Harvest.objects.using(alias).get()
    assert (harvest.status, harvest.rows_read, harvest.unmapped_columns, harvest.ended_at) == (
        "running",
        0,
        [],
        None,
    )
    age = datetime.datetime.now(datetime.UTC) - harvest.started_at
    assert datetime.timedelta(0) <= age < datetime.timedelta(minutes=1)


@both
def test_choices_are_stored_as_their_value(alias: str) -> None:
    columns = ("identity", "public_id", "name", "diffusion", "is_active")
    insert_rows(Party, columns, [("a", "a", "A", Diffusion.MASKED, False)], using=alias)
    assert Party.objects.using(alias).values_list("diffusion", "is_active").get() == ("masked", False)


@both
def test_a_refused_row_writes_nothing(alias: str) -> None:
    rows = [("a", "a", "A", "123456789"), ("b", "b", "B", "12")]
    with pytest.raises(IntegrityError), transaction.atomic(using=alias):
        insert_rows(Party, ("identity", "public_id", "name", "siren"), rows, using=alias)
    assert not Party.objects.using(alias).exists()


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(FieldDoesNotExist):
        insert_rows(Party, ("identity", "colour"), [("a", "green")])


@both
def test_many_rows_end_with_the_same_indexes(alias: str) -> None:
    def indexes() -> dict[str, Any]:
        with connections[alias].cursor() as cursor:
            return connections[alias].introspection.get_constraints(cursor, Party._meta.db_table)

    before = indexes()
    rows = [(f"local:{n}", f"p{n}", f"Association fictive {n % 7}") for n in range(_MANY)]
    assert insert_rows(Party, ("identity", "public_id", "name"), rows, using=alias) == _MANY
    assert Party.objects.using(alias).filter(name="Association fictive 3").count() == len(range(3, _MANY, 7))
    assert indexes() == before


def test_postgresql_knows_at_once_how_many_rows_it_was_given() -> None:
    """A table that it believes empty makes it answer the next questions in minutes."""
    source, party = make_parents("postgres")
    rows = [(source, str(number), party, number, None, {}, "0") for number in range(300)]
    insert_rows(SourceRecord, COLUMNS, rows, using="postgres")
    with connections["postgres"].cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'observe_sourcerecord'")
        assert cursor.fetchone()[0] >= 300
