"""The checks of `terreau doctor`. Each says one thing, in plain words, and how to mend it.

They go from the ground up, and stop where the next ones would fail for the same reason.
"""

import datetime as dt
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click

from .start import start_django
from .words import words

OLDEST_PYTHON = (3, 11)
LITTLE_ROOM = 500_000_000  # bytes


@dataclass(frozen=True)
class Finding:
    """``state``: ``ok``, ``warning`` or ``problem`` (the site cannot be opened, or must not)."""

    state: str
    what: str
    mend: str = ""


def examine() -> Iterator[Finding]:
    ground = [check_python(), *check_folder()]
    yield from ground
    if any(finding.state == "problem" for finding in ground):
        return
    start_django()
    yield from check_address()
    yield check_mail()
    yield check_static()
    if problem := database_problem():
        yield problem
        return
    yield Finding("ok", words("La base de données est à jour.", "The database is up to date."))
    yield from check_content()
    yield check_administrator()
    yield from check_digest()
    yield from check_results()


def refuse_without_database() -> None:
    if problem := database_problem():
        raise click.ClickException(f"{problem.what} {problem.mend}")


def check_python(running: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    version = ".".join(map(str, running))
    if running < OLDEST_PYTHON:
        return Finding(
            "problem",
            words(f"Python {version} est trop ancien.", f"Python {version} is too old."),
            words("Installez Python 3.11 ou plus récent.", "Install Python 3.11 or newer."),
        )
    return Finding("ok", f"Python {version}")


def check_folder() -> list[Finding]:
    """Without Django, whose settings need a folder to write in."""
    folder = Path(os.environ.get("TERREAU_DATA", "var")).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return [
            Finding(
                "problem",
                words(
                    f"On ne peut pas écrire dans {folder} ({error.strerror}).",
                    f"{folder} cannot be written to ({error.strerror}).",
                ),
                words(
                    "Donnez ce dossier à qui lance Terreau, ou choisissez-en un autre par TERREAU_DATA.",
                    "Give this folder to who runs Terreau, or choose another one with TERREAU_DATA.",
                ),
            )
        ]
    free = shutil.disk_usage(folder).free
    room = Finding("ok", words(f"Espace libre : {free / 1e9:.1f} Go.", f"Free space: {free / 1e9:.1f} GB."))
    if free < LITTLE_ROOM:
        room = Finding(
            "warning",
            words(f"Il reste {free / 1e6:.0f} Mo sur le disque.", f"{free / 1e6:.0f} MB left on the disk."),
            words("Faites de la place : une moisson en demande.", "Make room: a harvest needs some."),
        )
    return [Finding("ok", words(f"Données dans {folder}", f"Data in {folder}")), room]


def check_address() -> Iterator[Finding]:
    from django.conf import settings

    address = urlsplit(settings.SITE_ADDRESS)
    if not settings.SITE_ADDRESS:
        yield Finding(
            "warning",
            words("Le site n’a pas d’adresse publique.", "The site has no public address."),
            words(
                "Normal pour un essai. Sinon : TERREAU_SITE_ADDRESS=https://… et TERREAU_HOSTS.",
                "Fine for a trial. Else: TERREAU_SITE_ADDRESS=https://… and TERREAU_HOSTS.",
            ),
        )
        return
    if address.scheme not in {"http", "https"} or not address.hostname or address.path:
        yield Finding(
            "problem",
            words(
                f"TERREAU_SITE_ADDRESS n’est pas une adresse de site : {settings.SITE_ADDRESS}",
                f"TERREAU_SITE_ADDRESS is not the address of a site: {settings.SITE_ADDRESS}",
            ),
            words("Exemple : https://terreau.exemple.fr", "Example: https://terreau.example.org"),
        )
        return
    if not _host_is_allowed(address.hostname, settings.ALLOWED_HOSTS):
        yield Finding(
            "problem",
            words(
                f"TERREAU_HOSTS ne contient pas {address.hostname}.",
                f"TERREAU_HOSTS lacks {address.hostname}.",
            ),
            f"TERREAU_HOSTS={','.join([*settings.ALLOWED_HOSTS, address.hostname])}",
        )
    if settings.IS_HTTPS and not settings.PROXIES:
        yield Finding(
            "problem",
            words(
                "L’adresse est en https, mais aucun mandataire (proxy) n’est déclaré.",
                "The address is https, but no proxy is declared.",
            ),
            words(
                "TERREAU_PROXIES=1 si un serveur placé devant s’occupe du chiffrement.",
                "TERREAU_PROXIES=1 if a server in front takes care of encryption.",
            ),
        )
    if settings.DEBUG:
        yield Finding(
            "problem",
            words(
                "Le mode de mise au point montre l’intérieur du site.",
                "Debug mode shows the inside of the site.",
            ),
            words("Retirez TERREAU_DEBUG.", "Remove TERREAU_DEBUG."),
        )


def _host_is_allowed(host: str, allowed: list[str]) -> bool:
    from django.http.request import validate_host

    return validate_host(host, allowed)


def check_mail() -> Finding:
    from django.conf import settings

    if "console" in settings.EMAIL_BACKEND:
        return Finding(
            "warning",
            words(
                "Les messages s’écrivent dans la sortie du serveur : les codes de connexion ne partent pas.",
                "Mail is written to the server's output: sign-in codes are not sent.",
            ),
            words(
                "Suffisant pour un essai. Sinon, réglez TERREAU_EMAIL_BACKEND et TERREAU_SMTP_URL.",
                "Enough for a trial. Else set TERREAU_EMAIL_BACKEND and TERREAU_SMTP_URL.",
            ),
        )
    return Finding("ok", words("Les messages partent par courriel.", "Mail is sent."))


def check_static() -> Finding:
    from django.conf import settings

    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return Finding(
            "problem",
            words("Les feuilles de style ne sont pas en place.", "Style sheets are not in place."),
            "terreau init --if-needed",
        )
    return Finding("ok", words("Les feuilles de style sont en place.", "Style sheets are in place."))


def no_answer(error: Exception) -> Finding:
    return Finding(
        "problem",
        words(f"La base de données ne répond pas : {error}", f"The database does not answer: {error}"),
        words(
            "Vérifiez DATABASE_URL, et que le serveur est lancé.",
            "Check DATABASE_URL, and that the server runs.",
        ),
    )


def database_problem() -> Finding | None:
    """Why the database cannot be used; None when it can. Makes no file."""
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    from .steps import database_is_there

    empty = Finding(
        "problem",
        words("Le site n’est pas préparé.", "The site is not prepared."),
        words("Lancez : terreau init", "Run: terreau init"),
    )
    try:
        if not database_is_there():
            return empty
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting and not executor.loader.applied_migrations:
            return empty
    except DatabaseError as error:
        return Finding(
            "problem",
            words(f"La base de données ne répond pas : {error}", f"The database does not answer: {error}"),
            words(
                "Vérifiez DATABASE_URL, et que le serveur est lancé.",
                "Check DATABASE_URL, and that the server runs.",
            ),
        )
    if waiting:
        return Finding(
            "problem",
            words(
                f"La base de données attend {len(waiting)} mise(s) à jour.",
                f"The database waits for {len(waiting)} update(s).",
            ),
            words("Lancez : terreau init", "Run: terreau init"),
        )
    return None


def check_content() -> Iterator[Finding]:
    from terreau.commons.queries.places import served_region

    region = served_region()
    if region is None:
        yield Finding(
            "problem",
            words("Aucune région n’est chargée.", "No region is loaded."),
            words("Lancez : terreau init --region CODE", "Run: terreau init --region CODE"),
        )
        return
    yield Finding(
        "ok", words(f"Région : {region.name} ({region.code})", f"Region: {region.name} ({region.code})")
    )
    yield from _check_sources()
    yield from _check_made_files()


def _check_sources() -> Iterator[Finding]:
    from django.db.models import Max, Q
    from django.utils import timezone

    from terreau.commons.models import Source
    from terreau.observe.models import Harvest

    done = Max("harvests__started_at", filter=Q(harvests__status=Harvest.Status.DONE))
    sources = list(
        Source.objects.annotate(tried=Max("harvests__started_at"), done=done)
        .filter(tried__isnull=False)
        .order_by("precedence", "code")
    )
    if not sources:
        yield Finding(
            "warning",
            words("Aucune source n’a été moissonnée.", "No source was harvested."),
            "terreau harvest --all",
        )
        return
    for source in sources:
        if source.done != source.tried:
            yield Finding(
                "warning",
                words(
                    f"La dernière moisson de {source.code} a échoué.",
                    f"The last harvest of {source.code} failed.",
                ),
                f"terreau harvest {source.code}",
            )
    last = max((source.done for source in sources if source.done), default=None)
    age = (timezone.now() - last) // dt.timedelta(days=1) if last else None
    vintages = sorted(source.vintage for source in sources if source.vintage)
    between = words("les données vont de", "the data go from")
    span = f" ; {between} {vintages[0]:%Y-%m} → {vintages[-1]:%Y-%m}" if vintages else ""
    yield Finding(
        "ok",
        words(
            f"{len(sources)} sources, dernière moisson il y a {age} jour(s){span}.",
            f"{len(sources)} sources, last harvest {age} day(s) ago{span}.",
        ),
    )


def _check_made_files() -> Iterator[Finding]:
    from terreau.lake.catalogue import datasets
    from terreau.lake.publishing import manifest
    from terreau.observe.boundaries import layer_path
    from terreau.observe.queries.map import point_index

    if not layer_path("commune").exists():
        yield Finding(
            "warning",
            words("Les contours des territoires manquent.", "The boundaries of places are missing."),
            words("terreau init --contours FICHIER", "terreau init --contours FILE"),
        )
    if point_index() is None:
        yield Finding(
            "warning",
            words("Les points de la carte manquent.", "The points of the map are missing."),
            "terreau init --if-needed",
        )
    missing = [name for name in datasets() if manifest(name) is None]
    if missing:
        yield Finding(
            "warning",
            words(
                f"Données ouvertes non publiées : {', '.join(missing)}",
                f"Datasets not published: {', '.join(missing)}",
            ),
            "terreau init --if-needed",
        )


def check_administrator() -> Finding:
    from terreau.commons.queries.people import administrators

    if not administrators().exists():
        return Finding(
            "warning",
            words("Personne n’est administrateur.", "Nobody is an administrator."),
            words("Lancez : terreau administrator ADRESSE", "Run: terreau administrator ADDRESS"),
        )
    return Finding("ok", words("Le site a un administrateur.", "The site has an administrator."))


def check_digest() -> Iterator[Finding]:
    """Nothing to say while nobody follows the commitments."""
    from django.utils import timezone

    from terreau.commitments.queries.subscriptions import confirmed_subscriptions, last_run

    if not confirmed_subscriptions().exists():
        return
    last = last_run()
    if last is None or last.at < timezone.now() - dt.timedelta(days=2):
        yield Finding(
            "warning",
            words(
                "Des personnes attendent les échéances par courriel, et « terreau digest » n’a pas tourné "
                "depuis deux jours.",
                "People wait for what falls due by mail, and `terreau digest` has not run for two days.",
            ),
            words("Lancez-le chaque jour : terreau digest", "Run it every day: terreau digest"),
        )
        return
    yield Finding("ok", words("Les échéances partent par courriel.", "What falls due is sent by mail."))


def check_results() -> Iterator[Finding]:
    """Nothing to say while no process closed."""
    from django.utils import timezone

    from terreau.deliberate.queries.results import results_due

    waiting = [one.slug for one in results_due(timezone.now() - dt.timedelta(hours=2))]
    if waiting:
        yield Finding(
            "warning",
            words(
                f"Des résultats attendent d’être publiés : {', '.join(waiting)}",
                f"Results wait to be published: {', '.join(waiting)}",
            ),
            words(
                "Lancez-le chaque heure : terreau publish-results",
                "Run it every hour: terreau publish-results",
            ),
        )
