"""`terreau init`: everything between an installed package and a first page."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .health import no_answer
from .lock import data_folder
from .stamp import Choice, Stamp
from .start import start_django
from .words import words

if TYPE_CHECKING:
    from .steps import Step


@click.command(
    help=words(
        "Préparer le site : base de données, territoires d’une région, sources, carte, données ouvertes.",
        "Prepare the site: database, places of a region, sources, map, open data.",
    )
)
@click.option(
    "--region",
    metavar="CODE",
    help=words("code INSEE de la région (24 par défaut)", "INSEE code of the region (24 by default)"),
)
@click.option(
    "--contours",
    type=click.Path(exists=True, path_type=Path, resolve_path=True),
    help=words("contours des communes de la région (GeoJSON)", "commune boundaries of the region (GeoJSON)"),
)
@click.option(
    "--organisations",
    type=click.Path(exists=True, file_okay=False, path_type=Path, resolve_path=True),
    help=words("dossier des sources de la région", "folder of the region's sources"),
)
@click.option(
    "--if-needed",
    is_flag=True,
    help=words("ne refaire que ce qui a changé", "do again only what has changed"),
)
def init(region: str | None, contours: Path | None, organisations: Path | None, if_needed: bool) -> None:
    from django.conf import settings

    with data_folder(settings.DATA_DIR):
        stamp = Stamp.read(settings.DATA_DIR)
        _prepare(stamp, _choose(stamp.choice or Choice(), region, contours, organisations), if_needed)


def _prepare(stamp: Stamp, choice: Choice, if_needed: bool) -> None:
    from django.db import DatabaseError

    from .steps import STEPS, database_is_there, fingerprints

    try:
        is_there = database_is_there()
    except DatabaseError as error:
        finding = no_answer(error)
        raise click.ClickException(f"{finding.what} {finding.mend}") from error
    if choice != stamp.choice or not is_there:
        stamp.done = {}
    wanted = fingerprints(choice, STEPS)
    todo = [step for step in STEPS if not if_needed or stamp.done.get(step.name) != wanted[step.name]]
    if not todo:
        click.echo(words("Le site est prêt.", "The site is ready."))
        return
    _run(todo, choice, stamp, wanted)
    click.echo(
        words(
            "Le site est prêt. Pour l’ouvrir : terreau serve", "The site is ready. To open it: terreau serve"
        )
    )


def _choose(before: Choice, region: str | None, contours: Path | None, organisations: Path | None) -> Choice:
    """What the options say; for those not given, what was chosen before, unless the region changes."""
    if region and region != before.region:
        before = Choice(region=region)
    return Choice(
        region=before.region,
        contours=str(contours or before.contours),
        organisations=str(organisations or before.organisations),
    )


def _run(todo: list["Step"], choice: Choice, stamp: Stamp, wanted: dict[str, str]) -> None:
    start_django()
    for number, step in enumerate(todo, start=1):
        started = time.monotonic()
        label = f"{number}/{len(todo)} {step.title}"
        try:
            done = _run_with_bar(step, choice, label)
        except Exception as error:
            raise click.ClickException(_how_to_resume(step.title, error)) from error
        stamp.done[step.name] = wanted[step.name]
        # A site that already serves a region keeps its choice until the places of another are really there.
        if stamp.choice is None or "places" in stamp.done:
            stamp.choice = choice
        stamp.write()
        click.echo(f"{label} : {done} ({time.monotonic() - started:.1f} s)")


def _run_with_bar(step: "Step", choice: Choice, label: str) -> str:
    with click.progressbar(length=1, label=label, show_eta=False, hidden=not sys.stdout.isatty()) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        return step.run(choice, progress)


def _how_to_resume(title: str, error: Exception) -> str:
    ours = type(error).__module__.startswith("terreau.")  # its message was written for a person
    reason = str(error) if ours else f"{type(error).__name__}: {error}"
    return words(
        f"l’étape « {title} » a échoué : {reason}\n"
        "Ce qui précède est gardé. Une fois la cause levée, reprenez par : terreau init --if-needed\n"
        "`terreau doctor` dit ce qui manque.",
        f"the step “{title}” failed: {reason}\n"
        "What came before is kept. Once the cause is mended, resume with: terreau init --if-needed\n"
        "`terreau doctor` says what is missing.",
    )
