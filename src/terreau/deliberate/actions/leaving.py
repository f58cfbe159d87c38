"""An account is about to be erased: what it held in processes no longer names anybody."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from terreau.commons.actions import write_journal
from terreau.commons.actions.forgetting import write_file_anew
from terreau.commons.models import User
from terreau.deliberate.enums import Moderation, State
from terreau.deliberate.models import (
    Contribution,
    Participant,
    Process,
    ProcessRole,
    Proposal,
    Statement,
    Vote,
)
from terreau.lake.turn import take_turn

GONE = "[nom effacé]"
"""What stands in the place of an erased name, in every language."""


@transaction.atomic
def forget_person(*, user: User, by: User | None) -> None:
    """Her roles end and lose her name, so do the interests that she declared; what she said in public stays, by nobody.

    Drafts that nobody else holds a role in go with her; so do words that were never public, and her votes of processes
    that are still open: nobody is left to change them.
    """
    take_turn()
    _forget_what_was_not_public(user)
    roles = ProcessRole.objects.filter(user=user)
    others = ProcessRole.objects.filter(process=OuterRef("pk"), ended_at__isnull=True).exclude(user=user)
    drafts = Process.objects.filter(state=State.DRAFT).exclude(Exists(others))
    _all, by_model = drafts.filter(pk__in=roles.values("process")).delete()
    ended = roles.filter(ended_at__isnull=True).update(ended_at=timezone.now())
    renamed = roles.update(shown_name=GONE)
    user.interests.exclude(ended_because="").update(ended_because=GONE)
    interests = user.interests.update(shown_name=GONE, words=GONE)
    took_part = Participant.objects.filter(user=user).update(shown_name="", user=None)
    if by_model or ended or renamed or interests or took_part:
        Process.objects.filter(pk__in=roles.values("process")).update(changed_at=timezone.now())
        write_journal(verb="forget-person-in-processes", subject=f"person:{user.pk}", by=by)
        transaction.on_commit(write_file_anew)


def _forget_what_was_not_public(user: User) -> None:
    for model in (Statement, Contribution, Proposal):
        rows: Any = model.objects.filter(author__user=user)
        rows.exclude(moderation=Moderation.PUBLISHED).delete()
    now = timezone.now()
    hers = Participant.objects.filter(user=user).select_related("process")
    still_open = [one.pk for one in hers if not one.process.is_closed_at(now)]
    Vote.objects.filter(participant__in=still_open).delete()
