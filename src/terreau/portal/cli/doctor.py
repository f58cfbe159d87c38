"""`terreau doctor`: what is missing, and how to mend it."""

import sys

import click

from .words import words

MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "problem": ("✗", "red")}


@click.command(
    help=words(
        "Dire ce qui manque au site et comment y remédier. Code de sortie 1 si un point empêche de l’ouvrir.",
        "Say what the site lacks and how to mend it. Exit status 1 if a point prevents opening it.",
    )
)
def doctor() -> None:
    from .health import examine

    findings = list(examine())
    for finding in findings:
        mark, colour = MARKS[finding.state]
        click.echo(f"{click.style(mark, fg=colour)} {finding.what}")
        if finding.mend:
            click.echo(f"    → {finding.mend}")
    problems = sum(finding.state == "problem" for finding in findings)
    warnings = sum(finding.state == "warning" for finding in findings)
    click.echo(
        words(
            f"{problems} point(s) bloquant(s), {warnings} à regarder.",
            f"{problems} blocking, {warnings} to look at.",
        )
    )
    sys.exit(1 if problems else 0)
