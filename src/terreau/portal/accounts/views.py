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

from terreau.commitments.actions import discard_drafts_of
from terreau.commitments.actions.subscribing import forget_address
from terreau.commitments.queries import own_drafts
from terreau.commitments.queries.subscriptions import subscriptions_held_on
from terreau.commitments.queries.words import words_on_commitments_of
from terreau.commitments.rules import drafts_waiting
from terreau.commons import actions
from terreau.commons.enums import Role
from terreau.commons.models import User
from terreau.commons.queries.people import what_we_hold_on
from terreau.commons.rules import may_erase_account
from terreau.deliberate.actions.leaving import forget_person
from terreau.deliberate.queries.held import deliberations_held_on
from terreau.deliberate.queries.moderation import waiting_words
from terreau.deliberate.queries.replies import owed_by
from terreau.observe.actions.erasing import erase_corrections_of
from terreau.observe.queries.corrections import what_we_hold_of
from terreau.observe.queries.custodians import claims_held_on, parties_of
from terreau.observe.queries.practices import words_on_practices_of
from terreau.observe.queries.waiting import waiting
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
    context = {
        "form": form,
        "held": what_we_hold_on(person),
        "roles": roles,
        "care": _pages_of_care(person),
        "parties": parties_of(person),
        "drafts": own_drafts(person).count(),
        "replies_owed": owed_by(person).count(),
    }
    return render(request, "portal/account.html", context)


def _pages_of_care(person: User) -> list[tuple[str, str, int]]:
    """The pages that this person's roles open besides what everybody reads: title, address, how many wait there."""
    pages = {
        "people": _("Personnes et rôles"),
        "observe:corrections": _("Corrections proposées"),
        "observe:mask_requests": _("Demandes de masquage"),
        "observe:merge_review": _("Paires à examiner"),
        "observe:claims": _("Référentes et référents"),
        "observe:contradictions": _("Pratiques contestées"),
        "observe:pictures_kept": _("Images gardées hors publication"),
        "commitments:drafts_waiting": _("Engagements à publier"),
        "workshops": _("Ateliers"),
        "deliberate:words_waiting": _("Mots à relire dans les démarches"),
        "journal": _("Journal"),
    }
    theirs = {route: title for route, title in pages.items() if may_open(person, route)}
    counts = {**waiting(), "commitments:drafts_waiting": drafts_waiting().count()} if theirs else {}
    if "deliberate:words_waiting" in theirs:
        counts["deliberate:words_waiting"] = len(waiting_words(person))
    return [(title, reverse(route), counts.get(route, 0)) for route, title in theirs.items()]


@never_cache
@require_safe
def export_account(request: HttpRequest) -> HttpResponse:
    person = _person(request)
    held = {
        **what_we_hold_on(person),
        "corrections": what_we_hold_of(person),
        "claims": claims_held_on(person),
        "subscriptions": subscriptions_held_on(person),
        **words_on_practices_of(person),
        "commitments": words_on_commitments_of(person),
        "deliberations": deliberations_held_on(person),
    }
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
            forget_address(address=person.email, by=person)
            discard_drafts_of(user=person, by=person)
            forget_person(user=person, by=person)
            actions.erase_account(user=person, by=person)
        logout(request)
        messages.success(request, _("Votre compte est supprimé."))
        return redirect("home")
    return render(request, "portal/account_erase.html", {"may_erase": may_erase_account(person, person)})
