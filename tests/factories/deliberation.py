"""The process of the small fictional region: each part of the room adds what its pages show."""

from terreau.commons.enums import College
from terreau.deliberate.models import Process

from .deliberate import close, make_process
from .opinions import make_opinions, two_camps

A_PROCESS = {"slug": "essai"}
A_RESULT, A_STATEMENT = {"slug": "essai-close"}, "affirmfict"


def make_deliberation() -> Process:
    results()
    return make_process(slug=A_PROCESS["slug"], title="Que faire de la halle fictive ?")


def results() -> Process:
    """A closed one whose people are of two opinions."""
    process = make_process(
        slug=A_RESULT["slug"], title="Que planter sur la place fictive ?", asks_college=True
    )
    colleges = [College.CITIZENS, College.ASSOCIATIONS, College.FIRMS, College.CITIZENS]
    statements, _people = make_opinions(process, two_camps(16), [colleges[at % 4] for at in range(32)])
    statements[0].token, statements[0].words = A_STATEMENT, "La place fictive est plantée de tilleuls"
    statements[0].save()
    close(process)
    return process
