"""Fictional commitments to look at: written by one act, removed by another.

They were never promises, so they are the one exception to « nothing deletes a commitment ». They are written as rows,
not by the verbs of the register: those say « today », and their acts would be in the public log for ever.
"""

import datetime as dt
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.enums import State
from terreau.commitments.models import Change, Commitment, Fulfilment, ProgrammeItem
from terreau.commons.actions import write_journal
from terreau.commons.models import User
from terreau.lake.turn import take_turn

from .writing import searchable

MARK = "(exemple fictif)"
"""At the end of the name of each organisation."""

_VERB_OF_END = {
    State.KEPT: "keep-commitment",
    State.RENEGOTIATED: "renegotiate-commitment",
    State.ABANDONED: "abandon-commitment",
}


class CannotDemonstrate(Exception):
    """The message says why, and what to do."""


def demonstration_file() -> Path:
    return Path(settings.SHIPPED_DATA) / "demonstration" / "engagements.toml"


@transaction.atomic
def add_demonstration(*, by: User | None) -> int:
    """How many were added; their dates are around today. Raises CannotDemonstrate when they are there already."""
    take_turn()
    if Commitment.objects.filter(is_demonstration=True).exists():
        raise CannotDemonstrate(
            _("La démonstration est déjà là. Retirez-la d’abord pour en changer les dates.")
        )
    content = tomllib.loads(demonstration_file().read_text(encoding="utf-8"))
    items = {item.code: item for item in ProgrammeItem.objects.filter(programme__slug=content["programme"])}
    if not items:
        raise CannotDemonstrate(_("Le programme de la démonstration n’est pas chargé : lancez terreau init."))
    today = timezone.localdate()
    rows: dict[str, Commitment] = {}
    for told in content["commitment"]:  # a successor comes before the one that it replaces
        rows[told["name"]] = _write(told, rows, today, by)
        rows[told["name"]].items.set(items[code] for code in told["items"] if code in items)
    write_journal(verb="add-demonstration", by=by, commitments=len(rows))
    return len(rows)


def _write(told: dict[str, Any], rows: dict[str, Commitment], today: dt.date, by: User | None) -> Commitment:
    """``told``: days are counted from today."""

    def day(name: str) -> dt.date | None:
        return today + dt.timedelta(days=told[name]) if name in told else None

    row = Commitment(
        title=told["title"],
        details=told.get("details", ""),
        owner_name=_marked(told.get("owner")),
        beneficiary_name=_marked(told.get("beneficiary")),
        deliverable=told.get("deliverable", ""),
        unit=told.get("unit", ""),
        baseline=Decimal(told["baseline"]) if "baseline" in told else None,
        target=Decimal(told["target"]) if "target" in told else None,
        starts_on=day("starts"),
        due_on=day("due"),
        opened_on=day("starts"),
        ended_on=day("ended"),
        basis=told["basis"],
        state=told.get("state", State.OPEN),
        successor=rows.get(told.get("successor", "")),
        result=told.get("result", ""),
        reason=told.get("reason", ""),
        is_demonstration=True,
        created_by=by,
    )
    row.search_text = searchable(row)
    row.full_clean(exclude=["owner", "beneficiary", "place", "successor"])
    row.save()
    for step in told.get("step", ()):
        amount = Decimal(step["amount"]) if "amount" in step else None
        on = today + dt.timedelta(days=step["on"])
        Fulfilment.objects.create(commitment=row, on=on, amount=amount, words=step["words"], recorded_by=by)
    _write_changes(row)
    return row


def _marked(name: str | None) -> str:
    return f"{name} {MARK}" if name else ""


def _write_changes(row: Commitment) -> None:
    said = [("open-commitment", row.opened_on, "")]
    if row.ended_on:
        said.append((_VERB_OF_END[State(row.state)], row.ended_on, row.reason))
    for number, (verb, on, reason) in enumerate(said, 1):
        at = timezone.make_aware(dt.datetime.combine(on or timezone.localdate(), dt.time(12)))
        Change.objects.create(commitment=row, number=number, at=at, verb=verb, reason=reason)


@transaction.atomic
def remove_demonstration(*, by: User | None) -> int:
    """How many were removed, with all that was written on them. Acts of the journal and of the public log stay.

    Raises CannotDemonstrate when something that is not fictional leans on one.
    """
    take_turn()
    rows = Commitment.objects.filter(is_demonstration=True)
    removed = rows.count()
    leaning = Commitment.objects.filter(is_demonstration=False, successor__in=rows).first()
    if leaning is not None:
        raise CannotDemonstrate(
            _(
                "L’engagement « %(title)s » n’est pas fictif et a été renégocié en un engagement qui l’est : "
                "rien n’est retiré."
            )
            % {"title": leaning.title}
        )
    Fulfilment.objects.filter(commitment__in=rows).delete()
    Change.objects.filter(commitment__in=rows).delete()
    try:
        _delete(rows)
    except ProtectedError as error:
        held = ", ".join(sorted({str(one._meta.verbose_name) for one in error.protected_objects}))
        raise CannotDemonstrate(
            _("Quelque chose s’appuie sur un engagement fictif (%(what)s) : rien n’est retiré.")
            % {"what": held}
        ) from error
    if removed:
        write_journal(verb="remove-demonstration", by=by, commitments=removed)
    return removed


def _delete(rows: "QuerySet[Commitment]") -> None:
    """Those that were replaced first: each holds the one that replaces it."""
    while rows.exists():
        held = Commitment.objects.filter(successor__isnull=False).values("successor")
        found, _by_model = rows.exclude(pk__in=held).delete()
        if not found:
            raise RuntimeError("commitments that replace each other in a circle")
