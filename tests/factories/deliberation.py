"""The process of the small fictional region: each part of the room adds what its pages show."""

from terreau.deliberate.enums import Moderation
from terreau.deliberate.models import Process

from .deliberate import make_process, make_statement

A_PROCESS = {"slug": "essai"}
A_STATEMENT = "affirmati2"


def make_deliberation() -> Process:
    process = make_process(slug=A_PROCESS["slug"], title="Que faire de la halle fictive ?")
    make_statements(process)
    return process


def make_statements(process: Process) -> None:
    first = make_statement(
        process, "La halle fictive reste ouverte le soir.", token=A_STATEMENT, is_seed=True
    )
    make_statement(process, "Un atelier de réparation y a sa place.")
    make_statement(
        process, "La halle n’est pas fermée la nuit.", same_as=first, same_because="Mêmes horaires."
    )
    make_statement(process, "Mots refusés.", moderation=Moderation.REFUSED, motive="Nomme une personne.")
