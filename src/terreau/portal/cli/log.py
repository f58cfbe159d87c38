"""`terreau log`: publish one's public log; download, verify and witness that of anybody, without a database."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .lock import data_folder
from .log_words import problem_words
from .start import start_django
from .words import words

if TYPE_CHECKING:
    from terreau.commons.log.notes import PublicKey
    from terreau.commons.log.verifying import Report

_KEY_HELP = words(
    "clé publique du journal, ou fichier qui en a une par ligne (sinon, celles qu’il donne lui-même)",
    "public key of the log, or a file with one a line (else those that it gives itself)",
)


@click.group(
    help=words(
        "Le journal public : le publier, le télécharger, le vérifier, en être témoin.",
        "The public log: publish, download, verify, witness it.",
    )
)
def log() -> None:
    pass


@contextmanager
def _told() -> Iterator[None]:
    """A LogError becomes one sentence: what, and where."""
    from terreau.commons.log.errors import LogError

    try:
        yield
    except LogError as error:
        raise click.ClickException(problem_words(error)) from error


def _keys(given: tuple[str, ...]) -> list["PublicKey"]:
    from terreau.commons.log.errors import LogError, Problem
    from terreau.commons.log.keys import read_public_keys
    from terreau.commons.log.notes import PublicKey

    found: list[PublicKey] = []
    for one in given:
        if "+" in one and not Path(one).exists():
            found.append(PublicKey.parse(one, "--key"))
            continue
        keys = read_public_keys(Path(one))
        if not keys:
            raise LogError(Problem.MISSING, one)
        found += keys
    return found


@log.command(
    help=words(
        "Vérifier un journal téléchargé (dossier), ou la preuve d’un acte (fichier). Hors ligne, sans base de données.",
        "Verify a downloaded log (folder), or the proof of one act (file). Offline, without a database.",
    )
)
@click.argument("path", metavar="FOLDER_OR_PROOF", type=click.Path(path_type=Path, exists=True))
@click.option("--key", "keys", multiple=True, help=_KEY_HELP)
@click.option(
    "--checkpoint",
    "olds",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help=words(
        "état signé gardé d’un jour passé : le journal doit le prolonger",
        "signed state kept from an earlier day: the log must go on from it",
    ),
)
def verify(path: Path, keys: tuple[str, ...], olds: tuple[Path, ...]) -> None:
    from terreau.commons.log.verifying import verify_log

    with _told():
        trusted = _keys(keys)
    if path.is_file():
        _verify_proof(path, trusted)
        return
    with _bar(words("Vérification", "Verifying")) as tell:
        report = verify_log(path, trusted, olds, tell)
    _show(report)
    if not report.is_whole:
        sys.exit(1)


def _verify_proof(path: Path, keys: list["PublicKey"]) -> None:
    from terreau.commons.log.proofs import Proof, verify_proof

    if not keys:
        raise click.UsageError(
            words(
                "une preuve se vérifie avec la clé du journal : donnez-la par --key.",
                "a proof is verified with the key of the log: give it with --key.",
            )
        )
    with _told():
        proof = Proof.parse(path.read_bytes(), path.name)
        entry, checkpoint = verify_proof(proof, keys, path.name)
    click.echo(
        words(
            f"L’acte {entry.index} ({entry.verb}, {_moment(entry.at)}) est au journal {checkpoint.origin}, "
            f"signé pour {checkpoint.size} actes.",
            f"Act {entry.index} ({entry.verb}, {_moment(entry.at)}) is in the log {checkpoint.origin}, "
            f"signed for {checkpoint.size} acts.",
        )
    )
    if proof.opening:
        click.echo(words(f"Son contenu : {proof.opening.content}", f"Its content: {proof.opening.content}"))


def _show(report: "Report") -> None:
    for error in report.problems:
        click.echo(words("impossible à vérifier, ", "cannot verify, ") + problem_words(error), err=True)
    checkpoint = report.checkpoint
    if checkpoint is None or report.problems:
        return
    span = f" {_moment(report.first)} – {_moment(report.last)}" if report.first and report.last else ""
    click.echo(
        words(
            f"Journal {checkpoint.origin} : {checkpoint.size} actes vérifiés,{span or ' aucun encore'}.",
            f"Log {checkpoint.origin}: {checkpoint.size} acts verified,{span or ' none yet'}.",
        )
    )
    for key in report.keys:
        click.echo(words(f"Signé par {key}", f"Signed by {key}"))
    if report.believed:
        click.echo(
            words(
                "Cette clé vient du journal lui-même : comparez-la avec celle que d’autres ont notée, puis donnez-la "
                "par --key.",
                "This key comes from the log itself: compare it with the one that others noted, then give it with "
                "--key.",
            )
        )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


@log.command(
    help=words(
        "Télécharger le journal public d’un site dans un dossier ; seul ce qui est nouveau est demandé.",
        "Download the public log of a site to a folder; only what is new is asked for.",
    )
)
@click.argument("address")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def download(address: str, folder: Path) -> None:
    from terreau.commons.log.download import download_log

    with _told(), _bar(words("Téléchargement", "Downloading")) as tell:
        checkpoint = download_log(address, folder, tell)
    click.echo(
        words(
            f"{checkpoint.size} actes dans {folder}. Pour les vérifier : terreau log verify {folder}",
            f"{checkpoint.size} acts in {folder}. To verify them: terreau log verify {folder}",
        )
    )


@log.command(
    help=words(
        "Être témoin d’un journal téléchargé : le comparer avec ce qui en a été vu, puis le contresigner.",
        "Witness a downloaded log: compare it with what was seen of it, then cosign it.",
    )
)
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("memory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--key", "keys", multiple=True, help=_KEY_HELP)
@click.option(
    "--name",
    default="",
    help=words(
        "nom de ce témoin, la première fois (« temoin.exemple/1 »)",
        "name of this witness, the first time (“witness.example/1”)",
    ),
)
def witness(folder: Path, memory: Path, keys: tuple[str, ...], name: str) -> None:
    from terreau.commons.log.witness import KEY, load_or_make_witness, witness_log

    if not name and not (memory / KEY).exists():
        raise click.UsageError(
            words("un nouveau témoin a besoin d’un nom : --name", "a new witness needs a name: --name")
        )
    with _told():
        seen = witness_log(folder, memory, name, _keys(keys))
        own = load_or_make_witness(memory, name).public
    _show(seen.report)
    if seen.evidence:
        click.echo(
            words(
                f"Les deux textes signés sont gardés dans {seen.evidence} : ils montrent la contradiction.",
                f"Both signed texts are kept in {seen.evidence}: they show the contradiction.",
            ),
            err=True,
        )
    if not seen.report.is_whole:
        sys.exit(1)
    before = (
        "" if seen.before is None else words(f" (vu avant : {seen.before})", f" (seen before: {seen.before})")
    )
    click.echo(words(f"Contresigné{before} : {seen.file}", f"Cosigned{before}: {seen.file}"))
    click.echo(words(f"Clé du témoin : {own}", f"Key of the witness: {own}"))


@contextmanager
def _site() -> Iterator[None]:
    start_django()
    from django.conf import settings

    from .health import refuse_without_database

    with data_folder(settings.DATA_DIR):
        refuse_without_database()
        with _told():
            yield


@log.command(
    help=words(
        "Comparer tous les actes de la base avec ce qui a été signé, refaire les fichiers perdus, puis signer.",
        "Compare every act of the database with what was signed, make lost files again, then sign.",
    )
)
def publish() -> None:
    with _site():
        from terreau.commons.actions.log import publish_log, recover_log

        recovered = recover_log(by=None)
        checkpoint = publish_log(by=None, whole=True)
    if recovered:
        click.echo(
            words(
                f"{recovered} actes signés manquaient à la base : ils y sont de nouveau, sans leur contenu.",
                f"{recovered} signed acts were missing from the database: they are there again, without contents.",
            )
        )
    click.echo(
        words(
            f"{checkpoint.size} actes signés : {checkpoint.origin}",
            f"{checkpoint.size} acts signed: {checkpoint.origin}",
        )
    )


@log.command(
    "new-key",
    help=words(
        "Signer désormais avec une nouvelle clé, et encore avec l’ancienne.",
        "Sign with a new key from now on, and still with the old one.",
    ),
)
@click.option(
    "--forget-old",
    is_flag=True,
    help=words(
        "ne plus signer avec l’ancienne (perdue, volée)", "sign no more with the old one (lost, stolen)"
    ),
)
def new_key(forget_old: bool) -> None:
    with _site():
        from terreau.commons.actions.log_keeping import renew_log_key

        keys = renew_log_key(by=None, keep_old=not forget_old)
    for key in keys.known:
        signs = key in {one.public for one in keys.signing}
        click.echo(f"{key}  {words('signe', 'signs') if signs else words('ne signe plus', 'signs no more')}")


@log.command(
    help=words(
        "Effacer ce qui a servi aux empreintes d’un objet (« party:… ») ; le journal reste vérifiable.",
        "Erase what the digests about a subject (“party:…”) were made of; the log stays verifiable.",
    )
)
@click.argument("subject")
def erase(subject: str) -> None:
    with _site():
        from terreau.commons.actions.log_keeping import erase_from_log

        count = erase_from_log(subject=subject, by=None)
    click.echo(words(f"Contenu effacé pour {count} acte(s).", f"Contents erased for {count} act(s)."))


@contextmanager
def _bar(label: str) -> Iterator[Callable[[int, int], None]]:
    with click.progressbar(length=1, label=label, show_eta=False, hidden=not sys.stderr.isatty()) as bar:

        def tell(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield tell
