"""Asking that an organisation be masked, and the stewards' list of such requests."""

from typing import cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.observe.actions.masking import answer_masking, ask_masking
from terreau.observe.models import MaskRequest
from terreau.observe.queries.masking import mask_requests as requests_to_answer
from terreau.observe.queries.parties import find_party
from terreau.observe.web.forms import MaskAnswerForm, MaskRequestForm

from .party import not_shown


def mask_request(request: HttpRequest, public_id: str) -> HttpResponse:
    party = find_party(public_id)
    if party is None:
        return not_shown(request)
    form = MaskRequestForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["website"]:  # a robot: it is told what a person would be told
            return render(request, "observe/mask_request_sent.html", {"party": party})
        # Counted like the attempts to sign in (settings.ACCOUNT_RATE_LIMITS): across processes, behind proxies.
        if not ratelimit.consume(request, action="mask_request"):
            form.add_error(
                None, _("Trop de demandes en une heure depuis cette connexion. Réessayez plus tard.")
            )
            status = 429
        else:
            ask_masking(
                party=party,
                reason=form.cleaned_data["reason"],
                contact=form.cleaned_data["contact"],
                by=request.user if request.user.is_authenticated else None,
            )
            return render(request, "observe/mask_request_sent.html", {"party": party})
    return render(request, "observe/mask_request.html", {"party": party, "form": form}, status=status)


def mask_requests(request: HttpRequest) -> HttpResponse:
    """For stewards: ``portal/permissions.py`` says so."""
    refused_form = None
    if request.method == "POST":
        form = MaskAnswerForm(request.POST)
        if form.is_valid():
            asked = get_object_or_404(requests_to_answer(), pk=form.cleaned_data["request"])
            answer_masking(
                request=asked,
                granted=form.cleaned_data["decision"] == "grant",
                answer=form.cleaned_data["answer"],
                by=cast(User, request.user),
            )
            messages.success(request, _("La réponse est enregistrée."))
            return redirect("observe:mask_requests")
        refused_form = form
    requests = requests_to_answer()
    page = Paginator(requests, 25).get_page(request.GET.get("page"))
    context = {"page": page, "refused_form": refused_form, "State": MaskRequest.State}
    return render(request, "observe/mask_requests.html", context, status=400 if refused_form else 200)
