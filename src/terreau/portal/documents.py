"""Reference pages written from the code itself: `terreau docs` writes them, a test fails when they are stale."""

import os
import subprocess
import sys
from collections.abc import Iterable

from django.utils import translation

from terreau.commons.roles import VISITOR
from terreau.lake.catalogue import datasets
from terreau.observe.queries.sources import reconcile, reject_counts
from terreau.portal.permissions import ROUTES

MARK = "<!-- Written by `make docs`: change the code, not this page. -->\n"


def sources_page() -> str:
    """The count of organisations shown, reconciled with the source files of the region that was harvested."""
    accounts = reconcile()
    head = (
        "source",
        "vintage",
        "rows read",
        "other regions",
        "rejected",
        "repeated",
        "kept",
        "organisations",
        "shown",
    )
    rows = [
        (
            f"`{one.source.code}`",
            one.source.vintage,
            one.harvest.rows_read,
            one.harvest.rows_out_of_region,
            one.harvest.rows_rejected,
            one.harvest.rows_repeated,
            one.kept,
            one.parties,
            one.shown,
        )
        for one in accounts.accounts
        if one.harvest
    ]
    reasons = [
        (f"`{one.source.code}`", f"`{reason}`", "the row" if whole_row else "one value", times)
        for one in accounts.accounts
        if one.harvest
        for reason, whole_row, times in reject_counts(one.harvest)
    ]
    return (
        f"# Sources, and how the counts add up\n\n{MARK}\n"
        "On each line, *rows read = other regions + rejected + repeated + kept*. Several kept rows may speak of one "
        "organisation.\n\n"
        f"{table(head, rows)}\n"
        f"The sources name {accounts.named} organisations; one that several sources name counts once on the site: "
        f"{accounts.repeated_between_sources} repetitions between sources leave **{accounts.shown} organisations**, "
        f"of which {accounts.closed} are no longer active and shown only on request.\n\n"
        "## What was left out or corrected, and why\n\n"
        f"{table(('source', 'reason', 'left out or corrected', 'times'), reasons)}"
    )


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [list(head), *([str(cell) for cell in row] for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def datasets_page() -> str:
    """Every published dataset, with its columns as readers see them."""
    parts = [
        f"# Datasets\n\n{MARK}\nEvery dataset is published with its licence at `/donnees/<name>.<format>`, "
        "and listed by `/api/v1/datasets`. Descriptions are in French, as the public reads them.\n"
    ]
    with translation.override("fr"):
        for dataset in datasets().values():
            columns = ((f"`{column.name}`", column.type, column.title) for column in dataset.columns)
            parts.append(
                f"\n## `{dataset.name}`: {dataset.title}\n\n{dataset.description} "
                f"Formats : {', '.join(dataset.formats)}.\n\n{table(('column', 'type', 'content'), columns)}"
            )
    return "".join(parts)


def permissions_page() -> str:
    """The table that the site enforces: R reads, W writes."""
    roles = (
        VISITOR,
        *sorted({role for access in ROUTES.values() for role in access.read | access.write} - {VISITOR}),
    )

    def cell(route: str, role: str) -> str:
        access = ROUTES[route]
        return ("R" if role in access.read else "") + ("W" if role in access.write else "") or "–"

    rows = ([f"`{route}`", *(cell(route, role) for role in roles)] for route in ROUTES)
    return (
        f"# Permissions\n\n{MARK}\nWho may read (R) and write (W) at each address. An address that is not in "
        f"this table is refused to everybody.\n\n{table(('address', *roles), rows)}"
    )


def commands_page(names: Iterable[str]) -> str:
    """What `terreau NAME --help` says, in English.

    A new process for each: the command line chooses its language once, when it is loaded.
    """
    program = "from terreau.portal.cli import main; main(prog_name='terreau')"
    parts = [f"# The command `terreau`\n\n{MARK}"]
    for name in sorted(names):
        answer = subprocess.run(  # noqa: S603  (our own program, no outside word)
            [sys.executable, "-c", program, name, "--help"],
            env={**os.environ, "LC_ALL": "en_GB.UTF-8", "COLUMNS": "90"},
            capture_output=True,
            text=True,
            check=True,
        )
        parts.append(f"\n## `terreau {name}`\n\n```\n{answer.stdout.strip()}\n```\n")
    return "".join(parts)
