"""Appends acts in a child process and kills it with SIGKILL, at any moment, as many times as asked; then looks.

    TERREAU_DATA=/some/empty/folder python -m tests.crash.appending 200

It writes what it found as JSON: rounds, acts acknowledged, those lost, and what verifying says.
"""

import json
import os
import random
import select
import shutil
import signal
import sys
import time
from pathlib import Path


def append_for_ever(acknowledged: int) -> None:
    """The child. An act is acknowledged when ``write_journal`` has returned: as a page would then say « done »."""
    from terreau.commons.actions import write_journal
    from terreau.commons.models import LogEntry

    for number in range(1_000_000):
        write_journal(verb="harvest", subject=f"source:s{number}", by=None, process=os.getpid())
        last = LogEntry.objects.order_by("-index").values_list("index", "digest").first()
        os.write(acknowledged, f"{json.dumps(last)}\n".encode())


def one_round(chance: random.Random) -> list[tuple[int, str]]:
    """What the child had acknowledged when it was killed."""
    from django.db import connection

    connection.close()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            append_for_ever(write)
        finally:
            os._exit(1)
    os.close(write)
    select.select([read], [], [], 60)  # the first act is done
    time.sleep(chance.uniform(0, 0.3))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(read, "rb") as file:
        whole = file.read().split(b"\n")[:-1]  # the line that was being written is not acknowledged
    return [tuple(json.loads(line)) for line in whole]


def main(rounds: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "terreau.portal.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from terreau.commons.actions.log import publish_log
    from terreau.commons.log.verifying import verify_log
    from terreau.commons.models import LogEntry
    from terreau.commons.queries.log import keys_folder, log_folder

    call_command("migrate", verbosity=0)
    chance, acknowledged, kept = random.Random(), [], Path(os.environ["TERREAU_DATA"]) / "kept"
    kept.mkdir(exist_ok=True)
    for number in range(rounds):
        acknowledged += one_round(chance)
        if (log_folder() / "checkpoint").exists():
            shutil.copy(log_folder() / "checkpoint", kept / str(number))
    publish_log(by=None, whole=True)
    there = dict(LogEntry.objects.values_list("index", "digest"))
    report = verify_log(log_folder(), olds=sorted(kept.iterdir()))
    found = {
        "rounds": rounds,
        "acknowledged": len(acknowledged),
        "lost": [index for index, digest in acknowledged if there.get(index) != digest],
        "entries": len(there),
        "holes": sorted(set(range(len(there))) - set(there)),
        "checkpoints": len(list(kept.iterdir())),
        "problems": [str(problem) for problem in report.problems],
        "verified": report.checkpoint.size if report.checkpoint else None,
        "keys": len((keys_folder() / "log.pub").read_text().splitlines()),
    }
    sys.stdout.write(f"{json.dumps(found)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
