"""The story of a commitment in words: each change, its reason, and what the fields said before."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from terreau.commitments.enums import Basis, State
from terreau.commitments.models import Change, Commitment
from terreau.commitments.queries.commitments import shown_party
from terreau.commitments.queries.sheets import CommitmentSheet, Named
from terreau.commitments.words import day_in_words, quantity
from terreau.commons.acts import PUBLIC_ACTS

_PRIVATE = {"erase-commitment-words": gettext_lazy("Mots effacés à la demande de leur auteur")}
_LABELS = {
    "owner": gettext_lazy("qui s’engage"),
    "beneficiary": gettext_lazy("envers qui"),
    "items": gettext_lazy("propositions servies"),
}


@dataclass(frozen=True)
class Told:
    """``before``: label of a field and what it said. ``step``: token of the fulfilment that it is about."""

    change: Change
    title: str
    before: list[tuple[str, str]]
    step: str


def history_of(sheet: CommitmentSheet) -> list[Told]:
    return [
        Told(
            change=change,
            title=title_of(change.verb),
            before=[
                (label_of(name), _said(name, value, sheet.named))
                for name, value in change.before.items()
                if name != "fulfilment" and not _is_second_name(name, change.before)
            ],
            step=str(change.before.get("fulfilment", "")),
        )
        for change in sheet.changes
    ]


def title_of(verb: str) -> str:
    act = PUBLIC_ACTS.get(verb)
    return str(act.title if act else _PRIVATE.get(verb, verb))


def label_of(name: str) -> str:
    if name in _LABELS:
        return capfirst(str(_LABELS[name]))
    try:
        return capfirst(str(Commitment._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
    except FieldDoesNotExist:
        return name


def _is_second_name(name: str, before: dict[str, Any]) -> bool:
    """An owner is an organisation or a name: the empty one of the two says nothing."""
    if name == "owner" and not before["owner"]:
        return bool(before.get("owner_name"))
    return name == "owner_name" and not before["owner_name"]


def _said(name: str, value: Any, named: Named) -> str:
    if name in {"owner", "beneficiary"}:
        return _party(value, named)
    if name == "place":
        place = named.places.get(tuple(value)) if value else None
        return place.name if place else ", ".join(value) if value else _("rien")
    if name == "items":
        return ", ".join(_item(tuple(one), named) for one in value) or _("rien")
    if value in (None, ""):
        return _("rien")
    if name == "basis" and value in Basis.values:
        return str(Basis(value).label)
    if name == "state" and value in State.values:
        return str(State(value).label)
    return _plain(name, str(value))


def _party(identity: str, named: Named) -> str:
    """Never an identity: it may be of an organisation that asked not to be shown."""
    if not identity:
        return _("personne")
    shown = shown_party(named.parties.get(identity))
    return shown.name if shown else _("une organisation qui n’est pas, ou n’est plus, affichée")


def _item(key: tuple[str, str], named: Named) -> str:
    item = named.items.get(key)
    return f"{item.code}. {item.said('title')}" if item else key[1]


def _plain(name: str, value: str) -> str:
    try:
        if name.endswith("_on"):
            return day_in_words(dt.date.fromisoformat(value))
        if name in {"baseline", "target"}:
            return quantity(Decimal(value))
    except (ValueError, InvalidOperation):
        return value
    return value
