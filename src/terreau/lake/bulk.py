"""Writing many rows at once: what ``bulk_create`` does, without building an object for each row.

SQLite runs one prepared statement over all rows; PostgreSQL gets COPY. Values are those that the model's
fields take: dates, ``None``, a dictionary for a JSONField, a key for a foreign key.
"""
# ruff: noqa: S608 (the names put into SQL are those of tables and columns of models, quoted)

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

Row = Sequence[Any]
# Types of fields whose Python values every driver takes as they are.
_PLAIN = {
    "AutoField", "BigAutoField", "BooleanField", "CharField", "TextField", "SlugField", "FloatField",
    "IntegerField", "BigIntegerField", "SmallIntegerField", "PositiveIntegerField",
    "PositiveSmallIntegerField",
}  # fmt: skip
# From so many rows on, making an index of an empty table anew costs less than growing it row by row.
_MANY = 5_000


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    update_on: Sequence[str] = (),
    using: str | None = None,
) -> int:
    """Insert ``rows``, each one value per name in ``columns``, in one transaction; return their number.

    Columns not given take the field's default, the same for every row. ``update_on``: the columns of a unique
    constraint, never null. Then a row that exists already gets the other given columns, and of two given rows
    with the same key the last wins. ``using``: a database alias. Raises django.db.IntegrityError when a
    constraint refuses a row (nothing is written then), FieldDoesNotExist for an unknown column.
    """
    rows = rows if isinstance(rows, Collection) else list(rows)
    connection = connections[using or router.db_for_write(model)]
    given: list[Any] = [model._meta.get_field(name) for name in columns]
    key: list[Any] = [model._meta.get_field(name) for name in update_on]
    constants = _constants(model, given, connection)
    prepared = _prepared(rows, [_converter(field, connection) for field in given], tuple(constants.values()))
    quote = connection.ops.quote_name
    names = [quote(field.column) for field in given]
    keys = [quote(field.column) for field in key]
    every_name = names + [quote(name) for name in constants]
    conflict = _on_conflict(keys, [name for name in names if name not in keys]) if keys else ""
    with transaction.atomic(using=connection.alias):
        if connection.vendor == "postgresql":
            _copy(connection, quote(model._meta.db_table), every_name, prepared, keys, conflict)
            _count_again(connection, quote(model._meta.db_table), len(rows))
        elif len(rows) >= _MANY:
            with _indexes_made_after(connection, model._meta.db_table):
                _run_over(connection, quote(model._meta.db_table), every_name, prepared, conflict)
        else:
            _run_over(connection, quote(model._meta.db_table), every_name, prepared, conflict)
    return len(rows)


def _converter(field: Any, connection: BaseDatabaseWrapper) -> Callable[[Any], Any] | None:
    stored = field.target_field if field.is_relation else field
    if stored.get_internal_type() in _PLAIN:
        return None
    return partial(field.get_db_prep_save, connection=connection)


def _constants(
    model: type[models.Model], given: Collection[Any], connection: BaseDatabaseWrapper
) -> dict[str, Any]:
    """Column → stored value, for the columns that are not given."""
    blank = model()
    left: list[Any] = [field for field in model._meta.local_concrete_fields if field not in given]
    return {
        field.column: field.get_db_prep_save(field.pre_save(blank, add=True), connection)
        for field in left
        if not isinstance(field, models.AutoField)
    }


def _prepared(
    rows: Iterable[Row], converters: Sequence[Callable[[Any], Any] | None], constants: tuple[Any, ...]
) -> Iterable[Row]:
    """The rows as the driver takes them; the same object when there is nothing to do."""
    wanted = [(position, convert) for position, convert in enumerate(converters) if convert]
    if not wanted:
        return ((*row, *constants) for row in rows) if constants else rows

    def converted() -> Iterator[Row]:
        for row in rows:
            values = [*row, *constants]
            for position, convert in wanted:
                values[position] = convert(values[position])
            yield values

    return converted()


def _on_conflict(keys: Sequence[str], updated: Sequence[str]) -> str:
    if not updated:
        return f"ON CONFLICT ({', '.join(keys)}) DO NOTHING"
    changes = ", ".join(f"{name} = excluded.{name}" for name in updated)
    return f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changes}"


def _run_over(
    connection: BaseDatabaseWrapper, table: str, names: Sequence[str], rows: Iterable[Row], conflict: str
) -> None:
    """SQLite. The driver's own ``executemany``: Django's would keep every row in memory."""
    marks = ", ".join("?" * len(names))
    sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}) {conflict}"
    with connection.wrap_database_errors:
        connection.connection.executemany(sql, rows)


@contextmanager
def _indexes_made_after(connection: BaseDatabaseWrapper, table: str) -> Iterator[None]:
    """On an empty table, drop its indexes (not those of constraints) and make them again at the end."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})")
        held = cursor.fetchone()[0]
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
            [table],
        )
        indexes = [] if held else cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
        yield
        for _, sql in indexes:
            cursor.execute(sql)


def _copy(
    connection: BaseDatabaseWrapper,
    table: str,
    names: Sequence[str],
    rows: Iterable[Row],
    keys: Sequence[str],
    conflict: str,
) -> None:
    """PostgreSQL. COPY cannot update, so rows that may exist already pass through a temporary table."""
    columns = ", ".join(names)
    with connection.cursor() as cursor:
        if not conflict:
            _copy_into(connection, table, columns, rows)
            return
        cursor.execute(
            f"CREATE TEMPORARY TABLE terreau_bulk ON COMMIT DROP AS SELECT {columns} FROM {table} LIMIT 0"
        )
        cursor.execute("ALTER TABLE terreau_bulk ADD COLUMN terreau_order bigserial")
        _copy_into(connection, "terreau_bulk", columns, rows)
        key = ", ".join(keys)
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT DISTINCT ON ({key}) {columns} FROM terreau_bulk"
            f" ORDER BY {key}, terreau_order DESC {conflict}"
        )
        cursor.execute("DROP TABLE terreau_bulk")


def _count_again(connection: BaseDatabaseWrapper, table: str, added: int) -> None:
    """Let PostgreSQL know that a table has grown much. It finds out by itself, but a minute after the commit:
    until then it may take a full table for an empty one, and answer a question in minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
        if added > 50 + max(cursor.fetchone()[0], 0) / 10:  # the threshold that it has itself
            cursor.execute(f"ANALYZE {table}")


def _copy_into(connection: BaseDatabaseWrapper, table: str, columns: str, rows: Iterable[Row]) -> None:
    statement = f"COPY {table} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
