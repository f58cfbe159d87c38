"""A declared interest locks its file for its holder: what is answered in place of the page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from terreau.deliberate.models import Process, Proposal, Text
from terreau.deliberate.queries.interests import locking_interest

from .asking import who_asks


def refuse_if_locked(
    request: HttpRequest, process: Process, *, proposal: Proposal | None = None, text: Text | None = None
) -> HttpResponse | None:
    """403 with why and what to do; None when she may go on. Call it before anything of the file is read."""
    interest = locking_interest(who_asks(request), process, proposal=proposal, text=text)
    if interest is None:
        return None
    context = {"process": process, "interest": interest}
    return render(request, "deliberate/locked.html", context, status=403)
