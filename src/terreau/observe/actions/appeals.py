"""Appeals against a refusal: its author asks once; a second steward judges, with a public reason."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.observe.models import Appeal, Correction
from terreau.observe.rules import may_judge_appeal

from .correction_answers import (
    answer_it,
    apply_values,
    lock_correction,
    record_act,
    refuse_other_base,
    require_reason,
    tell_author,
)
from .correction_values import CorrectionRefused

State = Correction.State


@transaction.atomic
def appeal_refusal(*, correction: Correction, words: str, contact: str = "", by: User | None) -> Appeal:
    """``words``: what the first steward did not see. ``contact``: where to answer, if she left none that is kept.

    Raises CorrectionRefused when there is no refusal, or an appeal was made already.
    """
    found = lock_correction(correction)
    if found.state != State.REFUSED or found.is_erased:
        raise CorrectionRefused(_("Seul un refus ouvre un recours."))
    if Appeal.objects.filter(correction=found).exists():
        raise CorrectionRefused(_("Un recours a déjà été déposé contre ce refus, une seule fois."))
    if not words.strip():
        raise CorrectionRefused(_("Dites ce que le premier gardien n’a pas vu : quelques mots suffisent."))
    appeal = Appeal.objects.create(
        correction=found,
        words=words.strip()[:1000],
        refusal=found.answer,
        refused_at=found.answered_at or found.proposed_at,
        refused_by=found.answered_by,
    )
    found.contact = contact
    found.save(update_fields=["contact"])
    record_act(found, "appeal-refusal", by)
    return appeal


@transaction.atomic
def grant_appeal(*, correction: Correction, reason: str, is_confirmed: bool = False, by: User) -> Correction:
    """The correction is accepted after all. Raises as ``accept_correction``, and for whoever may not judge."""
    found = _lock_to_judge(correction, reason, by)
    if not is_confirmed:
        refuse_other_base(found)
    _judge(found.appeal, True, reason, by)
    answer_it(found, State.ACCEPTED, reason, by)
    apply_values(found, verb="grant-appeal", by=by, reason=reason)
    tell_author(found, by)
    record_act(found, "grant-appeal", by)
    return found


@transaction.atomic
def reject_appeal(*, correction: Correction, reason: str, by: User) -> Correction:
    """The refusal stands, with a second reason. It is the last word."""
    found = _lock_to_judge(correction, reason, by)
    _judge(found.appeal, False, reason, by)
    tell_author(found, by, reason=_("un second gardien a relu : %s") % reason.strip())
    record_act(found, "reject-appeal", by)
    return found


def _lock_to_judge(correction: Correction, reason: str, by: User) -> Correction:
    require_reason(reason)
    found = lock_correction(correction)
    appeal = Appeal.objects.filter(correction=found, is_granted=None).first()
    if found.state != State.REFUSED or found.is_erased or appeal is None:
        raise CorrectionRefused(_("Aucun recours n’attend ici."))
    if not may_judge_appeal(by, found):
        raise CorrectionRefused(
            _("Un recours est jugé par un autre gardien : ni qui a refusé, ni qui est concerné.")
        )
    return found


def _judge(appeal: Appeal, is_granted: bool, reason: str, by: User) -> None:
    appeal.is_granted = is_granted
    appeal.judged_at = timezone.now()
    appeal.judged_by = by
    appeal.reason = reason.strip()[:1000]
    appeal.save(update_fields=["is_granted", "judged_at", "judged_by", "reason"])
