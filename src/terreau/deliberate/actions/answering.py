"""What a follower answers, by her link or by mail. It always waits for review: a link and an address are forwarded."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.models import Subscription
from terreau.commitments.queries.subscriptions import reader_of
from terreau.deliberate.enums import Channel, ContributionKind, Moderation
from terreau.deliberate.models import Contribution, Process, Statement, Text
from terreau.deliberate.queries.following import mail_secret
from terreau.deliberate.rules import is_locked

from .contributions import WRITING, contribute
from .participating import take_part
from .statements import SPEAKING, add_statement
from .writing import NotAllowed, TooLate, locked

MOST_WAITING = 20


def takes_statements(process: Process, now: dt.datetime) -> bool:
    return process.step_open_at(now, *SPEAKING) is not None


def texts_to_comment(process: Process, subscription: Subscription, now: dt.datetime) -> list[Text]:
    """Those that take contributions now, but for what an interest of hers locks."""
    reader = reader_of(subscription)
    if process.step_open_at(now, *WRITING) is None or is_locked(reader, process):
        return []
    texts = process.texts.filter(is_open=True, versions__isnull=False).distinct()
    return [one for one in texts if not is_locked(reader, process, text=one)]


@transaction.atomic
def answer_process(
    *, process: Process, subscription: Subscription, words: str, text: Text | None = None
) -> Statement | Contribution:
    """A comment of ``text``, else a statement. Raises NotAllowed, TooLate, AlreadySaid, ValidationError."""
    process = locked(process)
    now = timezone.now()
    if is_locked(reader_of(subscription), process, text=text):
        raise NotAllowed(_("Vous avez déclaré un intérêt : ce dossier vous est fermé tant qu’il dure."))
    if not (takes_statements(process, now) if text is None else process.step_open_at(now, *WRITING)):
        raise TooLate(_("Aucune étape où l’on écrit n’est ouverte en ce moment."))
    author = take_part(
        process=process, by=subscription.user, secret=mail_secret(subscription), channel=Channel.MAIL
    )
    waiting = {"author": author, "moderation": Moderation.WAITING}
    count = sum(model.objects.filter(**waiting).count() for model in (Statement, Contribution))
    if count >= MOST_WAITING:
        raise NotAllowed(
            _("Vingt de vos messages attendent d’être relus : laissez-nous le temps de les lire.")
        )
    if text is None:
        return add_statement(process=process, words=words, author=author, by=None, channel=Channel.MAIL)
    return contribute(
        text=text,
        author=author,
        version=text.versions.latest("number").number,
        key="",
        kind=ContributionKind.COMMENT,
        words=words,
        channel=Channel.MAIL,
        by=None,
    )
