"""`terreau harvest`: read sources again, then make again what is computed from them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .lock import data_folder
from .start import start_django
from .words import words

if TYPE_CHECKING:
    from terreau.observe.models import Harvest
    from terreau.observe.sources.declaration import Declaration

FILE = click.Path(exists=True, dir_okay=False, path_type=Path, resolve_path=True)


@click.command(
    help=words(
        "Moissonner des sources par leur code, toutes, ou un fichier et sa description. Sans rien : la liste. "
        "Un fichier ou un dossier officiel : terreau harvest sirene --file DOSSIER.",
        "Harvest sources by their code, all of them, or a file and its description. With nothing: the list. "
        "An official file or folder: terreau harvest sirene --file FOLDER.",
    )
)
@click.argument("sources", nargs=-1, metavar="[SOURCE]…")
@click.option(
    "--all", "everything", is_flag=True, help=words("toutes les sources fournies", "all shipped sources")
)
@click.option(
    "--mapping",
    type=FILE,
    help=words("description (TOML) d’une source à vous", "description (TOML) of your source"),
)
@click.option(
    "--file",
    type=click.Path(exists=True, path_type=Path, resolve_path=True),
    help=words("fichier ou dossier à lire ainsi", "file or folder to read that way"),
)
def harvest(sources: tuple[str, ...], everything: bool, mapping: Path | None, file: Path | None) -> None:
    if mapping and not file:
        raise click.UsageError(words("--mapping demande --file.", "--mapping asks for --file."))
    if file and len(sources) + bool(mapping) != 1:
        raise click.UsageError(
            words(
                "--file demande un code de source, ou --mapping.",
                "--file asks for one source code, or for --mapping.",
            )
        )
    from django.conf import settings

    start_django()
    from terreau.observe.sources.declaration import declaration_of, declarations, load
    from terreau.observe.sources.errors import SourceError

    from .health import refuse_without_database

    with data_folder(settings.DATA_DIR):
        refuse_without_database()
        try:
            if file:
                _harvest_one(load(mapping) if mapping else declaration_of(sources[0]), file)
            elif everything or sources:
                codes = sources or [one.code for one in declarations().values() if one.shipped]
                for declaration in [declaration_of(code) for code in codes]:
                    _harvest_one(declaration, None)
            else:
                _show_list()
                return
        except SourceError as error:
            raise click.ClickException(str(error)) from error
        _make_again()


def _harvest_one(declaration: "Declaration", path: Path | None) -> None:
    from terreau.observe.actions import harvest as read_source

    with click.progressbar(length=3, label=declaration.code, hidden=not sys.stdout.isatty()) as bar:
        run = read_source(
            source=declaration,
            path=path,
            by=None,
            progress=lambda name, done, total: bar.update(done - bar.pos),
        )
    _say(run)


def _say(run: "Harvest") -> None:
    click.echo(
        words(
            f"{run.source_id} : {run.rows_read} lignes lues, {run.rows_out_of_region} hors de la région, "
            f"{run.rows_rejected} rejetées, {run.rows_repeated} répétées ; fiches ajoutées {run.added}, "
            f"modifiées {run.changed}, retirées {run.removed}, inchangées {run.unchanged}",
            f"{run.source_id}: {run.rows_read} rows read, {run.rows_out_of_region} outside the region, "
            f"{run.rows_rejected} rejected, {run.rows_repeated} repeated; records added {run.added}, "
            f"changed {run.changed}, removed {run.removed}, unchanged {run.unchanged}",
        )
    )
    for note in filter(None, [run.message, _unmapped(run)]):
        click.echo(f"    {note}")


def _unmapped(run: "Harvest") -> str:
    if not run.unmapped_columns:
        return ""
    columns = ", ".join(run.unmapped_columns)
    return words(f"Colonnes non reprises : {columns}", f"Columns not taken: {columns}")


def _show_list() -> None:
    from terreau.observe.models import Harvest
    from terreau.observe.sources.declaration import declarations

    done = Harvest.objects.filter(status=Harvest.Status.DONE).order_by("started_at")
    last = dict(done.values_list("source_id", "started_at"))
    for code, declaration in declarations().items():
        when = f"{last[code]:%Y-%m-%d}" if code in last else words("jamais moissonnée", "never harvested")
        click.echo(f"{code:<28} {when:<18} {declaration.title}")


def _make_again() -> None:
    from .stamp import Choice
    from .steps import STEPS

    for step in STEPS:
        if step.name in {"indicators", "tiles", "datasets"}:
            click.echo(f"{step.title} : {step.run(Choice(), lambda done, total: None)}")
