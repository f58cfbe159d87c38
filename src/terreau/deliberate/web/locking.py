"""A declared interest locks its file for its holder: what is answered in place of the page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from terreau.deliberate.models import Interest, Process, Proposal, Text
from terreau.deliberate.queries.interests import locking_interest, whole_interest

from .asking import who_asks

View = Callable[..., HttpResponseBase]


def unless_locked(view: View) -> View:
    """``view(request, slug, …)``; 403 to whoever declared an interest in the whole process of this slug."""

    @wraps(view)
    def answer(request: HttpRequest, slug: str, **arguments: Any) -> HttpResponseBase:
        interest = whole_interest(who_asks(request), slug)
        return view(request, slug=slug, **arguments) if interest is None else _closed(request, interest)

    return answer


def refuse_if_locked(
    request: HttpRequest, process: Process, *, proposal: Proposal | None = None, text: Text | None = None
) -> HttpResponse | None:
    """403 with why and what to do; None when she may go on. Call it before anything of the file is read.

    In the whole process, ``unless_locked`` did so already for every address under its own.
    """
    interest = locking_interest(who_asks(request), process, proposal=proposal, text=text)
    return None if interest is None else _closed(request, interest)


def _closed(request: HttpRequest, interest: Interest) -> HttpResponse:
    context = {"process": interest.process, "interest": interest}
    return render(request, "deliberate/locked.html", context, status=403)
