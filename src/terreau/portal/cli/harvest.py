"""`terreau harvest`: read sources again."""

from pathlib import Path

import click

from .words import words


@click.command(help=words("Moissonner des sources.", "Harvest sources."))
@click.argument("sources", nargs=-1)
def harvest(sources: tuple[str, ...]) -> None:
    raise click.ClickException("…")
