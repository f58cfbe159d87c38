"""The public log: appends, publishing, verifying, and proofs at three sizes. No peer: the goals are figures.

Appends are rows in the database, many in one transaction; one transaction for each act waits for the disk.
"""

from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from django.conf import settings

from benchmarks import context
from benchmarks.measure import print_table
from terreau.commons.actions import write_journal
from terreau.commons.actions.log import append_acts
from terreau.commons.log.proofs import make_proof, verify_proof
from terreau.commons.log.verifying import verify_log
from terreau.commons.models import LogEntry
from terreau.commons.queries.log import log_folder

SIZES = (2_000, 20_000, 200_000)
FULL_SIZES = (*SIZES, 1_000_000)
PROOFS = 300
ALONE = 100
APPENDS_GOAL, BYTES_GOAL, MILLISECONDS_GOAL = 20_000, 600, 1.0


def measured(size: int) -> list[Any]:
    """One line of the table, on a new log of ``size`` entries."""
    LogEntry.objects.all().delete()
    acts = [("harvest", f"source:s{number % 97}", {"rows_read": number}) for number in range(size)]
    start = process_time()
    append_acts(acts=acts, by=None)
    appended = process_time() - start
    keys = verify_log(log_folder()).keys
    start = process_time()
    assert verify_log(log_folder(), keys).is_whole
    verified = process_time() - start
    made, checked, longest = [], [], 0
    for number in range(PROOFS):
        index = number * size // PROOFS
        entry = LogEntry.objects.get(index=index).to_entry().encode()
        start = process_time()
        proof = make_proof(log_folder(), index, entry)
        made.append(1000 * (process_time() - start))
        assert proof
        longest = max(longest, len(b"".join(proof.path)))
        start = process_time()
        verify_proof(proof, keys, "proof")
        checked.append(1000 * (process_time() - start))
    start = perf_counter()
    for number in range(ALONE):
        write_journal(verb="harvest", subject="source:s", by=None, n=number)
    alone = ALONE / (perf_counter() - start)
    return [size, size / appended, alone, verified, longest, median(made), median(checked)]


def run() -> None:
    lines = []
    data_dir = settings.DATA_DIR
    for size in FULL_SIZES if context.full else SIZES:
        with TemporaryDirectory(dir=context.folder) as folder:
            settings.DATA_DIR = Path(folder)
            lines.append(measured(size))
    settings.DATA_DIR = data_dir
    print_table(
        "Public log: appends with their tiles and signature, proofs from the files",
        [
            "entries",
            "appends/s of CPU",
            "one by one, /s",
            "verify CPU s",
            "proof bytes",
            "made in ms",
            "checked in ms",
        ],
        lines,
    )
    size, appends, _, _, longest, made, _ = next(line for line in lines if line[0] == 200_000)
    for what, value, goal, reached in (
        ("appends/s", appends, APPENDS_GOAL, appends >= APPENDS_GOAL),
        ("bytes of a proof", longest, BYTES_GOAL, longest <= BYTES_GOAL),
        ("ms to make a proof", made, MILLISECONDS_GOAL, made <= MILLISECONDS_GOAL),
    ):
        print(
            f"{size:,} entries, {what}: {value:,.2f} ({'reaches' if reached else 'misses'} the goal of {goal:,})"
        )
