"""The command ``terreau``."""

import click


@click.group()
def main() -> None:
    """Terreau: the open instrument of a region that is built in common."""
