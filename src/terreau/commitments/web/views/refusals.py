"""What is answered to whoever may not change a commitment: why, who may, and that the attempt is in the log."""

from typing import cast

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from terreau.commitments.actions.writing import NotAllowed, refuse_and_log
from terreau.commitments.models import Commitment
from terreau.commons.models import User


def refuse(request: HttpRequest, commitment: Commitment | None, refusal: NotAllowed) -> HttpResponse:
    """403 with the words of the refusal. An act that was asked for enters the public log, a draft's excepted, for
    it is private; not more than some in an hour, for the log is for ever.
    """
    is_logged = (
        request.method == "POST"
        and commitment is not None
        and not commitment.is_draft
        and ratelimit.consume(request, action="commitment_refusal", user=request.user)
    )
    if is_logged and commitment is not None:
        refuse_and_log(commitment=commitment, by=cast(User, request.user))
    context = {"commitment": commitment, "refusal": str(refusal), "is_logged": is_logged}
    return render(request, "commitments/refused.html", context, status=403)
