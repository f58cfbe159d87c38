"""Persons who speak for an organisation."""

from django.utils import timezone

from terreau.commons.models import Party, User
from terreau.observe.models import Claim

from . import make_user


def make_custodian(party: Party) -> User:
    user, now = make_user(), timezone.now()
    Claim.objects.create(
        party=party,
        identity=party.identity,
        user=user,
        method=Claim.Method.EMAIL,
        state=Claim.State.GRANTED,
        answered_at=now,
        expires_at=now,
    )
    return user
