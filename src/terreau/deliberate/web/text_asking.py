"""What every page of a text starts with: which text, whether a declared interest locks it, how long a form may be."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from terreau.deliberate.actions.writing import NotAllowed, refuse_and_log
from terreau.deliberate.models import Process, Text
from terreau.deliberate.queries.texts import find_text
from terreau.deliberate.rules import is_locked

from .asking import process_or_404, who_asks

View = Callable[..., HttpResponse]
MOST_TYPED = (
    8_000_000  # bytes of a form: beyond the site's limit, so that too long a paste comes back with a sentence
)


def of_a_text(view: View) -> View:
    """``view(request, text, …)`` for the text that ``slug`` and ``token`` name; 403 to whom an interest locks it."""

    @wraps(view)
    def with_its_text(request: HttpRequest, slug: str, token: str, **arguments: Any) -> HttpResponse:
        process = process_or_404(request, slug)
        text = find_text(process, token)
        if text is None:
            raise Http404
        text.process = process
        if is_locked(who_asks(request), process, text=text):
            return locked_page(request, process)
        return view(request, text, **arguments)

    return with_its_text


def locked_page(request: HttpRequest, process: Process) -> HttpResponse:
    return render(request, "deliberate/text_locked.html", {"process": process}, status=403)


def refuse_text_act(
    request: HttpRequest, process: Process, refusal: NotAllowed, text: Text | None = None
) -> HttpResponse:
    """403 with the words of the refusal. An attempt to act enters the public log, a few an hour at most."""
    by = who_asks(request)
    is_logged = (
        request.method == "POST"
        and by is not None
        and not process.is_draft
        and ratelimit.consume(request, action="text_refusal", user=by)
    )
    if is_logged:
        refuse_and_log(process=process, by=by)
    context = {"process": process, "text": text, "refusal": str(refusal), "is_logged": is_logged}
    return render(request, "deliberate/text_refused.html", context, status=403)


def takes_a_long_form(view: View) -> View:
    """Reads the whole form before anything looks at it: else the site answers 400, and what was typed is lost."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def read_first(request: HttpRequest, *given: Any, **arguments: Any) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        is_plain = request.content_type == "application/x-www-form-urlencoded"
        if request.method == "POST" and is_plain and length.isdigit() and int(length) <= MOST_TYPED:
            request._body = request.read()  # where ``request.body`` looks first
        return protected(request, *given, **arguments)

    return read_first
