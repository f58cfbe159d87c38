"""Mail: queued in the transaction of the act that sends it, sent once the act is certain, then forgotten."""

import logging
import re
from collections.abc import Mapping

from django.core.mail import EmailMessage
from django.db import transaction

from terreau.commons.models import OutgoingMail, User

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 10
_BY_A_MACHINE = {"Auto-Submitted": "auto-generated"}  # so that no other machine answers (RFC 3834)


def queue_mail(*, to: str, subject: str, body: str, about: str = "", by: User | None) -> None:
    """``about``: what it speaks of, and of whom (``"person:7 claim:12"``): when one of these ends, so does the mail."""
    mail = OutgoingMail.objects.create(to=to, subject=subject[:200], body=body, about=about)
    transaction.on_commit(lambda: _send(mail))


def send_once(*, to: str, subject: str, body: str, headers: Mapping[str, str], by: User | None) -> bool:
    """Now or never, without the queue, which would rather send twice than not at all. Whether it went."""
    try:
        EmailMessage(subject, body, None, [to], headers=dict(headers)).send()
    except OSError as error:
        log.warning("mail not sent: %s", type(error).__name__)
        return False
    return True


def send_waiting_mail(*, by: User | None) -> int:
    """Try again what could not be sent. Returns how many went; what failed ten times is given up."""
    return sum(_send(mail) for mail in OutgoingMail.objects.all())


def forget_mail(*, about: str, by: User | None) -> None:
    """Drop what waits and speaks of ``about``."""
    OutgoingMail.objects.filter(about__regex=rf"(^| ){re.escape(about)}( |$)").delete()


def _send(mail: OutgoingMail) -> bool:
    """The words and the address are not logged: only that it failed."""
    try:
        EmailMessage(mail.subject, mail.body, None, [mail.to], headers=_BY_A_MACHINE).send()
    except OSError as error:  # smtplib's errors are among them
        log.warning("mail %s not sent: %s", mail.pk, type(error).__name__)
        mail.attempts += 1
        if mail.attempts < MOST_ATTEMPTS:
            mail.save(update_fields=["attempts"])
            return False
    sent = mail.attempts < MOST_ATTEMPTS
    mail.delete()
    return sent
