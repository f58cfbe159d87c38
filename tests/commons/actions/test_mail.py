"""Mail leaves with the act that wrote it, or waits; nothing of it is kept once it has gone."""

import smtplib

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from terreau.commons.actions.mail import MOST_ATTEMPTS, forget_mail, queue_mail, send_waiting_mail
from terreau.commons.models import OutgoingMail

pytestmark = pytest.mark.django_db(transaction=True)

LETTER = {"to": "personne@exemple.invalid", "subject": "Essai", "body": "Un texte inventé.", "by": None}


class NoServer(BaseEmailBackend):
    def send_messages(self, messages) -> int:
        raise smtplib.SMTPServerDisconnected("nobody answers")


def test_mail_goes_once_the_act_is_certain_and_leaves_no_row() -> None:
    with transaction.atomic():
        queue_mail(**LETTER)
        assert mail.outbox == []
    assert [message.to for message in mail.outbox] == [["personne@exemple.invalid"]]
    assert not OutgoingMail.objects.exists()


def test_an_act_undone_sends_nothing() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue_mail(**LETTER)
        raise ZeroDivisionError
    assert mail.outbox == []
    assert not OutgoingMail.objects.exists()


def test_what_cannot_be_sent_waits_then_goes(settings, caplog) -> None:
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.NoServer"
    queue_mail(**LETTER)
    assert OutgoingMail.objects.get().attempts == 1
    assert "SMTPServerDisconnected" in caplog.text
    assert "personne@" not in caplog.text and "inventé" not in caplog.text
    settings.EMAIL_BACKEND = backend
    assert send_waiting_mail(by=None) == 1
    assert len(mail.outbox) == 1
    assert not OutgoingMail.objects.exists()


def test_mail_that_never_goes_is_given_up(settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.NoServer"
    queue_mail(**LETTER)
    for _ in range(MOST_ATTEMPTS - 1):
        assert send_waiting_mail(by=None) == 0
    assert not OutgoingMail.objects.exists()


def test_mail_about_an_erased_object_is_forgotten(settings) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.NoServer"
    queue_mail(**LETTER, about="correction:ab12")
    queue_mail(**LETTER, about="correction:cd34")
    forget_mail(about="correction:ab12", by=None)
    assert [one.about for one in OutgoingMail.objects.all()] == ["correction:cd34"]


@pytest.mark.django_db
def test_a_mail_about_several_is_forgotten_with_any_of_them() -> None:
    for about in ("person:1 claim:12", "person:12 claim:1", "person:12"):
        queue_mail(to="a@exemple.invalid", subject=about, body="x", about=about, by=None)
    forget_mail(about="claim:1", by=None)
    forget_mail(about="person:1", by=None)
    assert list(OutgoingMail.objects.values_list("subject", flat=True)) == ["person:12"]
