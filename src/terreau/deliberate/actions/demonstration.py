"""A fictional process to look at: written by one act, removed by another, as fictional commitments are.

It was never open to anybody, so it is the one exception to « nothing deletes a process that was ever public ».
"""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.actions.demonstration import MARK, CannotDemonstrate
from terreau.commitments.models import ProgrammeItem
from terreau.commons.actions import write_journal
from terreau.commons.models import User
from terreau.commons.search.fold import fold_for_search
from terreau.deliberate.enums import Power, State
from terreau.deliberate.instants import end_of, start_of
from terreau.deliberate.models import Attendance, Process, ProcessRole, Reply, Step
from terreau.lake.turn import take_turn

_PLAIN = ("slug", "preset", "title", "subject", "open_matters", "closed_matters", "method", "colleges")


@transaction.atomic
def add_demonstration_process(*, by: User | None) -> Process:
    """Its steps are around today. Raises CannotDemonstrate when it is there already."""
    take_turn()
    file = Path(settings.SHIPPED_DATA) / "demonstration" / "demarche.toml"
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    if Process.objects.filter(slug=told["slug"]).exists():
        raise CannotDemonstrate(
            _("La démarche fictive est déjà là. Retirez-la d’abord pour en changer les dates.")
        )
    today = timezone.localdate()
    row = Process(
        **{name: told[name] for name in _PLAIN},
        decider_name=f"{told['decider']} {MARK}",
        reply_by=today + dt.timedelta(days=told["reply"]),
        state=State.OPEN,
        opened_at=start_of(today + dt.timedelta(days=told["step"][0]["first"])),
        is_demonstration=True,
        created_by=by,
        search_text=fold_for_search(f"{told['title']} {told['subject']} {told['open_matters']}"),
    )
    row.full_clean(exclude=["decider", "place"])
    row.save()
    row.items.set(ProgrammeItem.objects.filter(programme__is_main=True, code__in=told["items"]))
    for name in told["facilitators"]:
        ProcessRole.objects.create(process=row, power=Power.FACILITATOR, shown_name=f"{name} {MARK}")
    for step in told["step"]:
        _write_step(row, step, today)
    write_journal(verb="add-demonstration-process", by=by)
    return row


def _write_step(row: Process, told: dict[str, Any], today: dt.date) -> None:
    step = Step.objects.create(
        process=row,
        kind=told["kind"],
        words=told["words"],
        starts_at=start_of(today + dt.timedelta(days=told["first"])),
        ends_at=end_of(today + dt.timedelta(days=told["last"])),
    )
    for college, number in told.get("attendance", {}).items():
        Attendance.objects.create(step=step, college=college, number=number)


@transaction.atomic
def remove_demonstration_process(*, by: User | None) -> bool:
    """Whether there was one. What people tried on it goes with it. Raises CannotDemonstrate."""
    take_turn()
    rows = Process.objects.filter(is_demonstration=True)
    if not rows.exists():
        return False
    Reply.objects.filter(proposal__process__in=rows).delete()
    try:
        rows.delete()
    except ProtectedError as error:
        held = ", ".join(sorted({str(one._meta.verbose_name) for one in error.protected_objects}))
        raise CannotDemonstrate(
            _("Quelque chose s’appuie sur la démarche fictive (%(what)s) : rien n’est retiré.")
            % {"what": held}
        ) from error
    write_journal(verb="remove-demonstration-process", by=by)
    return True
