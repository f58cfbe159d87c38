"""What every answer to a correction does: one at a time, on what it was for, with a reason, told to its author."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.actions.mail import queue_mail
from terreau.commons.models import User
from terreau.lake.turn import take_turn
from terreau.observe.models import Correction
from terreau.observe.queries.corrections import SITE_FIELDS, values_shown

from .changing import change_parties
from .correction_records import (
    change_place,
    is_of_missing_party,
    is_of_place,
    label_of,
    make_party,
    write_records,
)
from .correction_values import CorrectionRefused
from .parties import sites_of
from .refreshing import refresh_published
from .returning import refresh_after_change

State = Correction.State


class AlreadyAnswered(CorrectionRefused):
    """Somebody answered meanwhile."""


class BaseChanged(CorrectionRefused):
    """What the site shows has changed since the correction was proposed: to be confirmed."""


def lock_correction(correction: Correction) -> Correction:
    take_turn()  # a harvest may be writing this party
    return Correction.objects.select_for_update().get(pk=correction.pk)


def lock_to_answer(correction: Correction) -> Correction:
    found = lock_correction(correction)
    if found.state != State.PROPOSED or found.is_erased:
        raise AlreadyAnswered(_("Cette correction est déjà répondue : %s.") % found.get_state_display())
    return found


def refuse_other_base(correction: Correction) -> None:
    if is_of_missing_party(correction):
        return
    now = values_shown(party=correction.party, site=correction.site, place=correction.place)
    changed = [name for name in correction.values if now.get(name) != correction.values_before.get(name)]
    if changed:
        name = changed[0]
        raise BaseChanged(
            _(
                "La valeur a changé depuis la proposition : c’était « %(before)s », "
                "c’est maintenant « %(now)s ». Confirmez si la correction vaut toujours."
            )
            % {"before": correction.values_before.get(name), "now": now.get(name)}
        )


def require_reason(reason: str) -> None:
    if not reason.strip():
        raise CorrectionRefused(_("Une décision sans raison n’est pas enregistrée."))


def answer_it(correction: Correction, state: Correction.State, reason: str, by: User | None) -> None:
    correction.state = state
    correction.answer = reason.strip()[:1000]
    correction.answered_at = timezone.now()
    correction.answered_by = by
    correction.save(update_fields=["state", "answer", "answered_at", "answered_by"])


def apply_values(correction: Correction, *, verb: str, by: User | None, reason: str) -> None:
    if is_of_place(correction):
        change_place(correction, verb=verb, by=by, reason=reason)
    else:
        apply_to_party(correction, verb=verb, by=by, reason=reason)
    transaction.on_commit(lambda: refresh_published(by=by))


def apply_to_party(correction: Correction, *, verb: str, by: User | None, reason: str) -> None:
    """Bring the records of its party, then what is shown of it, to what the corrections that stand say."""
    is_new = is_of_missing_party(correction) and correction.party is None
    if not is_new:
        _refuse_if_gone(correction)
    shown = {correction.party_id} if correction.party_id else set()
    with change_parties(
        parties=shown,
        verb=verb,
        subject=f"correction:{correction.token}",
        by=by,
        credit=correction.credit,
        reason=reason,
    ) as revision:
        if is_new and correction.state == State.ACCEPTED:
            make_party(correction)
        touched = write_records(correction.identity) | shown
        refresh_after_change(parties=touched, sites=sites_of(touched))
        correction.revision = revision  # named here, it stays even if a later correction hides this one
        correction.save(update_fields=["revision"])


def _refuse_if_gone(correction: Correction) -> None:
    is_without_site = bool(_site_fields(correction.values)) and correction.site_id is None
    if correction.party is None or (is_without_site and not is_of_missing_party(correction)):
        raise CorrectionRefused(_("Ce que cette correction corrige n’est plus sur le site."))


def _site_fields(names: Iterable[str]) -> set[str]:
    return set(names) & set(SITE_FIELDS)


def tell_author(correction: Correction, by: User | None, *, reason: str | None = None) -> None:
    """If she left an address: then it is forgotten. ``reason``: where it is not that of the answer."""
    if not correction.contact:
        return
    body = _("Votre correction sur « %(what)s » est %(state)s.") % {
        "what": label_of(correction),
        "state": correction.get_state_display(),
    }
    told = correction.answer if reason is None else reason
    if told:
        body += "\n\n" + _("Raison donnée : %s") % told
    if correction.state == State.REFUSED and reason is None:
        body += "\n\n" + _("Pas d’accord ? Par votre lien privé, demandez l’avis d’un second gardien.")
    body += "\n\n" + _("Votre adresse a servi à ce message et n’est plus gardée.")
    queue_mail(
        to=correction.contact,
        subject=_("Votre correction"),
        body=body,
        about=f"correction:{correction.token}",
        by=by,
    )
    correction.contact = ""
    correction.save(update_fields=["contact"])


def record_act(correction: Correction, verb: str, by: User | None, **details: Any) -> None:
    """The names of the fields and nothing of what was said."""
    write_journal(
        verb=verb,
        subject=f"correction:{correction.token}",
        by=by,
        fields=sorted(correction.values),
        state=correction.state,
        **details,
    )
