"""For those who keep the register: opening an election, entering lists, sending links, noting who was elected."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from terreau.commitments import actions
from terreau.commitments.actions.writing import NotAllowed
from terreau.commitments.models import Candidacy, Election
from terreau.commitments.queries.pledges import candidacies_of
from terreau.commitments.web.election_forms import (
    CandidacyForm,
    ElectedForm,
    ElectionForm,
    LinkForm,
    WithdrawalForm,
)
from terreau.commons.models import User
from terreau.commons.web.addresses import absolute
from terreau.commons.web.form_errors import take_errors

from .elections import candidacy_or_404, common, election_or_404


def election_new(request: HttpRequest) -> HttpResponse:
    return _write_election(request, None)


def election_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """``do``: save, or remove one that was opened by mistake."""
    found = election_or_404(slug)
    if request.POST.get("do") == "remove":
        try:
            actions.remove_election(election=found, by=cast(User, request.user))
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
            return redirect("commitments:election", found.slug)
        messages.success(request, _("La page est retirée."))
        return redirect("commitments:elections")
    return _write_election(request, found)


def _write_election(request: HttpRequest, found: Election | None) -> HttpResponse:
    form = ElectionForm(request.POST or None, election=found)
    by = cast(User, request.user)
    if request.method == "POST" and form.is_valid() and not _only_searches(request):
        try:
            if found is None:
                saved = actions.open_election(by=by, **form.values())
            else:
                saved = actions.change_election(election=found, by=by, **form.values())
        except ValidationError as error:
            take_errors(form, error)
        else:
            messages.success(request, _("C’est enregistré."))
            return redirect(
                "commitments:candidacies" if found is None else "commitments:election", saved.slug
            )
    context = {
        "form": form,
        "election": found,
        "may_remove": found is not None and not candidacies_of(found),
    }
    status = 400 if request.method == "POST" and not _only_searches(request) else 200
    return render(request, "commitments/election_form.html", context, status=status)


def candidacies(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter the lists, one after the other."""
    found = election_or_404(slug)
    form = CandidacyForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and not _only_searches(request):
        try:
            row = actions.add_candidacy(election=found, by=cast(User, request.user), **form.values())
        except ValidationError as error:
            take_errors(form, error)
        else:
            messages.success(request, _("« %s » est inscrite, et son rang tiré au sort.") % row.name)
            return redirect("commitments:candidacies", found.slug)
    context = {"form": form, "candidacies": candidacies_of(found), **common(request, found)}
    status = 400 if request.method == "POST" and not _only_searches(request) else 200
    return render(request, "commitments/candidacies.html", context, status=status)


def _only_searches(request: HttpRequest) -> bool:
    """The button beside a field that asks which row: the form comes back with choices, and nothing is written."""
    return request.POST.get("do") == "search"


FORMS: dict[str, type[Form]] = {
    "rename": CandidacyForm,
    "link": LinkForm,
    "withdraw": WithdrawalForm,
    "elect": ElectedForm,
    "unelect": Form,
}


@never_cache
def candidacy_keep(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """``do``: rename, link, withdraw, elect, unelect."""
    found = election_or_404(slug)
    row = candidacy_or_404(found, token)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if _only_searches(request):
        do = "rename"  # the one form here in which one looks for a row
    data = request.POST if do else None
    forms: dict[str, Any] = {name: one(data if name == do else None) for name, one in FORMS.items()}
    if do != "rename":
        forms["rename"] = CandidacyForm(candidacy=row)
    link = ""
    is_done = False
    if do in forms and forms[do].is_valid() and not _only_searches(request):
        try:
            link = _done(request, do, row, forms[do])
            is_done = True
        except ValidationError as error:
            take_errors(forms[do], error)
        except NotAllowed as refusal:
            forms[do].add_error(None, str(refusal))
    if is_done and not link:
        messages.success(request, _("C’est enregistré."))
        return redirect("commitments:candidacy_keep", found.slug, row.token)
    context = {
        "candidacy": row,
        "forms": forms,
        "do": do,
        "link": link,
        "sent_to": forms["link"].cleaned_data["to"] if link else "",
        **common(request, found),
    }
    status = 400 if request.method == "POST" and not is_done and not _only_searches(request) else 200
    return render(request, "commitments/candidacy_keep.html", context, status=status)


def _done(request: HttpRequest, do: str, row: Candidacy, form: Any) -> str:
    """The private link when one was asked for: it is shown this once."""
    by, given = cast(User, request.user), form.cleaned_data
    if do == "rename":
        actions.change_candidacy(candidacy=row, by=by, **form.values())
    elif do == "withdraw":
        actions.withdraw_candidacy(candidacy=row, by=by, **given)
    elif do == "elect":
        actions.mark_elected(candidacy=row, by=by, **given)
    elif do == "unelect":
        actions.undo_elected(candidacy=row, by=by)
    else:
        return actions.give_reply_link(
            candidacy=row,
            link_of=lambda secret: absolute(request, "commitments:reply", row.token, secret),
            by=by,
            **given,
        )
    return ""
