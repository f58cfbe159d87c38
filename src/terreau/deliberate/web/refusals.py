"""What is answered to whoever may not act on a process: why, who may, and that the attempt is in the log."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from terreau.deliberate.actions.writing import NotAllowed, refuse_and_log
from terreau.deliberate.models import Process

from .asking import who_asks


def refuse(request: HttpRequest, process: Process, refusal: NotAllowed) -> HttpResponse:
    """403 with the words of the refusal. An act that was asked for enters the public log, a draft's excepted, for
    it is private; not more than some in an hour, for the log is for ever.
    """
    by = who_asks(request)
    is_logged = (
        request.method == "POST"
        and by is not None
        and not process.is_draft
        and ratelimit.consume(request, action="process_refusal", user=by)
    )
    if is_logged:
        refuse_and_log(process=process, by=by)
    context = {"process": process, "refusal": str(refusal), "is_logged": is_logged}
    return render(request, "deliberate/refused.html", context, status=403)
