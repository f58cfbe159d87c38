"""`terreau receive-mail`: what a mail server gives on standard input."""

import sys

import click

from .start import start_django
from .words import words

TRY_AGAIN = 75  # sysexits.h: the mail server keeps the mail, and tries later


@click.command(
    "receive-mail",
    help=words(
        "Lire un message sur l’entrée standard, comme un serveur de courriel le donne : une réponse à une démarche "
        "attend d’être relue. N’affiche rien de ce que dit le message.",
        "Read a mail on standard input, as a mail server gives it: an answer to a process waits for review. Shows "
        "nothing of what the mail says.",
    ),
)
@click.option(
    "--to",
    "sent_to",
    default="",
    help=words(
        "L’adresse de livraison, que connaît le serveur.", "The address of delivery, which the server knows."
    ),
)
def receive_mail(sent_to: str) -> None:
    start_django()
    from django.conf import settings
    from django.db import DatabaseError

    from terreau.deliberate.actions import receiving
    from terreau.deliberate.actions.reading_mail import LONGEST_MAIL

    from .health import refuse_without_database
    from .link_to import link_to

    if not (settings.REPLY_ADDRESS and settings.SITE_ADDRESS):
        raise click.ClickException(
            words(
                "Aucun message n’est reçu : réglez TERREAU_REPLY_ADDRESS et TERREAU_SITE_ADDRESS.",
                "No mail is received: set TERREAU_REPLY_ADDRESS and TERREAU_SITE_ADDRESS.",
            )
        )
    raw = sys.stdin.buffer.read(LONGEST_MAIL + 1)
    try:
        refuse_without_database()
        outcome = receiving.receive_mail(raw=raw, link_to=link_to, sent_to=sent_to, by=None)
    except (click.ClickException, DatabaseError):
        click.echo(words("La base de données ne répond pas.", "The database does not answer."), err=True)
        raise SystemExit(TRY_AGAIN) from None
    told = {
        "waiting": words("Reçu : attend d’être relu.", "Received: waits for review."),
        "answered": words("Pas pris : une réponse le dit.", "Not taken: an answer says so."),
        "ignored": words("Ignoré : ce n’est pas une réponse.", "Ignored: this is no answer."),
    }
    click.echo(told[outcome])
