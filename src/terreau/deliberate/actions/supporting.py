"""Support for a version of a text. Counted, never signed: no entry in the journal says who supports what."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.deliberate.enums import StepKind
from terreau.deliberate.models import Participant, Support, Text
from terreau.deliberate.queries.texts import current_version
from terreau.deliberate.rules import is_locked

from .contributions import TextChanged
from .writing import NotAllowed, TooLate, locked

SUPPORTING = (StepKind.PROPOSE, StepKind.DISCUSS, StepKind.VOTE)


def may_support_now(text: Text) -> bool:
    return text.process.step_open_at(timezone.now(), *SUPPORTING) is not None


@transaction.atomic
def support_version(*, text: Text, number: int, author: Participant, by: User | None) -> Support:
    """The version in force, which she read. Raises NotAllowed, TooLate, TextChanged."""
    _check(text, by)
    current = current_version(text)
    if current.number != number:
        raise TextChanged(current.number, None)
    return Support.objects.get_or_create(participant=author, version=current)[0]


@transaction.atomic
def stop_supporting(*, text: Text, author: Participant, by: User | None) -> None:
    """The version in force. Raises NotAllowed, TooLate."""
    _check(text, by)
    Support.objects.filter(participant=author, version=current_version(text)).delete()


def _check(text: Text, by: User | None) -> None:
    text.process = locked(text.process)
    if is_locked(by, text.process, text=text):
        raise NotAllowed(_("Vous avez déclaré un intérêt dans ce dossier : il vous est fermé."))
    if not may_support_now(text):
        raise TooLate(
            _("Les soutiens ne sont pas ouverts en ce moment : les étapes disent quand ils le sont.")
        )
