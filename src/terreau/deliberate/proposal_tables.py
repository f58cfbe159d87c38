"""What the proposal part contributes to a dump, and what of it stays with the reason."""

from collections.abc import Mapping

from django.db.models import Model

from terreau.lake.dump import Table

TABLES: tuple[Table, ...] = ()

NOT_DUMPED: Mapping[type[Model], str] = {}
