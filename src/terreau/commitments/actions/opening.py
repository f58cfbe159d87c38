"""A draft becomes a public promise."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.enums import State
from terreau.commitments.models import Commitment
from terreau.commitments.rules import may_open
from terreau.commons.models import User

from .writing import NotAllowed, check_whole, locked, write_change


@transaction.atomic
def open_commitment(*, draft: Commitment, by: User, next_meeting: dt.date | None = None) -> Commitment:
    """Publish it. ``next_meeting``: its due date when it has none. Raises ValidationError, NotAllowed."""
    row = locked(draft, by)
    if not row.is_draft:
        raise NotAllowed(_("Cet engagement est déjà public."))
    if not may_open(by, row):
        raise NotAllowed(
            _("Un engagement est publié par celui qui s’engage ou par un animateur du registre.")
        )
    return publish(row, by=by, next_meeting=next_meeting)


def publish(row: Commitment, *, by: User | None, next_meeting: dt.date | None = None) -> Commitment:
    """What opening does once it is allowed; renegotiations and pledges open what they write in the same way."""
    today = timezone.localdate()
    row.due_on = row.due_on or next_meeting
    row.starts_on = row.starts_on or min(today, row.due_on or today)
    check_whole(row)
    row.state, row.opened_on = State.OPEN, today
    row.save()
    write_change(row, "open-commitment", by=by)
    return row
