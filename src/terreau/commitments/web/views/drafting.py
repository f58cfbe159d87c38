"""Drafts: written by any member, kept private, published by whoever may."""

from typing import Any, cast
from urllib.parse import urlencode

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.actions import discard_draft, open_commitment, save_draft
from terreau.commitments.actions.writing import NotAllowed
from terreau.commitments.models import Commitment
from terreau.commitments.queries import find_commitment, own_drafts
from terreau.commitments.queries.listing import all_items, with_what_a_line_says
from terreau.commitments.rules import drafts_waiting as waiting_drafts
from terreau.commitments.rules import is_keeper, may_see, spoken_for
from terreau.commitments.web.forms import TermsForm, next_meeting_of
from terreau.commitments.words import lines_of
from terreau.commons.licences import LICENCES
from terreau.commons.models import User
from terreau.commons.web.form_errors import keep_only_errors_of_search, take_errors

from .commitments import who_asks
from .refusals import refuse

ON_A_PAGE = 50
SAME_MEETING = ("basis", "basis_words", "basis_url")


def drafts(request: HttpRequest) -> HttpResponse:
    """One's own."""
    return _list(request, own_drafts(cast(User, request.user)), is_own=True)


def drafts_waiting(request: HttpRequest) -> HttpResponse:
    """For who keeps the register: ``portal/permissions.py`` says so."""
    return _list(request, waiting_drafts(), is_own=False)


def _list(request: HttpRequest, rows: Any, *, is_own: bool) -> HttpResponse:
    page = Paginator(with_what_a_line_says(rows), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": lines_of(page, timezone.localdate()), "is_own": is_own}
    return render(request, "commitments/drafts.html", context)


def draft_new(request: HttpRequest) -> HttpResponse:
    """``comme`` and ``reunion``: another draft of the same meeting, and its next date."""
    by = cast(User, request.user)
    if request.method == "POST":
        return _written(request, TermsForm(request.POST), None)
    form = TermsForm()
    earlier = find_commitment(request.GET.get("comme", ""))
    if earlier is not None and may_see(by, earlier):
        _same_meeting(form, earlier)
    else:
        _start(form, by)
    form.fields["next_meeting"].initial = next_meeting_of(request.GET.get("reunion", ""))
    return _page(request, form, None)


def _start(form: TermsForm, by: User) -> None:
    """The group that meets promises, unless she speaks for one organisation."""
    hers = list(spoken_for(by)[:2])
    owner: Any = form.fields["owner"]
    owner.start_with(hers[0] if len(hers) == 1 else None, _("Le groupe"))


def _same_meeting(form: TermsForm, earlier: Commitment) -> None:
    like = TermsForm(like=earlier)
    for name in ("owner", "place"):
        form.fields[name] = like.fields[name]
    for name in SAME_MEETING:
        form.fields[name].initial = getattr(earlier, name)
    form.order_fields(list(TermsForm.base_fields))


def draft(request: HttpRequest, token: str) -> HttpResponse:
    """Change, publish or discard a draft. ``do``: save, publish, another, search, discard."""
    found = find_commitment(token)
    if found is None or not may_see(who_asks(request), found):
        raise Http404
    if not found.is_draft:
        messages.error(request, _("Cet engagement est public : ses termes changent par une renégociation."))
        return redirect("commitments:commitment", found.token)
    do = request.POST.get("do", "")
    if do == "discard":
        return _discarded(request, found)
    if do == "open":
        return _opened(request, found)
    if request.method == "POST":
        return _written(request, TermsForm(request.POST, like=found), found)
    return _page(request, TermsForm(like=found), found)


def _discarded(request: HttpRequest, found: Commitment) -> HttpResponse:
    try:
        discard_draft(draft=found, by=cast(User, request.user))
    except NotAllowed as refusal:
        return refuse(request, found, refusal)
    messages.success(request, _("Le brouillon est supprimé."))
    return redirect("commitments:drafts")


def _opened(request: HttpRequest, found: Commitment) -> HttpResponse:
    """From the page of the draft: what is missing is asked for in its form."""
    try:
        open_commitment(draft=found, by=cast(User, request.user))
    except NotAllowed as refusal:
        return refuse(request, found, refusal)
    except ValidationError as error:
        form = TermsForm(_as_typed(found), like=found)
        form.is_valid()
        take_errors(form, error)
        return _page(request, form, found, status=400)
    messages.success(request, _("L’engagement est public."))
    return redirect("commitments:commitment", found.token)


def _as_typed(found: Commitment) -> dict[str, Any]:
    """The draft as if its form had just been sent."""
    form = TermsForm(like=found)
    typed: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        if name in {"owner", "beneficiary", "place"}:
            if value:
                typed |= {name: value.text, f"{name}_asked": value.asked, f"{name}_choice": value.choice}
        elif value is not None:
            typed[name] = value if isinstance(value, list) else field.prepare_value(value)
    return typed


def _written(request: HttpRequest, form: TermsForm, found: Commitment | None) -> HttpResponse:
    by = cast(User, request.user)
    do = request.POST.get("do", "save")
    is_right = form.is_valid()
    if do == "search":
        keep_only_errors_of_search(form)
        return _page(request, form, found)
    if not is_right:
        return _page(request, form, found, status=400)
    if not ratelimit.consume(request, action="commitment_draft", user=by):
        form.add_error(None, _("Trop d’enregistrements en une heure. Réessayez plus tard."))
        return _page(request, form, found, status=429)
    try:
        with transaction.atomic():  # one that cannot be published stays as it was, its form filled
            saved = save_draft(draft=found, items=form.cleaned_data["items"], by=by, **form.terms())
            if do == "publish":
                open_commitment(draft=saved, by=by)
    except NotAllowed as refusal:
        return refuse(request, found, refusal)
    except ValidationError as error:
        take_errors(form, error)
        return _page(request, form, found, status=400)
    if do == "another":
        messages.success(request, _("Le brouillon « %(title)s » est enregistré.") % {"title": saved.title})
        meeting = form.cleaned_data["next_meeting"] or ""
        return redirect(
            f"{reverse('commitments:draft_new')}?{urlencode({'comme': saved.token, 'reunion': meeting})}"
        )
    done = _("L’engagement est public.") if do == "publish" else _("Le brouillon est enregistré.")
    messages.success(request, done)
    return redirect("commitments:commitment", saved.token)


def _page(request: HttpRequest, form: TermsForm, found: Commitment | None, status: int = 200) -> HttpResponse:
    by = cast(User, request.user)
    licence = found.licence if found else Commitment._meta.get_field("licence").default
    context = {
        "form": form,
        "commitment": found,
        "licence": LICENCES.get(licence),
        "may_publish": is_keeper(by) or spoken_for(by).exists(),
        "has_items": all_items().exists(),
    }
    return render(request, "commitments/draft_form.html", context, status=status)
