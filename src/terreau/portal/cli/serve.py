"""`terreau serve`: the web server."""

import datetime as dt
import socket

import click

from .lock import data_folder
from .start import start_django
from .words import words


@click.command(help=words("Ouvrir le site au public d’une adresse.", "Open the site at an address."))
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help=words("port", "port")
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help=words("adresse d’écoute ; 0.0.0.0 pour toutes", "address to listen on; 0.0.0.0 for all"),
)
@click.option(
    "--workers",
    default=2,
    show_default=True,
    type=click.IntRange(1, 64),
    help=words("nombre de processus", "number of processes"),
)
def serve(port: int, host: str, workers: int) -> None:
    _refuse_if_taken(host, port)
    from django.conf import settings

    from .health import refuse_without_database

    start_django()
    with data_folder(settings.DATA_DIR):
        refuse_without_database()
        _tidy()
        _listen(host, port, workers, settings.SITE_ADDRESS)


def _tidy() -> None:
    """What nobody needs any more: sessions that are over, accounts that nobody ever opened, codes never typed, what a
    server that stopped had counted.
    """
    from django.core.management import call_command

    from terreau.commons.actions import forget_unused_accounts
    from terreau.deliberate.web.pace import forget_paces
    from terreau.observe.actions.claiming import forget_overdue_claims

    call_command("clearsessions")
    forget_unused_accounts(older_than=dt.timedelta(days=7), by=None)
    forget_overdue_claims(by=None)
    forget_paces()


def _listen(host: str, port: int, workers: int, site_address: str) -> None:
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    connections.close_all()
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::"} else host  # noqa: S104
    address = site_address or f"http://{shown}:{port}/"
    click.echo(words(f"Terreau est ouvert : {address}", f"Terreau is open: {address}"))
    click.echo(words("Pour l’arrêter : Ctrl-C.", "To stop it: Ctrl-C."))
    # Two threads for each process: a slow page does not hold the next one. More would each keep a database
    # connection and its cache for nothing, since Python runs one thread at a time.
    Granian(
        "terreau.portal.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=2,
        log_level=LogLevels.warning,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
    ).serve()


def _refuse_if_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                words(
                    f"le port {port} de {host} n’est pas libre ({error.strerror}). "
                    f"Essayez un autre port : terreau serve --port {port % 65535 + 1}",
                    f"port {port} of {host} is not free ({error.strerror}). "
                    f"Try another port: terreau serve --port {port % 65535 + 1}",
                )
            ) from error
