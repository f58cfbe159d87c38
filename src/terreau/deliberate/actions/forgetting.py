"""An account is about to be erased: what people said stays, nobody's name is on it any more."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.actions import write_journal
from terreau.commons.actions.forgetting import write_file_anew
from terreau.commons.models import User
from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import (
    Contribution,
    Interest,
    Participant,
    ProcessRole,
    Proposal,
    Statement,
    Vote,
)
from terreau.lake.turn import take_turn

MODERATED = (Statement, Contribution, Proposal)


@transaction.atomic
def forget_participations_of(*, user: User, by: User | None) -> int:
    """Her name leaves participations, roles and interests, which end; words that were never public go, and so do votes
    of steps that are still open: nobody is left to change them. Published words and closed votes stay, unsigned.
    Returns how many participations there were.
    """
    take_turn()
    now = timezone.now()
    hers = Participant.objects.filter(user=user)
    found = hers.count()
    for model in MODERATED:
        for row in model.objects.filter(author__user=user).exclude(moderation=Moderation.PUBLISHED):
            row.delete()
    still_open = [one.pk for one in hers.select_related("process") if not one.process.is_closed_at(now)]
    Vote.objects.filter(participant__in=still_open).delete()
    roles, interests = ProcessRole.objects.filter(user=user), Interest.objects.filter(user=user)
    gone = _("compte supprimé")
    roles.filter(ended_at__isnull=True).update(ended_at=now)
    interests.filter(ended_at__isnull=True).update(ended_at=now, ended_because=gone)
    changed = roles.update(shown_name=gone) + interests.update(shown_name=gone)
    hers.update(shown_name="", user=None)
    if found or changed:
        write_journal(verb="forget-participations", subject=f"person:{user.pk}", by=by, count=found)
        transaction.on_commit(write_file_anew)
    return found
