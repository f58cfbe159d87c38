"""A steward keeps one of the values that sources give, against the order of trust, and says why."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.models import Party, User
from terreau.lake.turn import take_turn
from terreau.observe.models import Choice
from terreau.observe.queries.corrections import PARTY_FIELDS

from .changing import change_parties
from .refreshing import refresh_published
from .returning import refresh_after_change


class ChoiceRefused(ValueError):
    """The message says why, in French, to whoever asked."""


@transaction.atomic
def choose_value(*, party: Party, field: str, value: Any, reason: str, by: User) -> Choice:
    """``value``: one that a source gives, as its record holds it. It replaces an earlier choice for this field.

    Raises ChoiceRefused.
    """
    if not reason.strip():
        raise ChoiceRefused(_("Un choix sans raison n’est pas enregistré."))
    if field not in PARTY_FIELDS:
        raise ChoiceRefused(_("Ce champ ne se choisit pas ici."))
    take_turn()
    said = [record.values[field] for record in party.records.only("values") if field in record.values]
    if value not in said:
        raise ChoiceRefused(_("Aucune source ne donne cette valeur."))
    with change_parties(
        parties={party.pk}, verb="choose-value", subject=_subject(party), by=by, reason=reason.strip()
    ):
        _standing(party, field).update(undone_at=timezone.now())
        choice = Choice.objects.create(
            party=party,
            identity=party.identity,
            field=field,
            value=value,
            reason=reason.strip(),
            chosen_by=by,
        )
        refresh_after_change(parties={party.pk}, sites=set())
    transaction.on_commit(lambda: refresh_published(by=by))
    write_journal(verb="choose-value", subject=_subject(party), by=by, field=field)
    return choice


@transaction.atomic
def undo_choice(*, party: Party, field: str, reason: str, by: User) -> None:
    """The order of trust decides again. Raises ChoiceRefused when no choice stands."""
    if not reason.strip():
        raise ChoiceRefused(_("Un choix sans raison n’est pas enregistré."))
    take_turn()
    standing = _standing(party, field)
    if not standing.exists():
        raise ChoiceRefused(_("Aucun choix n’est en vigueur pour ce champ : il est déjà défait."))
    with change_parties(
        parties={party.pk}, verb="undo-choice", subject=_subject(party), by=by, reason=reason.strip()
    ):
        standing.update(undone_at=timezone.now())
        refresh_after_change(parties={party.pk}, sites=set())
    transaction.on_commit(lambda: refresh_published(by=by))
    write_journal(verb="undo-choice", subject=_subject(party), by=by, field=field)


def _standing(party: Party, field: str) -> Any:
    return Choice.objects.filter(
        party=party, field=field, undone_at__isnull=True
    )  # even of one merged into it


def _subject(party: Party) -> str:
    return f"party:{party.public_id}"
