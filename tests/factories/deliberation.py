"""The process of the small fictional region: each part of the room adds what its pages show."""

import datetime as dt

from django.utils import timezone

from terreau.deliberate.actions import add_resonance, make_matrix
from terreau.deliberate.models import AgendaItem, Conference, Process, Proposal, ResonanceMatrix

from .commitments import make_item, make_keeper
from .deliberate import adopt, make_process, make_proposal, make_statement

A_PROCESS = {"slug": "essai"}
A_PROPOSAL = {**A_PROCESS, "token": "propofict2"}
A_MATRIX = {"slug": "essai"}


def make_deliberation() -> Process:
    process = make_process(slug=A_PROCESS["slug"], title="Que faire de la halle fictive ?")
    proposals(process)
    conference(process)
    return process


def proposals(process: Process) -> None:
    """One adopted that waits for its reply, one supported."""
    drawn = adopt(make_proposal(process, "Ouvrir la halle deux soirs par semaine"))
    Proposal.objects.filter(pk=drawn.pk).update(token=A_PROPOSAL["token"])
    drawn.statements.add(make_statement(process, "La halle est vide le soir"))
    make_proposal(process, "Prêter les outils de la commune")


def conference(process: Process) -> None:
    """An agenda, and actions beside orientations with one alone on each side."""
    held = timezone.localdate() - dt.timedelta(days=700)
    row = Conference.objects.create(
        process=process, held_on=held, where="Salle fictive", minutes="Tout fut dit."
    )
    row.minutes_published_at = timezone.now()
    row.save()
    for rank, part in enumerate(("orientations", "means", "results"), 1):
        AgendaItem.objects.create(conference=row, part=part, rank=rank, title=f"Point fictif {rank}")
    orientations = [make_item(str(rank), programme="cap-fictif", rank=rank) for rank in (1, 2)]
    actions = [make_item(str(rank), programme="acteur-fictif", rank=rank) for rank in (1, 2)]
    keeper = make_keeper()
    matrix = make_matrix(
        title="Résonances fictives",
        orientations=orientations[0].programme,
        programmes=[actions[0].programme],
        process=process,
        by=keeper,
    )
    add_resonance(matrix=matrix, action=actions[0], orientation=orientations[0], words="Le samedi", by=keeper)
    ResonanceMatrix.objects.filter(pk=matrix.pk).update(slug=A_MATRIX["slug"])
