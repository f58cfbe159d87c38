"""`terreau polis-import`: a conversation held with Polis goes on in a process."""

from collections.abc import Callable
from pathlib import Path

import click

from .start import start_django
from .words import words

MOST_TOLD = 20


@click.command(
    name="polis-import",
    help=words(
        "Reprendre dans une démarche les fichiers exportés par Polis : comments.csv, votes.csv et, pour vérifier le "
        "signe des avis, participants-votes.csv.",
        "Take the files that Polis exports into a process: comments.csv, votes.csv and, to check the sign of votes, "
        "participants-votes.csv.",
    ),
)
@click.argument("process")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--agree",
    type=click.Choice(["1", "-1"]),
    help=words("Le signe qui veut dire « d’accord ».", "The sign that means agreeing."),
)
@click.option(
    "--skip-bad-rows",
    is_flag=True,
    help=words("Laisser de côté les lignes mauvaises.", "Leave bad rows out."),
)
def polis_import(process: str, folder: Path, agree: str | None, skip_bad_rows: bool) -> None:
    start_django()
    from terreau.deliberate.actions.polis_import import import_polis
    from terreau.deliberate.actions.writing import NotAllowed
    from terreau.deliberate.importing.polis import NotPolis, which_file
    from terreau.deliberate.queries import find_process

    from .health import refuse_without_database

    refuse_without_database()
    found = find_process(process)
    if found is None:
        raise click.ClickException(words(f"Aucune démarche « {process} ».", f"No process {process!r}."))
    files = {name: path.read_bytes() for name, path in _three_files(folder, which_file).items()}
    try:
        done = import_polis(
            process=found,
            files=files,
            by=None,
            agree=int(agree) if agree else None,
            skips_bad_rows=skip_bad_rows,
        )
    except (NotPolis, NotAllowed) as error:
        raise click.ClickException("\n".join([*str(error).split("\n")[:MOST_TOLD]])) from error
    for problem in done.problems[:MOST_TOLD]:
        click.echo(problem, err=True)
    click.echo(
        words(
            f"{done.statements} affirmations, {done.participants} participants, {done.votes} avis ; "
            f"{len(done.problems)} lignes laissées.",
            f"{done.statements} statements, {done.participants} participants, {done.votes} votes; "
            f"{len(done.problems)} rows left out.",
        )
    )
    if done.reviewed:
        click.echo(
            words(
                f"Affirmations qui attendaient ici, relues là-bas depuis : {done.reviewed}.",
                f"Statements that waited here and were reviewed there since: {done.reviewed}.",
            )
        )
    if done.older:
        click.echo(
            words(
                f"Avis plus anciens que ceux d’ici, qui restent : {done.older}.",
                f"Votes older than those held here, which stay: {done.older}.",
            )
        )


def _three_files(folder: Path, which_file: Callable[[str], str]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*.csv")):
        name = which_file(path.name)
        if name in found:
            told = f"{found[name].name}, {path.name}"
            raise click.ClickException(
                words(
                    f"Deux conversations dans ce dossier : {told}. Gardez-en une.",
                    f"Two conversations in this folder: {told}. Keep one.",
                )
            )
        if name:
            found[name] = path
    return found
