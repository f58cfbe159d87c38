"""`terreau backup` and `terreau restore`."""

import datetime as dt
from pathlib import Path

import click

from .lock import data_folder
from .log_words import problem_words
from .start import start_django
from .words import words


@click.command(
    help=words(
        "Sauvegarder le site dans un fichier, pendant qu’il est ouvert.",
        "Save the site to one file, while it is open.",
    )
)
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False, resolve_path=True))
def backup(file: Path | None) -> None:
    start_django()
    from django.conf import settings

    from terreau.portal.backup import BackupError, make_backup

    from .health import refuse_without_database

    target = file or Path.cwd() / f"terreau-{dt.datetime.now():%Y-%m-%d-%H%M%S}.tar.gz"
    with data_folder(settings.DATA_DIR):
        refuse_without_database()
        try:
            about = make_backup(target)
        except (BackupError, OSError) as error:
            raise click.ClickException(
                words(f"rien n’est sauvegardé : {error}", f"nothing is saved: {error}")
            ) from error
    size = about["bytes"] / 1e6
    click.echo(
        words(
            f"{about['files']} fichier(s), {size:.1f} Mo, sauvegardés dans {target}\n"
            "Ce fichier contient des adresses e-mail : gardez-le sur une autre machine, et sous clé.",
            f"{about['files']} file(s), {size:.1f} MB, saved to {target}\n"
            "This file holds e-mail addresses: keep it on another machine, and locked.",
        )
    )


@click.command(
    help=words(
        "Remettre le site dans l’état d’une sauvegarde ; l’état présent est gardé de côté.",
        "Put the site back as it was in a backup; the present state is kept aside.",
    )
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--yes", is_flag=True, help=words("ne pas demander confirmation", "do not ask for confirmation")
)
def restore(file: Path, yes: bool) -> None:
    start_django()
    from django.conf import settings

    from terreau.commons.log.errors import LogError
    from terreau.portal.backup import BackupError, restore_backup
    from terreau.portal.backup.log import settle_log

    question = words(
        "Remplacer tout ce que contient le site par cette sauvegarde ?",
        "Replace all that the site holds with this backup?",
    )
    if not yes:
        click.confirm(question, abort=True)
    with data_folder(settings.DATA_DIR, alone=True):
        try:
            aside = restore_backup(file)
            recovered = settle_log(aside)
        except LogError as error:
            raise click.ClickException(
                words(
                    "le site est restauré, mais pas son journal public : ",
                    "the site is restored, but not its log: ",
                )
                + problem_words(error)
            ) from error
        except BackupError as error:
            raise click.ClickException(
                words(f"rien n’a changé : {error}", f"nothing has changed: {error}")
            ) from error
    click.echo(words("Le site est restauré.", "The site is restored."))
    if recovered:
        click.echo(
            words(
                f"{recovered} acte(s) du journal public, signés depuis la sauvegarde, gardés sans leur contenu.",
                f"{recovered} act(s) of the public log, signed since this backup, are kept without their contents.",
            )
        )
    if aside:
        click.echo(words(f"L’état précédent est gardé dans {aside}", f"The state before is kept in {aside}"))
    click.echo(
        words(
            "Pour refaire la carte et les données ouvertes\u00a0: terreau init --if-needed",
            "To make the map and the open data again: terreau init --if-needed",
        )
    )
