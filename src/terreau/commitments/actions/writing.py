"""What every verb of the register does: wait for its turn, check who acts, keep what a field said before."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.models import Change, Commitment
from terreau.commitments.rules import may_write
from terreau.commons.actions import write_journal
from terreau.commons.actions.publishing import publish_datasets
from terreau.commons.acts import PUBLIC_ACTS
from terreau.commons.models import LogEntry, Party, User
from terreau.commons.search.fold import fold_for_search
from terreau.lake.turn import take_turn

PUBLISHED = ("engagements", "realisations")
"""The datasets of ``datasets.py`` that a change of a commitment changes."""


class NotAllowed(PermissionError):
    """Who asked may not change this commitment; the message says who may. The attempt is in the public log."""


def subject_of(commitment: Commitment) -> str:
    """Under which the journal and the log name it."""
    return f"commitment:{commitment.token}"


def locked(commitment: Commitment, by: User | None) -> Commitment:
    """The row as it is now, held until the transaction ends, if ``by`` may change it. Raises NotAllowed."""
    take_turn()
    row = Commitment.objects.select_for_update(of=("self",)).select_related("owner").get(pk=commitment.pk)
    if not may_write(by, row):
        raise NotAllowed(_("Seuls celui qui s’engage et les animateurs du registre changent un engagement."))
    return row


def refuse_and_log(*, commitment: Commitment, by: User | None) -> None:
    """Write in the log that a change was refused. To be called outside the transaction that the refusal undid."""
    with transaction.atomic():
        write_journal(verb="refuse-commitment-change", subject=subject_of(commitment), by=by)


def write_change(
    commitment: Commitment,
    verb: str,
    *,
    by: User | None,
    reason: str = "",
    before: dict[str, Any] | None = None,
) -> Change:
    """One line of its history, and the entry of the journal: which act, never its words."""
    last = commitment.changes.aggregate(number=Max("number"), at=Max("at"))
    now = timezone.now()
    change = Change.objects.create(
        commitment=commitment,
        number=(last["number"] or 0) + 1,
        at=max(now, last["at"])
        if last["at"]
        else now,  # a clock that went back moves no change before another
        verb=verb,
        reason=reason,
        before=before or {},
        by=by,
    )
    write_journal(verb=verb, subject=subject_of(commitment), by=by, change=change.number)
    if verb in PUBLIC_ACTS:
        change.log_index = (
            LogEntry.objects.filter(about=subject_of(commitment), verb=verb).latest("index").index
        )
        change.save(update_fields=["log_index"])
    # What fails here is published with the next change, or by the next harvest.
    transaction.on_commit(lambda: _publish(by), robust=True)
    return change


def _publish(by: User | None) -> None:
    publish_datasets(names=PUBLISHED, by=by)


def values_of(commitment: Commitment, names: Iterable[str]) -> dict[str, Any]:
    """The fields as JSON holds them; parties by their identity, places by zoning and code. No name of a party."""
    return {name: _plain(commitment, name) for name in names}


def _plain(commitment: Commitment, name: str) -> Any:
    if name in {"owner", "beneficiary"}:
        return getattr(commitment, f"{name}_identity")
    if name == "place":
        return [commitment.place.zoning_id, commitment.place.code] if commitment.place else None
    if name == "items":
        return sorted(commitment.items.values_list("programme__slug", "code")) if commitment.pk else []
    value = getattr(commitment, name)
    return value if value is None or isinstance(value, str | bool) else str(value)


def set_party(commitment: Commitment, role: str, party: Party | None) -> None:
    """``role``: ``"owner"`` or ``"beneficiary"``. The identity outlives the party."""
    setattr(commitment, role, party)
    setattr(commitment, f"{role}_identity", party.identity if party else "")


def searchable(commitment: Commitment) -> str:
    """Its own words, folded. Not the names of parties: they change, and may be masked."""
    parts = (commitment.title, commitment.details, commitment.deliverable, commitment.owner_name)
    return fold_for_search(" ".join(part for part in parts if part))


def check_whole(commitment: Commitment) -> None:
    """What a published commitment needs, each problem at its field. Raises ValidationError."""
    problems: dict[str, str] = {}
    if commitment.due_on is None:
        problems["due_on"] = _("Donnez une échéance : la prochaine réunion, à défaut d’autre date.")
    if not commitment.deliverable and not commitment.has_measure:
        problems["deliverable"] = _(
            "Dites ce qui sera livré, ou donnez une unité, un point de départ et une cible."
        )
    if problems:
        raise ValidationError(problems)
    check_words(commitment)


def check_words(commitment: Commitment) -> None:
    """What no commitment may say, drafts included. Raises ValidationError."""
    problems: dict[str, str] = {}
    if commitment.starts_on and commitment.due_on and commitment.due_on < commitment.starts_on:
        problems["due_on"] = _("L’échéance est avant le début : corrigez l’une des deux dates.")
    measure = (commitment.unit, commitment.baseline, commitment.target)
    if any(part not in ("", None) for part in measure):
        if not commitment.unit:
            problems["unit"] = _("Dites en quelle unité : logements, heures, euros…")
        if commitment.baseline is None:
            problems["baseline"] = _("Donnez le point de départ : 0 si rien n’existe encore.")
        if commitment.target is None:
            problems["target"] = _("Donnez la cible à atteindre.")
        elif commitment.target == commitment.baseline:
            problems["target"] = _("La cible est le point de départ : il n’y aurait rien à faire.")
    if commitment.owner and commitment.owner_name:
        problems["owner_name"] = _(
            "Choisissez une organisation de l’annuaire ou écrivez un nom, pas les deux."
        )
    if commitment.beneficiary and commitment.beneficiary_name:
        problems["beneficiary_name"] = _(
            "Choisissez une organisation de l’annuaire ou écrivez un nom, pas les deux."
        )
    if problems:
        raise ValidationError(problems)


def web_address_or_nothing(page: str) -> str:
    """Of the page that a promise comes from. Nothing on a site that is read under a name of its own network: no promise
    is refused for that.
    """
    try:
        Commitment._meta.get_field("basis_url").run_validators(page)
    except ValidationError:
        return ""
    return page
