"""The three ends of a promise: kept, renegotiated into another, abandoned with a reason."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.enums import State
from terreau.commitments.models import Commitment, ProgrammeItem
from terreau.commitments.queries.commitments import chain_of, standing_fulfilments, trajectory_of
from terreau.commons.models import User

from .drafting import FIELDS, set_values
from .following import open_row, require_reason
from .opening import publish
from .writing import write_change


@transaction.atomic
def keep(*, commitment: Commitment, result: str, result_url: str = "", by: User) -> Commitment:
    """It is done. ``result``: what came of it. With a measure, its target is reached.

    Raises ValidationError, NotAllowed.
    """
    row = open_row(commitment, by)
    if not result.strip():
        raise ValidationError({"result": _("Dites ce qui a été fait : c’est ce que l’on lira.")})
    way = trajectory_of(row)
    if way is not None and not way.is_reached_on(timezone.localdate()):
        raise ValidationError(
            {
                "result": _(
                    "La cible n’est pas atteinte : notez ce qui a été fait, ou bien renégociez, "
                    "ou terminez en disant pourquoi."
                )
            }
        )
    if not (standing_fulfilments(row).exists() or result_url):
        raise ValidationError(
            {"result_url": _("Donnez l’adresse d’une preuve, ou notez d’abord une réalisation.")}
        )
    return _end(row, State.KEPT, "keep-commitment", by=by, result=result.strip(), result_url=result_url)


@transaction.atomic
def abandon(*, commitment: Commitment, reason: str, by: User) -> Commitment:
    """It will not be done, and why. Raises ValidationError, NotAllowed."""
    row = open_row(commitment, by)
    return _end(row, State.ABANDONED, "abandon-commitment", by=by, reason=require_reason(reason))


@transaction.atomic
def renegotiate(
    *,
    commitment: Commitment,
    reason: str,
    into: Commitment | None = None,
    items: Iterable[ProgrammeItem] | None = None,
    by: User,
    **terms: Any,
) -> Commitment:
    """Replace it by another, and return that one: ``into``, open already, or a new one with the old one's words and
    the new ``terms`` (of ``drafting.FIELDS``). Raises ValidationError, NotAllowed.
    """
    row = open_row(commitment, by)
    why = require_reason(reason)
    if into is not None:
        following = open_row(into, by)
        if following.pk == row.pk or row.pk in {one.pk for one in chain_of(following)}:
            raise ValidationError({"into": _("Un engagement ne peut pas se remplacer lui-même.")})
    else:
        following = _rewritten(row, terms, items, by)
    _end(row, State.RENEGOTIATED, "renegotiate-commitment", by=by, reason=why, successor=following)
    return following


def _rewritten(
    row: Commitment, terms: dict[str, Any], items: Iterable[ProgrammeItem] | None, by: User
) -> Commitment:
    words = {name: getattr(row, name) for name in FIELDS}
    following = Commitment(created_by=by, is_demonstration=row.is_demonstration, licence=row.licence)
    set_values(following, {**words, **terms})
    if row.owner is None and "owner" not in terms:
        following.owner_identity = row.owner_identity  # its owner may come back
    following.save()
    following.items.set(row.items.all() if items is None else items)
    return publish(following, by=by)


def _end(row: Commitment, state: State, verb: str, *, by: User, **values: Any) -> Commitment:
    today = timezone.localdate()
    row.state, row.ended_on = state, max(today, row.opened_on or today)
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean(exclude=["owner", "beneficiary", "place", "successor"], validate_constraints=False)
    row.save()
    write_change(row, verb, by=by, reason=values.get("reason", ""))
    return row
