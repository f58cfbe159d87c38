"""`terreau publish-results`: the result of what people voted on, once voting is closed."""

import click

from .start import start_django
from .words import words


@click.command(
    name="publish-results",
    help=words(
        "Calculer et publier le résultat des démarches qui viennent de se clore. À lancer chaque heure ; un résultat "
        "publié est calculé une fois, et gardé.",
        "Compute and publish the result of processes that have just closed. To be run every hour; a published result "
        "is computed once, and kept.",
    ),
)
def publish_results() -> None:
    start_django()
    from terreau.deliberate.actions.closing import publish_results_due

    from .health import refuse_without_database

    refuse_without_database()
    published = publish_results_due(by=None)
    for one in published:
        click.echo(f"{one.process.slug} : {one.number}")
    click.echo(words(f"Résultats publiés : {len(published)}", f"Results published: {len(published)}"))
