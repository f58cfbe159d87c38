"""One's own account: what is held, the displayed name, the export, the end."""

from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from terreau.commons import actions
from terreau.commons.enums import Role
from terreau.commons.models import User
from terreau.commons.queries.people import what_we_hold_on
from terreau.commons.rules import may_erase_account
from terreau.observe.actions.erasing import erase_corrections_of
from terreau.observe.queries.corrections import what_we_hold_of
from terreau.portal.permissions import may_open

from .forms import NameForm


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the table of permissions lets only members come here
    return request.user


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    # A copy: an invalid name must not show in the header of the very page that refuses it.
    form = NameForm(request.POST or None, instance=User.objects.get(pk=person.pk))
    if request.method == "POST" and form.is_valid():
        actions.change_name(user=person, name=form.cleaned_data["name"], by=person)
        messages.success(request, _("Votre nom affiché a changé."))
        return redirect("account")
    roles = [role.label for role in Role if person.has_role(role)]
    context = {"form": form, "held": what_we_hold_on(person), "roles": roles, "care": _pages_of_care(person)}
    return render(request, "portal/account.html", context)


def _pages_of_care(person: User) -> list[tuple[str, str]]:
    """The pages, with their addresses, that this person's roles open besides what everybody reads."""
    pages = {
        "people": _("Personnes et rôles"),
        "observe:corrections": _("Corrections proposées"),
        "observe:mask_requests": _("Demandes de masquage"),
        "journal": _("Journal"),
    }
    return [(title, reverse(route)) for route, title in pages.items() if may_open(person, route)]


@never_cache
@require_safe
def export_account(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    held = {**what_we_hold_on(person), "corrections": what_we_hold_of(person)}
    response = JsonResponse(held, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="terreau-mon-compte.json"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    if request.method == "POST" and may_erase_account(person, person):
        with transaction.atomic():
            erase_corrections_of(user=person, by=person)
            actions.erase_account(user=person, by=person)
        logout(request)
        messages.success(request, _("Votre compte est supprimé."))
        return redirect("home")
    return render(request, "portal/account_erase.html", {"may_erase": may_erase_account(person, person)})
