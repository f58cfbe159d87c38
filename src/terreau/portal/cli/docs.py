"""`terreau docs`: write the reference pages that come from the code."""

from pathlib import Path

import click

from .start import start_django
from .words import words


@click.command(
    help=words(
        "Écrire les pages de référence qui viennent du code.",
        "Write the reference pages that come from the code.",
    )
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="docs/reference")
def docs(folder: Path) -> None:
    start_django()
    from terreau.observe.models import Harvest
    from terreau.portal.documents import pages, sources_page

    writers = pages()
    if Harvest.objects.exists():
        writers["sources.md"] = sources_page
    else:
        click.echo(words("sources.md : pas encore de moisson.", "sources.md: no harvest yet."))
    folder.mkdir(parents=True, exist_ok=True)
    for name, write in writers.items():
        (folder / name).write_text(write(), encoding="utf-8")
        click.echo(folder / name)
