"""The full-text index of parties: FTS5 on SQLite, a GIN index on PostgreSQL. The database keeps it in step.

``Party.search_text`` holds folded text (see ``fold``): names on its first line, other words on its second.
Triggers index whatever writes a row, raw SQL included. On SQLite a trigger costs much per row, so a load of
many rows runs inside :func:`bulk_load`.
"""
# ruff: noqa: S608, S610, S611 (what is put into SQL is constant; a visitor's words are parameters)

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from terreau.commons.models import Party, Site
from terreau.commons.search.fold import STOP_WORDS, fold_words, stem_word

INDEX = "commons_party_search"
MOST_WORDS = 12  # of a query: those after are left out
NAME_WEIGHT = 20  # a word found in a name against the same word found elsewhere

# The table holds no text, only which word is in which row: rowid is Party.pk, which VACUUM keeps.
_NAMES = "substr({row}.search_text, 1, instr({row}.search_text || char(10), char(10)) - 1)"
_OTHERS = "substr({row}.search_text, instr({row}.search_text || char(10), char(10)) + 1)"
_ADD = (
    f"INSERT INTO {INDEX} (rowid, names, others) VALUES (new.id, {_NAMES.format(row='new')},"
    f" {_OTHERS.format(row='new')});"
)
_REMOVE = (
    f"INSERT INTO {INDEX} ({INDEX}, rowid, names, others) VALUES ('delete', old.id,"
    f" {_NAMES.format(row='old')}, {_OTHERS.format(row='old')});"
)
_TRIGGERS = {
    f"{INDEX}_added": f"AFTER INSERT ON commons_party BEGIN {_ADD} END",
    f"{INDEX}_removed": f"AFTER DELETE ON commons_party BEGIN {_REMOVE} END",
    f"{INDEX}_changed": "AFTER UPDATE OF id, search_text ON commons_party"
    f" WHEN old.id <> new.id OR old.search_text <> new.search_text BEGIN {_REMOVE} {_ADD} END",
}
_VECTOR = (
    "(setweight(to_tsvector('simple', split_part({table}.search_text, E'\\n', 1)), 'A')"
    " || setweight(to_tsvector('simple', split_part({table}.search_text, E'\\n', 2)), 'D'))"
)


def create(connection: BaseDatabaseWrapper) -> None:
    """Make the index and fill it from the rows there are. Called by a migration, once."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            vector = _VECTOR.format(table="commons_party")
            cursor.execute(f"CREATE INDEX {INDEX} ON commons_party USING gin ({vector})")
            return
        cursor.execute(
            f"CREATE VIRTUAL TABLE {INDEX} USING fts5(names, others, content='', prefix='2 3',"
            " tokenize='unicode61 remove_diacritics 0')"
        )
    rebuild(using=connection.alias)


def drop(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP INDEX {INDEX}")
            return
        _drop_triggers(cursor)
        cursor.execute(f"DROP TABLE {INDEX}")


def rebuild(*, using: str = "default") -> None:
    """Index every party anew and set the triggers again. Needed after a migration that remakes the table of
    parties on SQLite, where triggers go with the old table.
    """
    with bulk_load(using=using):
        pass


@contextmanager
def bulk_load(*, using: str = "default") -> Iterator[None]:
    """Write many parties inside this block: they are indexed together at its end, in the same transaction."""
    connection = connections[using]
    with transaction.atomic(using=using):
        if connection.vendor == "postgresql":  # adds to its index in the background
            yield
            return
        with connection.cursor() as cursor:
            _drop_triggers(cursor)
            yield
            cursor.execute(f"INSERT INTO {INDEX} ({INDEX}) VALUES ('delete-all')")
            cursor.execute(
                f"INSERT INTO {INDEX} (rowid, names, others) SELECT id, {_NAMES.format(row='party')},"
                f" {_OTHERS.format(row='party')} FROM commons_party AS party ORDER BY id"
            )
            for name, body in _TRIGGERS.items():
                cursor.execute(f"CREATE TRIGGER {name} {body}")


def _drop_triggers(cursor: Any) -> None:
    for name in _TRIGGERS:
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def matching(parties: QuerySet[Party], text: str, *, ranked: bool = False) -> QuerySet[Party]:
    """The parties that hold every word of ``text``; the last word may be unfinished.

    A SIREN, SIRET or RNA number, spaced or not, finds its organisation. Text without a letter or digit leaves
    the queryset as it is. ``ranked``: whole words found in names come first; such a queryset is for reading
    (count, slices), not for use inside another query.
    """
    number = "".join(c for c in text if c.isalnum()).upper()
    if len(number) in {9, 14} and number.isascii() and number.isdigit():
        of_site = Exists(Site.objects.filter(party=OuterRef("pk"), siret=number))
        return parties.filter(of_site | Q(siren=number[:9]) if len(number) == 14 else Q(siren=number))
    if len(number) == 10 and number[0] == "W" and number[4:].isdigit():
        return parties.filter(rna=number)
    words = _query_words(text)
    if not words:
        return parties
    connection = connections[parties.db]
    if connection.vendor == "postgresql":
        return _matching_postgresql(parties, words, ranked=ranked)
    return _matching_sqlite(parties, words, ranked=ranked)


def _query_words(text: str) -> list[str]:
    """Folded words, not stemmed. Stop words are left out unless there is nothing else."""
    words = fold_words(text)
    return ([word for word in words if word not in STOP_WORDS] or words)[:MOST_WORDS]


def _expression(words: list[str], exact: str, prefix: str, conjunction: str) -> str:
    """The query in the database's own language. Words are letters and digits only: no operator can pass."""
    parts = [exact.format(stem_word(word)) for word in words]
    parts[-1] = f"({parts[-1]} {prefix.format(words[-1])})"
    return conjunction.join(parts)


def _matching_sqlite(parties: QuerySet[Party], words: list[str], *, ranked: bool) -> QuerySet[Party]:
    expression = _expression(words, '"{}"', 'OR "{}" *', " AND ")
    if not ranked:
        found = RawSQL(f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s", [expression])
        return parties.filter(pk__in=found)
    return parties.extra(
        tables=[INDEX],
        # The sign + keeps the planner from asking the index again for each party: it is read once, first.
        where=[f"+{INDEX}.rowid = commons_party.id AND {INDEX} MATCH %s"],
        params=[expression],
        select={"search_rank": f"bm25({INDEX}, {NAME_WEIGHT}, 1)"},
        order_by=["search_rank", "search_text", "pk"],
    )


def _matching_postgresql(parties: QuerySet[Party], words: list[str], *, ranked: bool) -> QuerySet[Party]:
    expression = _expression(words, "'{}'", "| '{}':*", " & ")
    query, vector = "to_tsquery('simple', %s)", _VECTOR.format(table="commons_party")
    if not ranked:
        inner = _VECTOR.format(table="party")
        found = RawSQL(f"SELECT id FROM commons_party AS party WHERE {inner} @@ {query}", [expression])
        return parties.filter(pk__in=found)
    whole = _expression(words, "'{}'", "", " & ")  # a whole word is worth more than a beginning
    return parties.extra(
        where=[f"{vector} @@ {query}"],
        params=[expression],
        select={"search_rank": f"-10 * ts_rank({vector}, {query}) - ts_rank({vector}, {query})"},
        select_params=[whole, expression],
        order_by=["search_rank", "search_text", "pk"],
    )
