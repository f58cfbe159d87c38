"""Workshops: opened by a facilitator or a steward, with a code to show in the room; entered by whoever is there."""

from typing import cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from terreau.commons.actions.workshops import WorkshopRefused, end_workshop, open_workshop
from terreau.commons.models import User, Workshop
from terreau.commons.queries.workshops import (
    IN_SESSION,
    find_open_workshop,
    find_workshop,
    read_code,
    workshops,
)
from terreau.observe.web.addresses import absolute
from terreau.ui.codes import qr_code

from .workshop_forms import CodeForm, WorkshopForm, usual_workshop

A_PAGE = 25


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_list(request: HttpRequest) -> HttpResponse:
    form = WorkshopForm(request.POST or None, initial=usual_workshop())
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            by = cast(User, request.user)
            if not ratelimit.consume(request, action="workshop", user=by):
                status = 429
                form.add_error(None, _("Trop d’ateliers ouverts en une heure. Réessayez plus tard."))
            else:
                try:
                    made = open_workshop(**form.values(), by=by)
                except WorkshopRefused as refusal:
                    form.add_error(None, str(refusal))
                else:
                    return redirect("workshop", made.code)
    page = Paginator(workshops(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/workshops.html", {"form": form, "page": page}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def workshop(request: HttpRequest, code: str) -> HttpResponse:
    """To print or project: the code, the address, the picture that phones scan; and how much was used."""
    found = find_workshop(code)
    if found is None:
        raise Http404
    if request.method == "POST":
        try:
            end_workshop(workshop=found, by=cast(User, request.user))
        except WorkshopRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("L’atelier est arrêté : son code n’ouvre plus rien."))
        return redirect("workshop", found.code)
    address = absolute(request, "workshop_door", found.code)
    context = {
        "workshop": found,
        "address": address,
        "entrance": absolute(request, "workshop_enter"),
        "picture": qr_code(address),
    }
    return render(request, "portal/workshop.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_enter(request: HttpRequest) -> HttpResponse:
    """For whoever types the code. Wrong ones alone are counted: a room types its own many times."""
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            typed = form.cleaned_data["code"]
            if not ratelimit.consume(request, action="workshop_code", dry_run=True):
                status = 429
                form.add_error(
                    "code", _("Trop de codes essayés depuis cette connexion. Réessayez dans une heure.")
                )
            elif found := find_open_workshop(typed):
                _remember(request, found)
                return redirect("workshop_door", found.code)
            else:
                ratelimit.consume(request, action="workshop_code")
                form.add_error("code", _not_open(typed))
    return render(request, "portal/workshop_enter.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def workshop_door(request: HttpRequest, code: str) -> HttpResponse:
    """Where the picture leads: the code already typed, then what to do in the room. A POST leaves it.

    It says nothing of a workshop before its code was sent: looking at addresses is not counted.
    """
    if request.method == "POST":
        request.session.pop(IN_SESSION, None)
        return redirect("workshop_enter")
    entered = request.session.get(IN_SESSION, "")
    found = find_open_workshop(entered) if entered and entered == read_code(code) else None
    if found:
        return render(request, "portal/workshop_door.html", {"workshop": found})
    return render(request, "portal/workshop_enter.html", {"form": CodeForm(initial={"code": code[:20]})})


def _remember(request: HttpRequest, found: Workshop) -> None:
    request.session[IN_SESSION] = found.code
    if not request.user.is_authenticated:
        request.session.set_expiry(found.ends_at)  # it holds nothing else


def _not_open(typed: str) -> str:
    found = find_workshop(typed)
    if found and not found.is_over:
        return _("Cet atelier n’a pas encore commencé. Réessayez à l’heure dite.")
    return _("Ce code n’est pas, ou n’est plus, celui d’un atelier ouvert. Vérifiez-le auprès de qui anime.")
