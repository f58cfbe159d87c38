"""The process of the small fictional region: each part of the room adds what its pages show."""

from terreau.deliberate.models import Process

from .deliberate import make_process

A_PROCESS = {"slug": "essai"}


def make_deliberation() -> Process:
    return make_process(slug=A_PROCESS["slug"], title="Que faire de la halle fictive ?")
