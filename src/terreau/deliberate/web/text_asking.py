"""What every page of a text starts with: which text, whether a declared interest locks it, how long a form may be."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from terreau.deliberate.queries.texts import find_text

from .asking import process_or_404
from .locking import refuse_if_locked

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
        closed = refuse_if_locked(request, process, text=text)
        return view(request, text, **arguments) if closed is None else closed

    return with_its_text


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
