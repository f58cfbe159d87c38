"""Conversations for tests: who votes what is written as a drawing, one text a person."""

from collections.abc import Sequence

from terreau.deliberate.models import Participant, Process, Statement, Vote
from terreau.deliberate.models.statements import AGREE, DISAGREE, PASS

from .deliberate import make_participant, make_statement

SIGNS = {"+": AGREE, "0": PASS, "-": DISAGREE}


def make_opinions(
    process: Process, people: Sequence[str], colleges: Sequence[str] = ()
) -> tuple[list[Statement], list[Participant]]:
    """Each of ``people`` is one sign a statement: ``+`` agrees, ``-`` disagrees, ``0`` passes, ``.`` was not asked."""
    statements = [make_statement(process) for _ in range(max(map(len, people), default=0))]
    participants = [
        make_participant(process, college=colleges[at] if at < len(colleges) else "")
        for at in range(len(people))
    ]
    Vote.objects.bulk_create(
        Vote(participant=person, statement=statement, value=SIGNS[sign])
        for person, signs in zip(participants, people, strict=True)
        for statement, sign in zip(statements, signs, strict=False)
        if sign != "."
    )
    return statements, participants


def two_camps(of_each: int = 50, *, apart: int = 8, common: float = 0.62) -> list[str]:
    """People of two groups: nine in ten of the first say yes and nine in ten of the second no to ``apart`` statements.

    Then a statement that 90 % of the first and 20 % of the second agree with, and one that ``common`` of both do.
    """
    rows = []
    for camp in range(2):
        for person in range(of_each):
            usual, other = ("+", "-") if camp == 0 else ("-", "+")
            parts = [other if (person + at) % 10 == 0 else usual for at in range(apart)]
            share = 0.9 if camp == 0 else 0.2
            parts.append("+" if person < share * of_each else "-")
            parts.append("+" if (person * 7) % of_each < common * of_each else "-")
            rows.append("".join(parts))
    return rows
