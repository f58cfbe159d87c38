"""A draft is private: its author, who speaks for its owner and who keeps the register read it and change it."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from terreau.commitments.models import Commitment, ProgrammeItem
from terreau.commitments.rules import is_keeper
from terreau.commons.actions import write_journal
from terreau.commons.models import User

from .writing import NotAllowed, check_words, locked, searchable, set_party, subject_of

FIELDS = (
    "title",
    "details",
    "owner",
    "owner_name",
    "beneficiary",
    "beneficiary_name",
    "deliverable",
    "unit",
    "baseline",
    "target",
    "starts_on",
    "due_on",
    "basis",
    "basis_words",
    "basis_url",
    "place",
)


@transaction.atomic
def save_draft(
    *,
    draft: Commitment | None = None,
    items: Iterable[ProgrammeItem] | None = None,
    is_demonstration: bool = False,
    by: User | None,
    **values: Any,
) -> Commitment:
    """Write a draft, or change one. ``values``: of FIELDS; what is not given stays. Raises ValidationError, NotAllowed.

    ``by`` nobody: a command.
    """
    if draft is None:
        row, verb = Commitment(created_by=by, is_demonstration=is_demonstration), "draft-commitment"
    else:
        row, verb = locked(draft, by), "change-draft"
        if not row.is_draft:
            raise NotAllowed(_("Cet engagement est public : ses termes changent par une renégociation."))
    set_values(row, values)
    row.save()
    if items is not None:
        row.items.set(items)
    write_journal(verb=verb, subject=subject_of(row), by=by)
    return row


def set_values(row: Commitment, values: dict[str, Any]) -> None:
    """Raises ValidationError."""
    unknown = values.keys() - set(FIELDS)
    if unknown:
        raise TypeError(f"not a field of a draft: {sorted(unknown)}")
    for name, value in values.items():
        if name in {"owner", "beneficiary"}:
            set_party(row, name, value)
        else:
            setattr(row, name, value)
    row.search_text = searchable(row)
    row.full_clean(exclude=["owner", "beneficiary", "place", "successor"], validate_constraints=False)
    check_words(row)


@transaction.atomic
def discard_draft(*, draft: Commitment, by: User) -> None:
    """Only a draft, by its author or by who keeps the register. Nothing of it stays. Raises NotAllowed."""
    row = locked(draft, by)
    if not row.is_draft or not (is_keeper(by) or row.created_by_id == by.pk):
        raise NotAllowed(
            _("Seul un brouillon se supprime, par son auteur : un engagement public se termine.")
        )
    subject = subject_of(row)
    row.delete()
    write_journal(verb="discard-draft", subject=subject, by=by)
