"""While it is open: what was done, what else changes without changing the promise, who takes it over."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.models import Commitment, Fulfilment, ProgrammeItem
from terreau.commons.models import Party, User

from .writing import NotAllowed, locked, searchable, set_party, values_of, write_change

CONTEXT = ("details", "basis_words", "basis_url", "place")
"""What may change without a renegotiation: it says more of the promise, and promises nothing else."""


def open_row(commitment: Commitment, by: User | None) -> Commitment:
    row = locked(commitment, by)
    if not row.is_open:
        raise NotAllowed(_("Cet engagement n’est plus en cours : il ne change plus."))
    return row


@transaction.atomic
def record_fulfilment(
    *,
    commitment: Commitment,
    on: dt.date,
    words: str,
    amount: Decimal | None = None,
    unit: str = "",
    evidence_url: str = "",
    by: User,
) -> Fulfilment:
    """A step done. ``unit``: of ``amount``, that of the commitment when empty. Raises ValidationError, NotAllowed."""
    row = open_row(commitment, by)
    problems = _problems_of_step(row, on, amount, unit)
    if problems:
        raise ValidationError(problems)
    step = Fulfilment(
        commitment=row, on=on, words=words.strip(), amount=amount, evidence_url=evidence_url, recorded_by=by
    )
    step.full_clean(exclude=["commitment", "recorded_by"])
    step.save()
    row.save(update_fields=["changed_at"])
    write_change(row, "record-fulfilment", by=by, before={"fulfilment": step.token})
    return step


def _problems_of_step(row: Commitment, on: dt.date, amount: Decimal | None, unit: str) -> dict[str, str]:
    problems = {}
    if on > timezone.localdate():
        problems["on"] = _("Cette date n’est pas encore venue.")
    elif row.starts_on and on < row.starts_on:
        problems["on"] = _("Cette date est avant le début de l’engagement.")
    if amount is not None and not row.has_measure:
        problems["amount"] = _("Cet engagement n’a pas de mesure : dites ce qui a été fait avec des mots.")
    if amount is not None and unit and unit.strip().casefold() != row.unit.casefold():
        problems["unit"] = _("Cet engagement se compte en « %(unit)s ».") % {"unit": row.unit}
    return problems


@transaction.atomic
def withdraw_fulfilment(*, fulfilment: Fulfilment, reason: str, by: User) -> Fulfilment:
    """It was noted by mistake: it stays readable, with the reason, and no longer counts. Raises as above."""
    row = open_row(fulfilment.commitment, by)
    step = Fulfilment.objects.select_for_update().get(pk=fulfilment.pk)
    if step.withdrawn_on is not None:
        raise NotAllowed(_("Cette réalisation est déjà retirée."))
    step.withdrawn_on, step.withdrawn_because = timezone.localdate(), require_reason(reason)
    step.save(update_fields=["withdrawn_on", "withdrawn_because"])
    row.save(update_fields=["changed_at"])
    write_change(row, "withdraw-fulfilment", by=by, reason=reason, before={"fulfilment": step.token})
    return step


@transaction.atomic
def change_context(
    *,
    commitment: Commitment,
    reason: str,
    items: Iterable[ProgrammeItem] | None = None,
    by: User,
    **values: Any,
) -> Commitment:
    """Change what is around the promise: ``values`` of CONTEXT, and the propositions served. Raises as above."""
    row = open_row(commitment, by)
    unknown = values.keys() - set(CONTEXT)
    if unknown:
        raise TypeError(f"only a renegotiation changes: {sorted(unknown)}")
    names = [*values, *(["items"] if items is not None else [])]
    before = values_of(row, names)
    for name, value in values.items():
        setattr(row, name, value)
    row.search_text = searchable(row)
    row.full_clean(exclude=["owner", "beneficiary", "place", "successor"], validate_constraints=False)
    row.save()
    if items is not None:
        row.items.set(items)
    after = values_of(row, names)
    changed = {name: before[name] for name in names if before[name] != after[name]}
    if changed:
        write_change(row, "change-commitment", by=by, reason=require_reason(reason), before=changed)
    return row


@transaction.atomic
def name_owner(
    *, commitment: Commitment, owner: Party | None, owner_name: str = "", reason: str, by: User
) -> Commitment:
    """Somebody takes over what has no owner any more, or another owner. Raises as above."""
    row = open_row(commitment, by)
    if (owner is None) == (not owner_name.strip()):
        raise ValidationError({"owner": _("Dites qui reprend cet engagement.")})
    before = values_of(row, ("owner", "owner_name"))
    set_party(row, "owner", owner)
    row.owner_name = owner_name.strip()
    row.search_text = searchable(row)
    row.full_clean(exclude=["owner", "beneficiary", "place", "successor"], validate_constraints=False)
    row.save()
    write_change(row, "name-commitment-owner", by=by, reason=require_reason(reason), before=before)
    return row


def require_reason(reason: str) -> str:
    """Raises ValidationError when nothing is said."""
    if not reason.strip():
        raise ValidationError({"reason": _("Dites pourquoi : la raison est publique.")})
    return reason.strip()
