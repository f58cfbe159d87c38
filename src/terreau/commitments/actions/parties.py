"""A party that left the directory and comes back has its promises again."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from terreau.commitments.models import Commitment
from terreau.commons.actions import write_journal
from terreau.commons.models import Party, User


@transaction.atomic
def attach_returned_parties(*, by: User | None) -> int:
    """Name again the owners and beneficiaries whose identity is back. Returns how many commitments changed.

    The observatory calls it after each change of who is there.
    """
    attached = 0
    for role in ("owner", "beneficiary"):
        back = Party.objects.filter(identity=OuterRef(f"{role}_identity"))
        away = Commitment.objects.filter(**{role: None}).exclude(**{f"{role}_identity": ""})
        attached += away.filter(Exists(back)).update(**{role: Subquery(back.values("pk")[:1])})
    if attached:
        write_journal(verb="attach-returned-parties", by=by, commitments=attached)
    return attached
