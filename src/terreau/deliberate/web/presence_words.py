"""The step × college table, as a page and as a file."""

import csv
import datetime as dt
from io import StringIO

from django.utils import timezone

from terreau.commons.enums import College
from terreau.deliberate.instants import last_day_before, time_within
from terreau.deliberate.models import Process
from terreau.deliberate.queries.presence import PresenceRow


def columns_of(process: Process) -> list[str]:
    return [str(College(code).label) for code in process.colleges if code in College.values]


def presence_csv(process: Process, rows: list[PresenceRow]) -> str:
    """One line a step and college; an empty number is one that is not said yet, never 0; an empty hour, a whole day."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            "etape",
            "sorte",
            "debut",
            "heure_de_debut",
            "dernier_jour",
            "heure_de_fin",
            "college",
            "presents_comptes",
            "participants_vus",
            "non_co_construite",
        ]
    )
    for row in rows:
        step = row.step
        dates = [
            timezone.localdate(step.starts_at).isoformat(),
            _hour(step.starts_at),
            last_day_before(step.ends_at).isoformat(),
            _hour(step.ends_at),
        ]
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


def _hour(instant: dt.datetime) -> str:
    """With its distance to UTC: on one night of autumn an hour comes twice."""
    return (
        timezone.localtime(instant).isoformat(timespec="seconds").partition("T")[2]
        if time_within(instant)
        else ""
    )
