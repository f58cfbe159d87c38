"""Writing the register of funded content."""

from typing import Any

from django.db import transaction

from terreau.commons.actions import write_journal
from terreau.commons.models import User
from terreau.observe.models import FundedContent


@transaction.atomic
def save_funded_content(*, content: FundedContent | None = None, by: User, **values: Any) -> FundedContent:
    """Add a line, or change ``content``. Raises ValidationError, with the field, when a rule of the line is broken."""
    verb = "add-funded-content" if content is None else "change-funded-content"
    line = (
        FundedContent() if content is None else FundedContent.objects.select_for_update().get(pk=content.pk)
    )
    for name, value in values.items():
        setattr(line, name, value)
    line.full_clean()
    line.save()
    write_journal(verb=verb, subject=f"funded-content:{line.token}", by=by)
    return line
