"""Practices: the desk of the organisation, a peer's confirmation, anybody's contradiction, the stewards' list."""

from typing import cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from terreau.commons.models import Party, User
from terreau.observe.actions.practices import (
    PracticeRefused,
    close_contradiction,
    confirm_practice,
    contradict_practice,
    declare_practice,
    give_evidence,
    reply_to_contradiction,
    withdraw_confirmation,
    withdraw_practice,
)
from terreau.observe.models import Confirmation, Contradiction, Practice
from terreau.observe.queries.custodians import parties_of
from terreau.observe.queries.parties import find_party
from terreau.observe.queries.practices import contradictions as contradictions_to_close
from terreau.observe.queries.practices import find_practice, practices_by_theme, withdrawn_practices
from terreau.observe.rules import may
from terreau.observe.web.addresses import absolute
from terreau.observe.web.practice_forms import (
    CloseForm,
    ConfirmationForm,
    ContradictionForm,
    EvidenceForm,
    PracticeForm,
    ReplyForm,
)

from .party import not_shown

ON_A_PAGE = 25


def practices(request: HttpRequest, public_id: str) -> HttpResponse:
    """The desk of who speaks for the organisation. ``do``: declare, evidence, withdraw or reply."""
    party = find_party(public_id)
    if party is None:
        return not_shown(request)
    by = cast(User, request.user)
    if not may(by, "declare", party):
        messages.error(request, _("Pour déclarer ses pratiques, prouvez d’abord que vous parlez pour elle."))
        return redirect("observe:custodian", party.public_id)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    forms = {"declare": PracticeForm, "evidence": EvidenceForm, "reply": ReplyForm}
    form = forms[do](request.POST) if do in forms else None
    if do and (form is None or form.is_valid()):
        try:
            said = _done(do, form, party, request)
        except PracticeRefused as refusal:
            messages.error(request, str(refusal)) if form is None else form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return redirect("observe:practices", party.public_id)
    context = {
        "party": party,
        "themes": practices_by_theme(party),
        "withdrawn": withdrawn_practices(party),
        "declare": form
        if isinstance(form, PracticeForm)
        else PracticeForm(initial={"theme": request.GET.get("theme", "")}),
        "refused": form,
        "do": do,
    }
    return render(request, "observe/practices.html", context, status=400 if do else 200)


def _done(do: str, form: Form | None, party: Party, request: HttpRequest) -> str:
    """What to say once it is done."""
    by = cast(User, request.user)
    data = form.cleaned_data if form else {}
    if do == "declare":
        declare_practice(party=party, by=by, **data)
        return _("La pratique est déclarée.")
    if do == "reply":
        found = Contradiction.objects.filter(pk=data["contradiction"], practice__party=party).first()
        if found is None:
            raise PracticeRefused(_("Cette contestation n’est plus ici."))
        reply_to_contradiction(contradiction=found, reply=data["reply"], by=by)
        return _("La réponse est enregistrée. Un gardien des données la lira avant de trancher.")
    key = data.get("practice") or request.POST.get("practice", "")
    practice = _practice_of(party, str(key))
    if do == "evidence":
        give_evidence(practice=practice, evidence=data["evidence"], by=by)
        return _("La preuve est enregistrée.")
    if do == "withdraw":
        withdraw_practice(practice=practice, by=by)
        return _("La déclaration est retirée. L’historique la garde.")
    raise PracticeRefused(_("Cet acte n’existe pas."))


def _practice_of(party: Party, key: str) -> Practice:
    found = find_practice(int(key)) if key.isdecimal() and len(key) < 18 else None
    if found is None or found.party_id != party.pk:
        raise PracticeRefused(_("Cette déclaration n’est plus ici."))
    return found


def practice_confirm(request: HttpRequest, key: int) -> HttpResponse:
    """For who speaks for another organisation. ``do``: confirm, or withdraw one's confirmation."""
    practice = find_practice(key)
    if practice is None:
        return not_shown(request)
    by = cast(User, request.user)
    peers = list(parties_of(by).exclude(pk=practice.its_party.pk))
    allowed = may(by, "confirm", practice.its_party)
    given = practice.confirmations.filter(Q(peer__in=peers) | Q(confirmed_by=by)).select_related("peer")
    do = request.POST.get("do", "") if request.method == "POST" else ""
    form = ConfirmationForm(request.POST if do == "confirm" else None, peers=peers)
    if do == "withdraw" or (do == "confirm" and allowed and form.is_valid()):
        try:
            _confirmed(form, given, practice, peers, request)
        except PracticeRefused as refusal:
            form.add_error(None, str(refusal)) if do == "confirm" else messages.error(request, str(refusal))
        else:
            return redirect("observe:party", practice.its_party.public_id)
    context = {
        "practice": practice,
        "party": practice.party,
        "form": form,
        "given": given,
        "allowed": allowed,
    }
    status = 200 if not do else 400 if allowed or given else 403
    return render(request, "observe/practice_confirm.html", context, status=status)


def _confirmed(
    form: ConfirmationForm,
    given: "QuerySet[Confirmation]",
    practice: Practice,
    peers: list[Party],
    request: HttpRequest,
) -> None:
    by = cast(User, request.user)
    if form.is_bound:
        peer = next(one for one in peers if one.public_id == form.cleaned_data["peer"])
        confirm_practice(practice=practice, peer=peer, words=form.cleaned_data["words"], by=by)
        messages.success(request, _("Votre organisation confirme cette pratique."))
        return
    key = request.POST.get("confirmation", "")
    found = given.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 18 else None
    if found is None:
        raise PracticeRefused(_("Cette confirmation n’est plus ici."))
    withdraw_confirmation(confirmation=found, by=by)
    messages.success(request, _("La confirmation est retirée."))


def practice_contradict(request: HttpRequest, key: int) -> HttpResponse:
    practice = find_practice(key)
    if practice is None:
        return not_shown(request)
    form = ContradictionForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            is_robot = bool(data.pop("website"))  # it is told what a person would be told
            if is_robot or _contradicted(request, practice, form, data):
                return render(request, "observe/contradiction_sent.html", {"party": practice.party})
            status = 429 if form.has_error("__all__", "rate") else 400
    context = {"practice": practice, "party": practice.party, "form": form}
    return render(request, "observe/practice_contradict.html", context, status=status)


def _contradicted(
    request: HttpRequest, practice: Practice, form: ContradictionForm, data: dict[str, str]
) -> bool:
    if not ratelimit.consume(request, action="contradiction"):
        refusal = _("Trop d’envois en une heure depuis cette connexion. Réessayez plus tard.")
        form.add_error(None, ValidationError(refusal, code="rate"))
        return False
    page = absolute(request, "observe:practices", practice.its_party.public_id)
    by = request.user if isinstance(request.user, User) else None
    try:
        contradict_practice(practice=practice, page=page, by=by, **data)
    except PracticeRefused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def contradictions(request: HttpRequest) -> HttpResponse:
    """For stewards: ``portal/permissions.py`` says so."""
    refused = None
    if request.method == "POST":
        refused = CloseForm(request.POST)
        if refused.is_valid():
            data = refused.cleaned_data
            found = contradictions_to_close().filter(pk=data["contradiction"]).first()
            if found is None:
                return not_shown(request)
            is_upheld = data["decision"] == "uphold"
            try:
                close_contradiction(
                    contradiction=found,
                    is_upheld=is_upheld,
                    answer=data["answer"],
                    by=cast(User, request.user),
                )
            except PracticeRefused as refusal:
                refused.add_error(None, str(refusal))
            else:
                messages.success(request, _("La contestation est close, et la raison publiée."))
                return redirect("observe:contradictions")
    page = Paginator(contradictions_to_close(), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "refused": refused, "State": Contradiction.State}
    return render(request, "observe/contradictions.html", context, status=400 if refused else 200)
