"""Under which licence deliberation leaves the site, and whom to credit."""

from terreau.commitments.queries.credit import credit_own

from .processes import visible_processes


def credit_processes() -> tuple[str, str]:
    """The licence code, and the sentence: the same as long as no process changes."""
    return credit_own("Démarches", visible_processes())
