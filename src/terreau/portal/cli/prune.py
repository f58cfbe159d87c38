"""`terreau prune`: room on the disk, from the oldest publications."""

import click

from .start import start_django
from .words import words


@click.command(
    help=words(
        "Retirer les fichiers des plus anciennes publications de chaque jeu de données.",
        "Withdraw the files of the oldest publications of each dataset.",
    )
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    required=True,
    help=words("nombre de versions gardées par jeu", "number of versions kept of each dataset"),
)
def prune(keep: int) -> None:
    start_django()
    from terreau.observe.actions.publications import prune_publications

    from .health import refuse_without_database

    refuse_without_database()
    count = prune_publications(keep=keep, by=None)
    click.echo(
        words(
            f"versions dont les fichiers sont retirés : {count}. Leurs pages le disent.",
            f"versions whose files are withdrawn: {count}. Their pages say so.",
        )
    )
