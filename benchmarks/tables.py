"""The tables that the benchmarks fill: made for a measure, dropped after it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models


class Establishment(models.Model):  # noqa: DJ008
    """What the measures keep of a row of the stock of establishments."""

    siret = models.CharField(max_length=14, unique=True)
    siren = models.CharField(max_length=9, db_index=True)
    name = models.CharField(max_length=300)
    naf = models.CharField(max_length=6, db_index=True)
    street_number = models.CharField(max_length=10)
    street_type = models.CharField(max_length=10)
    street = models.CharField(max_length=100)
    post_code = models.CharField(max_length=5)
    commune = models.CharField(max_length=5, db_index=True)
    created_on = models.CharField(max_length=10)

    class Meta:
        app_label = "benchmarks"
        db_table = "bench_establishment"


class Grant(models.Model):  # noqa: DJ008
    """What the measures keep of a row of the list of grants of 2010."""

    siren = models.CharField(max_length=9, db_index=True)
    name = models.CharField(max_length=300)
    departement = models.CharField(max_length=3, db_index=True)
    commune = models.CharField(max_length=100)
    purpose = models.CharField(max_length=300)
    amount = models.CharField(max_length=20)

    class Meta:
        app_label = "benchmarks"
        db_table = "bench_grant"


@contextmanager
def empty_table(model: type[models.Model]) -> Iterator[str]:
    """The name of the table, with its indexes and no row, dropped at the end."""
    with connection.schema_editor() as editor:
        editor.create_model(model)
    try:
        yield model._meta.db_table
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(model)
