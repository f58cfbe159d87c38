"""`terreau link`: compare all organisations by names and places; pairs that look alike wait for a person."""

import click

from .lock import data_folder
from .start import start_django
from .words import words


@click.command(
    help=words(
        "Comparer toutes les fiches par leurs noms et leurs lieux. Rien n’est réuni : les paires qui se ressemblent "
        "attendent une personne, à la page « Fiches réunies ».",
        "Compare all records by names and places. Nothing is merged: pairs that look alike wait for a person, on "
        "the page of merged records.",
    )
)
def link() -> None:
    from django.conf import settings

    start_django()
    from terreau.observe.actions.merging import find_candidates

    from .health import refuse_without_database

    with data_folder(settings.DATA_DIR):
        refuse_without_database()
        click.echo(str(find_candidates(by=None)))
