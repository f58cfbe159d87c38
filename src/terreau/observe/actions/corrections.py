"""Corrections: anybody proposes, a steward answers with a reason, every answer can be undone."""

import secrets
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from terreau.commons.enums import PRIVATE_FIELDS, Diffusion
from terreau.commons.models import Party, Place, Site, User
from terreau.commons.search.fold import fold_for_search
from terreau.commons.tokens import new_token
from terreau.lake.turn import take_turn
from terreau.observe.models import Appeal, Correction
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

from .correction_answers import (
    answer_it,
    apply_values,
    lock_correction,
    lock_to_answer,
    record_act,
    refuse_other_base,
    require_reason,
    tell_author,
)
from .correction_records import LOCAL
from .correction_values import (
    CorrectionRefused,
    read_credit,
    read_evidence,
    read_place_name,
    read_population,
    read_value,
)

State = Correction.State


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
    found = lock_to_answer(correction)
    if not is_confirmed:
        refuse_other_base(found)
    answer_it(found, State.ACCEPTED, reason, by)
    apply_values(found, verb="accept-correction", by=by, reason=reason)
    tell_author(found, by)
    record_act(found, "accept-correction", by)
    return found


@transaction.atomic
def refuse_correction(*, correction: Correction, reason: str, by: User) -> Correction:
    """``reason`` is public. Raises AlreadyAnswered, and CorrectionRefused without a reason."""
    require_reason(reason)
    found = lock_to_answer(correction)
    answer_it(found, State.REFUSED, reason, by)
    tell_author(found, by)
    record_act(found, "refuse-correction", by)
    return found


@transaction.atomic
def withdraw_correction(*, correction: Correction, by: User | None) -> Correction:
    """By its author, as long as nobody answered."""
    found = lock_to_answer(correction)
    answer_it(found, State.WITHDRAWN, "", None)
    Correction.objects.filter(pk=found.pk).update(contact="")
    record_act(found, "withdraw-correction", by)
    return found


@transaction.atomic
def undo_correction(*, correction: Correction, reason: str, by: User) -> Correction:
    """Show again what was shown without it. Raises CorrectionRefused when it does not stand."""
    require_reason(reason)
    found = lock_correction(correction)
    _refuse_first_judge(found, by)
    if found.state == State.UNDONE:
        raise CorrectionRefused(
            _("Cette correction est déjà défaite. Pour la rétablir, choisissez « Rétablir ».")
        )
    if found.state != State.ACCEPTED or found.is_erased:
        raise CorrectionRefused(_("Seule une correction acceptée peut être défaite."))
    answer_it(found, State.UNDONE, reason, by)
    apply_values(found, verb="undo-correction", by=by, reason=reason)
    record_act(found, "undo-correction", by)
    return found


@transaction.atomic
def redo_correction(*, correction: Correction, reason: str, by: User) -> Correction:
    """Show again the values of a correction that was undone."""
    require_reason(reason)
    found = lock_correction(correction)
    if found.state != State.UNDONE or found.is_erased:
        raise CorrectionRefused(_("Seule une correction défaite peut être rétablie."))
    answer_it(found, State.ACCEPTED, reason, by)
    apply_values(found, verb="redo-correction", by=by, reason=reason)
    record_act(found, "redo-correction", by)
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


def _refuse_first_judge(correction: Correction, by: User) -> None:
    """Whoever refused it does not undo what a second steward decided on appeal."""
    if Appeal.objects.filter(correction=correction, is_granted=True, refused_by=by).exists():
        raise CorrectionRefused(
            _("Vous aviez refusé cette correction, acceptée sur recours : un autre gardien peut la défaire.")
        )


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
        answer_it(correction, State.ACCEPTED, "", by)
        apply_values(correction, verb="publish-correction", by=by, reason="")
        tell_author(correction, by)
    record_act(correction, "propose-correction", by, is_published=is_first)
    return correction, secret
