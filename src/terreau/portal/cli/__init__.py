"""The command ``terreau``: one file per topic. Django is loaded inside commands, never at import."""

import os

import click

from .administrator import administrator
from .archive import archive
from .backup import backup, restore
from .demonstration import demonstration
from .digest import digest
from .docs import docs
from .doctor import doctor
from .dump import dump, load
from .harvest import harvest
from .init import init
from .link import link
from .log import log
from .mail import send_mail
from .polis import polis_import
from .programme import programme
from .prune import prune
from .publish_results import publish_results
from .receive import receive_mail
from .serve import serve
from .words import words


@click.group(
    help=words(
        "Terreau : l’instrument libre d’une région qui se construit en commun.",
        "Terreau: the open instrument of a region that is built in common.",
    ),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="terreau", message="terreau %(version)s")
def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "terreau.portal.settings")


for command in (
    init,
    harvest,
    link,
    log,
    serve,
    doctor,
    docs,
    administrator,
    backup,
    restore,
    dump,
    load,
    archive,
    send_mail,
    digest,
    receive_mail,
    prune,
    publish_results,
    polis_import,
    programme,
    demonstration,
):
    main.add_command(command)
