"""`terreau send-mail`: what could not leave is tried again."""

import click

from .start import start_django
from .words import words


@click.command(
    "send-mail",
    help=words(
        "Envoyer les messages restés en attente. À lancer toutes les dix minutes.",
        "Send the mail that still waits. To be run every ten minutes.",
    ),
)
def send_mail() -> None:
    start_django()
    from terreau.commons.actions.mail import send_waiting_mail
    from terreau.commons.models import OutgoingMail

    from .health import check_mail, refuse_without_database

    refuse_without_database()
    finding = check_mail()
    if finding.state != "ok":  # sent all the same, to where the settings say
        click.echo(f"{finding.what} {finding.mend}", err=True)
    sent, waiting = send_waiting_mail(by=None), OutgoingMail.objects.count()
    click.echo(
        words(f"Messages envoyés : {sent}, en attente : {waiting}", f"Sent: {sent}, waiting: {waiting}")
    )
    if waiting:
        raise SystemExit(1)
