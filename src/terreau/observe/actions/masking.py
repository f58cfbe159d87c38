"""An organisation asks not to be shown; a steward answers with a reason. Undone the same way."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.enums import Diffusion
from terreau.commons.models import Party, User
from terreau.lake.turn import take_turn
from terreau.observe.models import MaskRequest

from .harvesting.report import hide_values_of
from .refreshing import refresh_published


class MaskingRefused(ValueError):
    """The message says why, in French, to whoever asked."""


@transaction.atomic
def ask_masking(*, party: Party, reason: str, contact: str = "", by: User | None) -> MaskRequest:
    """Anyone may ask. The words and the address stay with the request: the journal tells only that it was made."""
    if not reason.strip():
        raise MaskingRefused(_("Une demande dit pourquoi."))
    asked = MaskRequest.objects.create(party=party, reason=reason.strip(), contact=contact)
    write_journal(verb="ask-masking", subject=f"party:{party.public_id}", by=by, request=asked.pk)
    return asked


@transaction.atomic
def answer_masking(*, request: MaskRequest, granted: bool, answer: str, by: User) -> MaskRequest:
    """Grant (the party is then nowhere) or refuse. Refusing what was granted shows the party again.

    Raises MaskingRefused without a reason.
    """
    if not answer.strip():
        raise MaskingRefused(_("Une décision sans raison n’est pas enregistrée."))
    take_turn()  # a harvest may be writing this party
    party = Party.objects.select_for_update().filter(mask_requests=request).first()
    if party is None:
        raise MaskingRefused(_("Cette organisation n’est plus ici : sa demande attend qu’elle y revienne."))
    was_granted = request.state == MaskRequest.State.GRANTED
    request.state = MaskRequest.State.GRANTED if granted else MaskRequest.State.REFUSED
    request.answer = answer.strip()
    request.answered_at = timezone.now()
    request.save(update_fields=["state", "answer", "answered_at"])
    if granted:
        party.diffusion = Diffusion.MASKED
    elif was_granted and not party.mask_requests.filter(state=MaskRequest.State.GRANTED).exists():
        party.diffusion = _diffusion_in_sources(party)
    party.save(update_fields=["diffusion"])
    if granted:
        hide_values_of(party)
    transaction.on_commit(lambda: refresh_published(by=by))
    write_journal(
        verb="answer-masking",
        subject=f"party:{party.public_id}",
        by=by,
        request=request.pk,
        state=request.state,
    )
    return request


def _diffusion_in_sources(party: Party) -> Diffusion:
    """The most reserved of what sources say: a mask lifted here does not lift that of the official register."""
    said = {record.values.get("diffusion") for record in party.records.only("values")}
    return next((level for level in (Diffusion.MASKED, Diffusion.PARTIAL) if level in said), Diffusion.OPEN)
