"""For those who take care of the site: the accounts and their roles, and the journal of acts."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from terreau.commons import actions
from terreau.commons.enums import Role
from terreau.commons.models import User
from terreau.commons.queries.people import journal, people
from terreau.commons.roles import GRANTED_ROLES
from terreau.commons.rules import may_grant_role, may_revoke_role

ON_A_PAGE = 50


@never_cache
@require_safe
def people_page(request: HttpRequest) -> HttpResponse:
    search = request.GET.get("q", "")
    page = Paginator(people(search), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/people.html", {"page": page, "search": search, "roles": GRANTED_ROLES})


@require_POST
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    """``do``: ``grant`` or ``revoke``; ``role``: a value of Role."""
    user, role, by = get_object_or_404(User, pk=pk), request.POST.get("role", ""), request.user
    assert isinstance(by, User)
    if role not in GRANTED_ROLES or request.POST.get("do") not in {"grant", "revoke"}:
        return HttpResponseBadRequest(_("Ce rôle n’existe pas."))
    title = Role(role).label
    if request.POST["do"] == "grant":
        if not may_grant_role(by, role):
            raise PermissionDenied
        actions.grant_role(user=user, role=role, by=by)
        messages.success(request, _("%(person)s a le rôle « %(role)s ».") % {"person": user, "role": title})
    elif not may_revoke_role(by, user, role):
        messages.error(
            request, _("Il faut toujours un administrateur : confiez d’abord ce rôle à quelqu’un d’autre.")
        )
    else:
        actions.revoke_role(user=user, role=role, by=by)
        messages.success(
            request, _("%(person)s n’a plus le rôle « %(role)s ».") % {"person": user, "role": title}
        )
    # An administrator who has just given her own role back may not read the page of people any more.
    by.forget_roles()
    return redirect("people" if by.has_role(Role.ADMINISTRATOR) else "account")


@never_cache
@require_safe
def journal_page(request: HttpRequest) -> HttpResponse:
    page = Paginator(journal(), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/journal.html", {"page": page})
