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
@click.pass_context
def docs(context: click.Context, folder: Path) -> None:
    start_django()
    from terreau.portal import documents

    terreau = context.find_root().command
    assert isinstance(terreau, click.Group)
    pages = {
        "datasets.md": documents.datasets_page(),
        "permissions.md": documents.permissions_page(),
        "commands.md": documents.commands_page(terreau.commands),
    }
    missing = _why_no_sources()
    if missing:
        click.echo(f"sources.md : {missing}")
    else:
        pages["sources.md"] = documents.sources_page()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(folder / name)


def _why_no_sources() -> str:
    """What the page of sources needs and lacks; the other pages come from the code alone."""
    from django.db import DatabaseError

    from terreau.observe.models import Harvest

    try:
        if Harvest.objects.exists():
            return ""
    except DatabaseError:
        return words(
            "la base n’a pas encore ses tables. Lancez d’abord : terreau init",
            "the database has no tables yet. First run: terreau init",
        )
    return words("pas encore de moisson.", "no harvest yet.")
