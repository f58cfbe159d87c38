"""A register of any size, written at once: open, kept and abandoned commitments around today."""

from datetime import date, timedelta
from itertools import count

from django.utils import timezone

from terreau.commitments.enums import State
from terreau.commitments.models import Commitment, Fulfilment, ProgrammeItem

STATES = (State.OPEN, State.KEPT, State.OPEN, State.OPEN, State.ABANDONED)
_numbers = count(1)


def fill(size: int) -> None:
    """``size`` more commitments: each serves one or two of the items there are, and has three fulfilments."""
    today = timezone.localdate()
    made = Commitment.objects.bulk_create(_commitment(number, today) for number in range(size))
    items = list(ProgrammeItem.objects.all())
    serves = Commitment.items.through
    serves.objects.bulk_create(
        serves(commitment=one, programmeitem=items[(number + more) % len(items)])
        for number, one in enumerate(made)
        for more in range(min(1 + number % 2, len(items)))
    )
    Fulfilment.objects.bulk_create(
        Fulfilment(
            commitment=one,
            token=f"f{next(_numbers):09d}",
            on=today - timedelta(days=100 * step),
            amount=step,
            words="Une étape fictive",
        )
        for one in made
        for step in (1, 2, 3)
    )


def _commitment(number: int, today: date) -> Commitment:
    state = STATES[number % len(STATES)]
    return Commitment(
        token=f"b{next(_numbers):09d}",
        title=f"Engagement fictif {number}",
        owner_name="" if number % 20 == 2 else f"Groupe fictif {number % 300}",
        deliverable="Une liste publiée",
        unit="logements",
        baseline=0,
        target=40,
        starts_on=today - timedelta(days=900),
        opened_on=today - timedelta(days=900),
        due_on=today + timedelta(days=(number * 7) % 1000 - 400),
        ended_on=None if state == State.OPEN else today - timedelta(days=number % 700),
        state=state,
        result="Fait" if state == State.KEPT else "",
        reason="Sans suite" if state == State.ABANDONED else "",
    )
