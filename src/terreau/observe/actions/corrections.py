"""Corrections: anybody proposes, a steward answers with a reason, every answer can be undone."""

import secrets
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.actions.mail import queue_mail
from terreau.commons.enums import PRIVATE_FIELDS, Diffusion
from terreau.commons.models import Party, Place, Site, User
from terreau.commons.search.fold import fold_for_search
from terreau.commons.tokens import new_token
from terreau.lake.turn import take_turn
from terreau.observe.models import Correction
from terreau.observe.queries import visible_parties
from terreau.observe.queries.corrections import (
    ADDRESS_FIELDS,
    MISSING_FIELDS,
    PARTY_FIELDS,
    PLACE_FIELDS,
    SITE_FIELDS,
    digest_of,
    values_shown,
)
from terreau.observe.rules import publishes_first

from .changing import change_parties
from .correction_records import (
    LOCAL,
    change_place,
    is_of_missing_party,
    is_of_place,
    label_of,
    make_party,
    write_records,
)
from .correction_values import (
    CorrectionRefused,
    read_credit,
    read_evidence,
    read_place_name,
    read_population,
    read_value,
)
from .parties import sites_of
from .refreshing import refresh_published
from .returning import refresh_after_change

State = Correction.State


class AlreadyAnswered(CorrectionRefused):
    """Somebody answered meanwhile."""


class BaseChanged(CorrectionRefused):
    """What the site shows has changed since the correction was proposed: to be confirmed."""


@transaction.atomic
def propose_correction(
    *,
    party: Party | None = None,
    site: Site | None = None,
    place: Place | None = None,
    values: dict[str, Any],
    evidence: str,
    credit: str = "",
    contact: str = "",
    by: User | None,
) -> tuple[Correction, str]:
    """Values for a party (and one of its sites), or else for a place. Raises CorrectionRefused.

    Returns the correction and the secret of its author's link, told once: only its digest is kept.
    """
    before = values_shown(party=party, site=site, place=place)
    given = {name: _read(name, typed, party, site) for name, typed in values.items()}
    given = {name: value for name, value in given.items() if value != before.get(name)}
    if not given:
        raise CorrectionRefused(_("C’est déjà la valeur montrée."))
    kept = {*given, *(ADDRESS_FIELDS if site and given.keys() & set(ADDRESS_FIELDS) else ())}
    if party and party.diffusion == Diffusion.PARTIAL:
        kept -= set(PRIVATE_FIELDS)  # a correction is dumped with what it corrects
    corrected = site if given.keys() & set(SITE_FIELDS) else None
    return _propose(
        Correction(
            party=party,
            identity=party.identity if party else "",
            site=corrected,
            site_identity=corrected.identity if corrected else "",
            place=None if party else place,
            values=given,
            values_before={name: before[name] for name in sorted(kept)},
        ),
        evidence=evidence,
        credit=credit,
        contact=contact,
        by=by,
    )


@transaction.atomic
def propose_party(
    *,
    place: Place,
    values: dict[str, Any],
    evidence: str,
    credit: str = "",
    contact: str = "",
    by: User | None,
) -> tuple[Correction, str]:
    """An organisation that is missing at ``place``. As ``propose_correction``; ``name`` is required."""
    if unknown := set(values) - set(MISSING_FIELDS):
        raise CorrectionRefused(_("Champ inconnu : %s.") % ", ".join(sorted(unknown)))
    given = {name: read_value(name, typed) for name, typed in values.items() if typed != ""}
    if "name" not in given:
        raise CorrectionRefused(_("Le nom de l’organisation manque."))
    if place.zoning_id == "commune":
        given.setdefault("commune", place.code)
    if given.get("commune", place.code) != place.code:
        place = Place.objects.get(zoning="commune", code=given["commune"])  # where its page will list it
    if _is_there(given["name"], given.get("commune", "")):
        raise CorrectionRefused(_("Une organisation de ce nom est déjà dans cette commune."))
    token = new_token()
    missing = Correction(token=token, identity=f"{LOCAL}{token}", place=place, values=given)
    return _propose(missing, evidence=evidence, credit=credit, contact=contact, by=by)


@transaction.atomic
def accept_correction(
    *, correction: Correction, reason: str = "", is_confirmed: bool = False, by: User
) -> Correction:
    """Its values are shown from now on. ``is_confirmed``: even if what they correct has changed meanwhile.

    Raises AlreadyAnswered, BaseChanged, CorrectionRefused.
    """
    found = _to_answer(correction)
    if not is_confirmed:
        _refuse_other_base(found)
    _answer(found, State.ACCEPTED, reason, by)
    _apply(found, verb="accept-correction", by=by, reason=reason)
    _tell_author(found, by)
    _record(found, "accept-correction", by)
    return found


@transaction.atomic
def refuse_correction(*, correction: Correction, reason: str, by: User) -> Correction:
    """``reason`` is public. Raises AlreadyAnswered, and CorrectionRefused without a reason."""
    _require_reason(reason)
    found = _to_answer(correction)
    _answer(found, State.REFUSED, reason, by)
    _tell_author(found, by)
    _record(found, "refuse-correction", by)
    return found


@transaction.atomic
def withdraw_correction(*, correction: Correction, by: User | None) -> Correction:
    """By its author, as long as nobody answered."""
    found = _to_answer(correction)
    _answer(found, State.WITHDRAWN, "", None)
    Correction.objects.filter(pk=found.pk).update(contact="")
    _record(found, "withdraw-correction", by)
    return found


@transaction.atomic
def undo_correction(*, correction: Correction, reason: str, by: User) -> Correction:
    """Show again what was shown without it. Raises CorrectionRefused when it does not stand."""
    _require_reason(reason)
    found = _locked(correction)
    if found.state == State.UNDONE:
        raise CorrectionRefused(
            _("Cette correction est déjà défaite. Pour la rétablir, choisissez « Rétablir ».")
        )
    if found.state != State.ACCEPTED or found.is_erased:
        raise CorrectionRefused(_("Seule une correction acceptée peut être défaite."))
    _answer(found, State.UNDONE, reason, by)
    _apply(found, verb="undo-correction", by=by, reason=reason)
    _record(found, "undo-correction", by)
    return found


@transaction.atomic
def redo_correction(*, correction: Correction, reason: str, by: User) -> Correction:
    """Show again the values of a correction that was undone."""
    _require_reason(reason)
    found = _locked(correction)
    if found.state != State.UNDONE or found.is_erased:
        raise CorrectionRefused(_("Seule une correction défaite peut être rétablie."))
    _answer(found, State.ACCEPTED, reason, by)
    _apply(found, verb="redo-correction", by=by, reason=reason)
    _record(found, "redo-correction", by)
    return found


def _read(name: str, typed: Any, party: Party | None, site: Site | None) -> Any:
    allowed: tuple[str, ...] = PLACE_FIELDS
    if party:
        allowed = (*PARTY_FIELDS, *(SITE_FIELDS if site and site.party_id == party.pk else ()))
        if party.diffusion == Diffusion.PARTIAL:
            allowed = tuple(one for one in allowed if one not in PRIVATE_FIELDS)
    if name not in allowed:
        raise CorrectionRefused(_("Ce champ ne peut pas être corrigé ici."))
    if not party:
        return read_population(typed) if name == "population" else read_place_name(typed)
    return read_value(name, typed)


def _is_there(name: str, commune: str) -> bool:
    folded = fold_for_search(name)
    near = visible_parties().filter(sites__commune__code=commune, search_text__startswith=folded)
    return any(fold_for_search(one) == folded for one in near.values_list("name", flat=True))


def _propose(
    correction: Correction, *, evidence: str, credit: str, contact: str, by: User | None
) -> tuple[Correction, str]:
    if correction.party and correction.party.diffusion == Diffusion.MASKED:
        raise CorrectionRefused(_("Cette organisation n’est plus sur le site."))
    secret = secrets.token_urlsafe(24)
    correction.evidence = read_evidence(evidence)
    correction.credit = read_credit(credit)
    correction.contact = contact
    correction.author = by
    correction.secret_digest = digest_of(secret)
    correction.save()
    is_first = publishes_first(by, correction.party)
    if is_first:
        take_turn()
        _answer(correction, State.ACCEPTED, "", by)
        _apply(correction, verb="publish-correction", by=by, reason="")
        _tell_author(correction, by)
    _record(correction, "propose-correction", by, is_published=is_first)
    return correction, secret


def _locked(correction: Correction) -> Correction:
    take_turn()  # a harvest may be writing this party
    return Correction.objects.select_for_update().get(pk=correction.pk)


def _to_answer(correction: Correction) -> Correction:
    found = _locked(correction)
    if found.state != State.PROPOSED or found.is_erased:
        raise AlreadyAnswered(_("Cette correction est déjà répondue : %s.") % found.get_state_display())
    return found


def _refuse_other_base(correction: Correction) -> None:
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


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise CorrectionRefused(_("Une décision sans raison n’est pas enregistrée."))


def _answer(correction: Correction, state: Correction.State, reason: str, by: User | None) -> None:
    correction.state = state
    correction.answer = reason.strip()[:1000]
    correction.answered_at = timezone.now()
    correction.answered_by = by
    correction.save(update_fields=["state", "answer", "answered_at", "answered_by"])


def _apply(correction: Correction, *, verb: str, by: User | None, reason: str) -> None:
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


def _tell_author(correction: Correction, by: User | None) -> None:
    """If she left an address: then it is forgotten."""
    if not correction.contact:
        return
    body = _("Votre correction sur « %(what)s » est %(state)s.") % {
        "what": label_of(correction),
        "state": correction.get_state_display(),
    }
    if correction.answer:
        body += "\n\n" + _("Raison donnée : %s") % correction.answer
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


def _record(correction: Correction, verb: str, by: User | None, **details: Any) -> None:
    """The names of the fields and nothing of what was said."""
    write_journal(
        verb=verb,
        subject=f"correction:{correction.token}",
        by=by,
        fields=sorted(correction.values),
        state=correction.state,
        **details,
    )
