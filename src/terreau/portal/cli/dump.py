"""`terreau dump` and `terreau load`: everything public as plain files, and a site made again from them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .lock import data_folder
from .start import start_django
from .words import words

if TYPE_CHECKING:
    from terreau.lake.dump import Content


@click.command(
    help=words(
        "Exporter tout ce qui est public dans un dossier, ou une archive .tar.gz ou .zip.",
        "Export everything public to a folder, or to an archive .tar.gz or .zip.",
    )
)
@click.argument("target", metavar="FOLDER_OR_ARCHIVE", type=click.Path(path_type=Path, resolve_path=True))
def dump(target: Path) -> None:
    start_django()
    from django.conf import settings

    from terreau.commons.licences import IncompatibleLicences
    from terreau.lake.dump import DumpError, write_dump

    from .health import refuse_without_database

    with data_folder(settings.DATA_DIR):
        refuse_without_database()
        try:
            manifest = write_dump(target)
        except (DumpError, IncompatibleLicences) as error:
            raise click.ClickException(
                words(f"rien n’est exporté : {error}", f"nothing is exported: {error}")
            ) from error
    listed = [*manifest["tables"], *manifest["files"]]
    rows, size = sum(one.get("rows", 0) for one in listed), sum(one["bytes"] for one in listed) / 1e6
    click.echo(
        words(
            f"{len(listed)} fichiers, {rows} lignes, {size:.1f} Mo, exportés dans {target}\n"
            "Rien de masqué, aucun compte, aucune adresse e-mail de compte n’y est : cet export peut être publié.",
            f"{len(listed)} files, {rows} rows, {size:.1f} MB, exported to {target}\n"
            "Nothing masked, no account, no e-mail address of an account is in it: this export may be published.",
        )
    )


@click.command(
    help=words(
        "Remplir un site vide avec un export fait par `terreau dump`.",
        "Fill an empty site with an export made by `terreau dump`.",
    )
)
@click.argument(
    "source", metavar="FOLDER_OR_ARCHIVE", type=click.Path(path_type=Path, exists=True, resolve_path=True)
)
def load(source: Path) -> None:
    start_django()
    from django.conf import settings
    from django.db import DatabaseError

    from terreau.commons.licences import IncompatibleLicences
    from terreau.lake.dump import DumpError, read_dump, refuse_unless_empty

    from .health import no_answer
    from .stamp import Choice
    from .steps import STEPS

    with data_folder(settings.DATA_DIR, alone=True):
        try:
            content = read_dump(source)
            for step in STEPS:
                if step.name in {"migrate", "static"}:
                    step.run(Choice(), lambda done, total: None)
            refuse_unless_empty()
            write_pictures(content)
            rows = fill_site(content)
        except (DumpError, IncompatibleLicences) as error:
            raise click.ClickException(
                words(f"rien n’est chargé : {error}", f"nothing is loaded: {error}")
            ) from error
        except DatabaseError as error:
            finding = no_answer(error)
            raise click.ClickException(f"{finding.what} {finding.mend}") from error
        click.echo(words(f"{rows} lignes chargées.", f"{rows} rows loaded."))
        for line in make_derived(content):
            click.echo(line)
    click.echo(
        words(
            "Le site est prêt. Pour l’ouvrir : terreau serve", "The site is ready. To open it: terreau serve"
        )
    )


def write_pictures(content: "Content") -> None:
    """Before their rows: a file without a row is forgotten some day, a row without its file would show nothing."""
    from terreau.observe.dumped import MANY_FILES
    from terreau.observe.pictures import write_files

    (kind,) = MANY_FILES
    for name, file in content.files.items():
        if name.startswith(f"{kind.table}_"):
            write_files(file.read_bytes())


def fill_site(content: "Content") -> int:
    """Every row of the dump, and its entry in the journal, or nothing. Raises DumpError, IncompatibleLicences."""
    from django.db import transaction

    from terreau.commons.actions import write_journal
    from terreau.commons.licences import NOT_FOR_PUBLICATION
    from terreau.commons.models import Source
    from terreau.commons.queries.licences import require_compatible_licences
    from terreau.lake.dump import insert_content
    from terreau.lake.turn import take_turn

    with transaction.atomic():
        take_turn()
        counts = insert_content(content)
        read = Source.objects.exclude(licence=NOT_FOR_PUBLICATION)
        require_compatible_licences(dict(read.values_list("code", "licence")))
        rows = sum(counts.values())
        write_journal(verb="load-dump", by=None, rows=rows, tables=counts)
    return rows


def make_derived(content: "Content") -> list[str]:
    """Contours, figures, map and open data, from what was just loaded; what they say of themselves.

    `terreau init --if-needed` then has nothing to do; after an upgrade it goes on from there.
    """
    from django.conf import settings

    from terreau.commons.queries.places import served_region
    from terreau.observe.actions.refreshing import refresh_published
    from terreau.observe.boundaries import BoundariesError

    from .stamp import Choice, Stamp
    from .steps import STEPS, fingerprints

    region = served_region()
    choice = Choice(region=region.code) if region else Choice()
    told = []
    try:
        told += _draw(content)
    except BoundariesError as error:
        told.append(words(f"contours non dessinés : {error}", f"boundaries not drawn: {error}"))
    refresh_published(by=None)
    Stamp(settings.DATA_DIR / "init.json", choice, fingerprints(choice, STEPS)).write()
    return told


def _draw(content: "Content") -> list[str]:
    from terreau.observe.actions.boundaries import build_boundaries
    from terreau.observe.dumped import CONTOURS

    if CONTOURS not in content.files:
        return [words("aucun contour dans cet export", "no boundaries in this export")]
    report = build_boundaries(contours=content.files[CONTOURS], by=None)
    drawn = words(f"{report.communes} communes dessinées", f"{report.communes} communes drawn")
    return [drawn, *report.notes]
