"""`terreau demonstration`: fictional commitments to look at, and their removal."""

import click

from .start import start_django
from .words import words


@click.group(
    help=words(
        "Montrer le registre avec des engagements fictifs, marqués comme tels.",
        "Show the register with fictional commitments, marked as such.",
    )
)
def demonstration() -> None:
    start_django()
    from .health import refuse_without_database

    refuse_without_database()


@demonstration.command(
    help=words(
        "Ajouter une démarche et des engagements fictifs dans tous les états, datés autour d’aujourd’hui.",
        "Add a fictional process, and fictional commitments in every state, with dates around today.",
    )
)
def add() -> None:
    from django.db import transaction

    from terreau.commitments.actions import add_demonstration
    from terreau.commitments.actions.demonstration import CannotDemonstrate
    from terreau.deliberate.actions.demonstration import add_demonstration_process

    try:
        with transaction.atomic():
            added = add_demonstration(by=None)
            add_demonstration_process(by=None)
    except CannotDemonstrate as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        words(
            f"Engagements fictifs ajoutés : {added}. Pour les retirer : terreau demonstration remove",
            f"Fictional commitments added: {added}. To remove them: terreau demonstration remove",
        )
    )


@demonstration.command(
    help=words(
        "Retirer la démarche et tous les engagements fictifs, et eux seuls.",
        "Remove the fictional process and every fictional commitment, and nothing else.",
    )
)
def remove() -> None:
    from django.db import transaction

    from terreau.commitments.actions import remove_demonstration
    from terreau.commitments.actions.demonstration import CannotDemonstrate
    from terreau.deliberate.actions.demonstration import remove_demonstration_process

    try:
        with transaction.atomic():
            removed = remove_demonstration(by=None)
            remove_demonstration_process(by=None)
    except CannotDemonstrate as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        words(
            f"Engagements fictifs retirés : {removed}. Le journal garde les actes.",
            f"Fictional commitments removed: {removed}. The journal keeps the acts.",
        )
    )
