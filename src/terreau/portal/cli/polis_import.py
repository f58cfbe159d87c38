"""`terreau polis-import`: a conversation held in Polis, into a process."""

from collections.abc import Sequence
from pathlib import Path

import click

from .start import start_django
from .words import words

MOST_SHOWN = 20


@click.command(
    name="polis-import",
    help=words(
        "Reprendre dans une démarche les affirmations et les avis d’un export Polis : comments.csv, votes.csv et "
        "participants-votes.csv. Tout entre, ou rien ; reprendre le même export ne change rien, un plus récent ajoute.",
        "Take the statements and votes of a Polis export into a process: comments.csv, votes.csv and "
        "participants-votes.csv. All of it or nothing; the same export again changes nothing, a newer one adds.",
    ),
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--process",
    "slug",
    required=True,
    metavar="SLUG",
    help=words(
        "code de la démarche : en brouillon, ou sans résultat publié",
        "code of the process: a draft, or without a published result",
    ),
)
@click.option(
    "--agree",
    type=click.Choice(["1", "-1"]),
    help=words(
        "ce que vaut « d’accord » dans votes.csv ; demandé quand les fichiers ne le disent pas",
        "what “agree” is in votes.csv; asked for when the files do not tell",
    ),
)
def polis_import(folder: Path, slug: str, agree: str | None) -> None:
    start_django()
    from terreau.deliberate.actions.polis_import import import_polis
    from terreau.deliberate.actions.writing import NotAllowed
    from terreau.deliberate.importing.polis import SignNotDeclared, UnreadableExport
    from terreau.deliberate.queries.processes import find_process

    from .health import refuse_without_database

    refuse_without_database()
    process = find_process(slug)
    if process is None:
        raise click.ClickException(
            words(f"aucune démarche n’a le code « {slug} ».", f"no process has the code “{slug}”.")
        )
    try:
        done = import_polis(process=process, folder=folder, agree=int(agree) if agree else None, by=None)
    except SignNotDeclared as error:
        hint = words(
            "Relancez avec --agree=1 ou --agree=-1, selon votes.csv.",
            "Run it again with --agree=1 or --agree=-1, as votes.csv has it.",
        )
        raise click.ClickException(f"{folder}\n{error}\n{hint}") from error
    except UnreadableExport as error:
        raise click.ClickException(f"{folder}\n{_first_of(error.problems)}") from error
    except NotAllowed as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        words(
            f"Affirmations : {done.statements} reprises, {done.moderated} relues depuis ; participants : "
            f"{done.participants} ; avis : {done.votes} repris, {done.changed_votes} changés",
            f"Statements: {done.statements} taken, {done.moderated} reviewed since; participants: "
            f"{done.participants}; votes: {done.votes} taken, {done.changed_votes} changed",
        )
    )


def _first_of(problems: Sequence[object]) -> str:
    shown = [str(one) for one in problems[:MOST_SHOWN]]
    left = len(problems) - len(shown)
    if left:
        shown.append(
            words(f"… et {left} autres. Rien n’est écrit.", f"… and {left} more. Nothing is written.")
        )
    else:
        shown.append(words("Rien n’est écrit.", "Nothing is written."))
    return "\n".join(shown)
