"""An account is about to be erased: what it held in processes no longer names anybody."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from terreau.commons.actions import write_journal
from terreau.commons.models import User
from terreau.deliberate.enums import State
from terreau.deliberate.models import Participant, Process, ProcessRole
from terreau.lake.turn import take_turn

GONE = "[nom effacé]"
"""What stands in the place of an erased name, in every language."""


@transaction.atomic
def forget_person(*, user: User, by: User | None) -> None:
    """Her roles end and lose her name, so do the interests that she declared; what she wrote stays, by nobody.

    Drafts that nobody else holds a role in go with her.
    """
    take_turn()
    roles = ProcessRole.objects.filter(user=user)
    others = ProcessRole.objects.filter(process=OuterRef("pk"), ended_at__isnull=True).exclude(user=user)
    drafts = Process.objects.filter(state=State.DRAFT).exclude(Exists(others))
    _all, by_model = drafts.filter(pk__in=roles.values("process")).delete()
    ended = roles.filter(ended_at__isnull=True).update(ended_at=timezone.now())
    renamed = roles.update(shown_name=GONE)
    user.interests.exclude(ended_because="").update(ended_because=GONE)
    interests = user.interests.update(shown_name=GONE, words=GONE)
    credited = Participant.objects.filter(user=user).exclude(shown_name="").update(shown_name="")
    if by_model or ended or renamed or interests or credited:
        Process.objects.filter(pk__in=roles.values("process")).update(changed_at=timezone.now())
        write_journal(verb="forget-person-in-processes", subject=f"person:{user.pk}", by=by)
