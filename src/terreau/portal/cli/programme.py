"""`terreau programme`: the text that commitments serve, from a file."""

from pathlib import Path

import click

from .start import start_django
from .words import words


@click.command(
    help=words(
        "Charger un programme (propositions, mesures, axes) depuis un fichier TOML.",
        "Load a programme (propositions, measures, axes) from a TOML file.",
    )
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def programme(file: Path) -> None:
    start_django()
    from terreau.commitments.actions import load_programme
    from terreau.commitments.actions.programme_files import MOST_BYTES, NotAProgramme

    from .health import refuse_without_database

    refuse_without_database()
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        loaded = load_programme(content=content, by=None)
    except NotAProgramme as error:
        raise click.ClickException(f"{file}\n{error}") from error
    click.echo(loaded)
