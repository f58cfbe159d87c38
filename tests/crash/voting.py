"""Two processes vote until they are killed with SIGKILL, as many times as asked; then looks for what they were told.

    TERREAU_DATA=/some/empty/folder python -m tests.crash.voting 20

It writes what it found as JSON: rounds, votes acknowledged, those lost.
"""

import json
import os
import random
import select
import signal
import sys
import time

TELLERS = 2


def vote_for_ever(acknowledged: int, round_number: int, teller: int) -> None:
    """The child. A vote is acknowledged when ``cast_vote`` has returned: as the page then goes to the next one."""
    from django.utils import timezone

    from terreau.deliberate.actions import cast_vote
    from terreau.deliberate.models import Participant, Process, Statement

    process, statements = Process.objects.get(), list(Statement.objects.all())
    person = Participant.objects.get(external_id=str(teller))
    chance = random.Random(f"{round_number} {teller}")
    while True:
        statement, value = chance.choice(statements), chance.choice((1, 0, -1))
        os.write(acknowledged, f"{json.dumps([person.pk, statement.pk, value, False])}\n".encode())
        cast_vote(
            process=process, participant=person, statement=statement, value=value, by=None, now=timezone.now()
        )
        os.write(acknowledged, f"{json.dumps([person.pk, statement.pk, value, True])}\n".encode())


def one_round(chance: random.Random, number: int) -> list[list[list[int]]]:
    """What each child had said when it was killed."""
    from django.db import connection

    connection.close()
    children = []
    for teller in range(TELLERS):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read)
            try:
                vote_for_ever(write, number, teller)
            finally:
                os._exit(1)
        os.close(write)
        children.append((child, read))
    for _child, read in children:
        select.select([read], [], [], 60)
    time.sleep(chance.uniform(0.05, 0.4))
    for child, _read in children:
        os.kill(child, signal.SIGKILL)
    told = []
    for child, read in children:
        os.waitpid(child, 0)
        with os.fdopen(read, "rb") as file:
            told.append([json.loads(line) for line in file.read().split(b"\n")[:-1]])
    return told


def main(rounds: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "terreau.portal.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from terreau.deliberate.models import Participant, Vote
    from tests.factories.deliberate import make_process, make_statement

    call_command("migrate", verbosity=0)
    process = make_process()
    for _number in range(5):
        make_statement(process)
    for teller in range(TELLERS):
        Participant.objects.create(process=process, external_id=str(teller), joined_on=timezone.localdate())
    chance, acknowledged, lost = random.Random(), 0, []
    kept: dict[tuple[int, int], int] = {}
    for number in range(rounds):
        unsure: dict[tuple[int, int], int] = {}
        for lines in one_round(chance, number):
            for person, statement, value, is_told in lines:
                if is_told:
                    kept[person, statement], acknowledged = value, acknowledged + 1
                    unsure.pop((person, statement), None)
                else:
                    unsure[person, statement] = value  # sent: it may be there or not when nobody was told
        there = {(row.participant_id, row.statement_id): row.value for row in Vote.objects.all()}
        for pair, value in kept.items():
            if there.get(pair) not in {value, unsure.get(pair, value)}:
                lost.append([*pair, value])
        kept = there
    sys.stdout.write(f"{json.dumps({'rounds': rounds, 'acknowledged': acknowledged, 'lost': lost})}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
