"""`terreau administrator`: the first account that may confide roles to others."""

import click

from .start import start_django
from .words import words


@click.command(
    help=words(
        "Donner le rôle d’administrateur à une adresse e-mail ; crée le compte s’il n’existe pas.",
        "Give the role of administrator to an e-mail address; makes the account if there is none.",
    )
)
@click.argument("email")
def administrator(email: str) -> None:
    start_django()
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from terreau.commons.actions import make_administrator

    from .health import refuse_without_database

    refuse_without_database()
    try:
        validate_email(email)
    except ValidationError as error:
        raise click.ClickException(
            words(f"« {email} » n’est pas une adresse e-mail.", f"“{email}” is not an e-mail address.")
        ) from error
    if make_administrator(email=email, by=None):
        click.echo(words(f"{email} est administrateur.", f"{email} is an administrator."))
        click.echo(
            words(
                "Connectez-vous avec cette adresse : un code y sera envoyé.",
                "Sign in with this address: a code will be sent to it.",
            )
        )
    else:
        click.echo(words(f"{email} était déjà administrateur.", f"{email} already was an administrator."))
