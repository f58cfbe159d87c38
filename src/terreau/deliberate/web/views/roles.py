"""Who holds which role, and the interests that they declare."""

from typing import cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from terreau.commons.models import User
from terreau.commons.web.form_errors import take_errors
from terreau.deliberate import actions
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import POWERS_EXPLAINED, Power
from terreau.deliberate.models import Process
from terreau.deliberate.queries.interests import files_of, interests_of, locks_of
from terreau.deliberate.queries.processes import holders_of
from terreau.deliberate.rules import may_facilitate, powers_of
from terreau.deliberate.web.acting_forms import InterestForm, RoleForm
from terreau.deliberate.web.asking import process_or_404
from terreau.deliberate.web.refusals import refuse


def roles(request: HttpRequest, slug: str) -> HttpResponse:
    """``do``: give, or ``end`` with the ``role``."""
    found, by = process_or_404(request, slug), cast(User, request.user)
    if request.POST.get("do") == "end":
        return _end_role(request, found, by)
    if not may_facilitate(by, found):
        words = _("Les rôles sont donnés et terminés par les animateurs de la démarche.")
        return refuse(request, found, NotAllowed(words))
    form = RoleForm(request.POST if request.method == "POST" else None, process=found)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            if not ratelimit.consume(request, action="process_change", user=by):
                form.add_error(None, _("Trop de changements en une heure. Réessayez plus tard."))
                return _roles_page(request, found, form, 429)
            url = request.build_absolute_uri(reverse("deliberate:interests", args=[found.slug]))
            try:
                actions.give_role(process=found, interests_url=url, by=by, **form.cleaned_data)
            except NotAllowed as no:
                return refuse(request, found, no)
            except ValidationError as error:
                take_errors(form, error)
            else:
                messages.success(request, _("Le rôle est donné."))
                return redirect("deliberate:roles", found.slug)
    return _roles_page(request, found, form, status)


def _end_role(request: HttpRequest, found: Process, by: User) -> HttpResponse:
    key = request.POST.get("role", "")
    role = get_object_or_404(found.roles, pk=int(key) if key.isdecimal() and len(key) < 10 else 0)
    try:
        actions.end_role(role=role, by=by)
    except NotAllowed as no:
        return refuse(request, found, no)
    messages.success(request, _("Le rôle est terminé ; il reste lisible."))
    return redirect("deliberate:roles" if may_facilitate(by, found) else "deliberate:process", found.slug)


def _roles_page(request: HttpRequest, found: Process, form: RoleForm, status: int) -> HttpResponse:
    context = {
        "process": found,
        "form": form,
        "holders": holders_of(found),
        "powers_explained": [(Power(power).label, said) for power, said in POWERS_EXPLAINED.items()],
    }
    return render(request, "deliberate/roles.html", context, status=status)


def interests(request: HttpRequest, slug: str) -> HttpResponse:
    """Hers. ``do``: declare, or ``end`` with the ``interest``."""
    found, by = process_or_404(request, slug), cast(User, request.user)
    hers = interests_of(found).filter(user=by)
    if not powers_of(by, found) and not hers.exists():
        words = _("Un intérêt est déclaré par qui a un rôle dans une démarche publique.")
        return refuse(request, found, NotAllowed(words))
    is_ending = request.POST.get("do") == "end"
    form = InterestForm(
        request.POST if request.method == "POST" and not is_ending else None,
        files=files_of(found, locks_of(by)),
    )
    problem, status = "", 200
    if request.method == "POST":
        status = 400
        if not ratelimit.consume(request, action="process_interest", user=by):
            problem, status = _("Trop de déclarations en une heure. Réessayez plus tard."), 429
        elif is_ending or form.is_valid():
            try:
                return _declared(request, found, form, by, is_ending)
            except NotAllowed as no:
                return refuse(request, found, no)
            except ValidationError as error:
                if is_ending:
                    problem = " ".join(error.messages)
                else:
                    take_errors(form, error)
    context = {"process": found, "form": form, "interests": hers, "problem": problem}
    return render(request, "deliberate/interests.html", context, status=status)


def _declared(
    request: HttpRequest, found: Process, form: InterestForm, by: User, is_ending: bool
) -> HttpResponse:
    if is_ending:
        key = request.POST.get("interest", "")
        row = get_object_or_404(found.interests, pk=int(key) if key.isdecimal() and len(key) < 10 else 0)
        actions.end_interest(interest=row, because=request.POST.get("because", ""), by=by)
        messages.success(request, _("C’est noté : le dossier vous est ouvert de nouveau."))
    else:
        words = form.cleaned_data["words"]
        actions.declare_interest(process=found, words=words, by=by, **form.file_of(found))
        messages.success(request, _("C’est déclaré : ce dossier vous est fermé."))
    return redirect("deliberate:interests", found.slug)
