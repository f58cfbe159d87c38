"""What deliberation contributes to a dump: every process that was ever public. Drafts and accounts stay."""

from typing import Any

from terreau.lake.dump import Table

from . import conference_tables, process_tables, proposal_tables, statement_tables, text_tables
from .models import Reminder

_PARTS = (process_tables, text_tables, statement_tables, proposal_tables, conference_tables)

TABLES: tuple[Table, ...] = tuple(table for part in _PARTS for table in part.TABLES)

#: model → why nothing of it leaves
NOT_DUMPED: dict[Any, str] = {
    Reminder: "who was reminded of a step",
    **{model: why for part in _PARTS for model, why in part.NOT_DUMPED.items()},
}
