"""The step × college table, as a page and as a file."""

import csv
from io import StringIO

from django.utils import timezone

from terreau.commons.enums import College
from terreau.deliberate.models import Process
from terreau.deliberate.presets import last_day_before
from terreau.deliberate.queries.presence import PresenceRow


def columns_of(process: Process) -> list[str]:
    return [str(College(code).label) for code in process.colleges if code in College.values]


def presence_csv(process: Process, rows: list[PresenceRow]) -> str:
    """One line a step and college; an empty number is one that is not said yet, never 0."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            "etape",
            "sorte",
            "debut",
            "dernier_jour",
            "college",
            "presents_comptes",
            "participants_vus",
            "non_co_construite",
        ]
    )
    for row in rows:
        step = row.step
        dates = [timezone.localdate(step.starts_at).isoformat(), last_day_before(step.ends_at).isoformat()]
        flag = "oui" if row.is_one_sided else "non"
        cells = [*zip(process.colleges, row.cells, strict=True), ("", row.without)]
        for college, cell in cells:
            writer.writerow(
                [
                    step.token,
                    step.kind,
                    *dates,
                    college,
                    cell.in_room,
                    "" if row.are_voters_hidden else cell.seen,
                    flag,
                ]
            )
    return text.getvalue()
