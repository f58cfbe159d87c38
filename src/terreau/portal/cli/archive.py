"""`terreau archive`: the public site as files that open without a server."""

import datetime as dt
import signal
import sys
from pathlib import Path

import click

from .lock import data_folder
from .start import start_django
from .words import words

LANGUAGES = ("fr", "en")


@click.command(
    help=words(
        "Écrire le site public en fichiers qui s’ouvrent sans serveur : un dossier, ou une archive .tar.gz ou .zip.",
        "Write the public site as files that open without a server: a folder, or an archive .tar.gz or .zip.",
    )
)
@click.option(
    "--to",
    "target",
    metavar="FOLDER_OR_ARCHIVE",
    required=True,
    type=click.Path(path_type=Path, resolve_path=True),
    help=words("Où écrire : rien n’est remplacé.", "Where to write: nothing is replaced."),
)
@click.option(
    "--language",
    "languages",
    type=click.Choice(LANGUAGES),
    multiple=True,
    default=LANGUAGES,
    help=words("Une langue à garder ; toutes par défaut.", "A language to keep; all by default."),
)
@click.option(
    "--date",
    "on",
    type=click.DateTime(["%Y-%m-%d"]),
    help=words(
        "Le jour que l’archive annonce ; aujourd’hui par défaut.",
        "The day that the archive tells; today by default.",
    ),
)
def archive(target: Path, languages: tuple[str, ...], on: dt.datetime | None) -> None:
    start_django()
    from django.conf import settings
    from django.utils import timezone

    from terreau.lake.dump import DumpError
    from terreau.portal.archive import write_archive

    from .health import refuse_without_database

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # stopped by the system, it clears up too
    with data_folder(settings.DATA_DIR):
        refuse_without_database()
        if not settings.SITE_ADDRESS:
            click.echo(
                words(
                    "TERREAU_SITE_ADDRESS n’est pas réglé : ce qui demande le site sera du texte, sans lien.",
                    "TERREAU_SITE_ADDRESS is not set: what needs the site will be text, without a link.",
                ),
                err=True,
            )
        day = on.date() if on else timezone.localdate()
        kept = tuple(dict.fromkeys(languages))
        try:
            manifest = write_archive(target, languages=kept, on=day, tell=_tell)
        except DumpError as error:
            raise click.ClickException(
                words(f"rien n’est archivé : {error}", f"nothing is archived: {error}")
            ) from error
    size = sum(file["bytes"] for file in manifest["files"]) / 1e6
    pages, files = manifest["pages"], len(manifest["files"])
    click.echo(
        words(
            f"{pages} pages, {files} fichiers, {size:.1f} Mo, archivés dans {target}\n"
            "Pour l’ouvrir, sans serveur ni réseau : index.html. Rien de masqué n’y est : elle peut être publiée.",
            f"{pages} pages, {files} files, {size:.1f} MB, archived in {target}\n"
            "To open it, without a server nor a network: index.html. Nothing masked is in it: it may be published.",
        )
    )


def _tell(pages: int) -> None:
    if pages % 500 == 0:
        click.echo(words(f"{pages} pages…", f"{pages} pages…"), err=True)
