"""`terreau digest`: what falls due, by mail, to those who asked for it."""

import click

from .start import start_django
from .words import words


@click.command(
    help=words(
        "Écrire à qui suit les engagements : ce qui arrive à échéance, ce qui a changé. À lancer chaque jour ; une "
        "adresse reçoit un message par semaine au plus.",
        "Write to those who follow commitments: what falls due, what changed. To be run every day; an address gets "
        "one mail a week at most.",
    )
)
def digest() -> None:
    start_django()
    from django.conf import settings

    from terreau.commitments.actions.digests import send_digests

    from .health import check_mail, refuse_without_database
    from .link_to import link_to

    refuse_without_database()
    if not settings.SITE_ADDRESS:
        raise click.ClickException(
            words(
                "Le site n’a pas d’adresse publique (TERREAU_SITE_ADDRESS) : les liens des messages ne mèneraient "
                "nulle part.",
                "The site has no public address (TERREAU_SITE_ADDRESS): links in the mail would lead nowhere.",
            )
        )
    finding = check_mail()
    if finding.state != "ok":
        click.echo(f"{finding.what} {finding.mend}", err=True)

    sent = send_digests(link_to=link_to, by=None)
    click.echo(words(f"Messages envoyés : {sent}", f"Sent: {sent}"))
