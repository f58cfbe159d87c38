"""Asking to speak for an organisation, and the stewards' page of letters to send and of who speaks for whom."""

from typing import cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commons.models import Party, User
from terreau.observe.actions.claiming import (
    MOST_ATTEMPTS,
    ClaimRefused,
    answer_claim,
    ask_by_letter,
    ask_by_mail,
    end_claim,
    mark_letter_sent,
    write_letter,
)
from terreau.observe.models import Claim
from terreau.observe.queries.custodians import (
    claim_of,
    claims_granted,
    find_claim,
    letters_to_send,
    proofs_for,
)
from terreau.observe.queries.parties import find_party
from terreau.observe.queries.pictures import pictures
from terreau.observe.rules import may
from terreau.observe.web.addresses import absolute
from terreau.observe.web.practice_forms import CodeForm, EndForm, LetterForm, MailProofForm

from .party import not_shown

ON_A_PAGE = 25


def custodian(request: HttpRequest, public_id: str) -> HttpResponse:
    """For members: ``portal/permissions.py`` says so. ``do``: mail, letter, code or end."""
    party = find_party(public_id)
    if party is None:
        return not_shown(request)
    by = cast(User, request.user)
    proofs = proofs_for(party)
    claim = claim_of(by, party)
    do = request.POST.get("do", "") if request.method == "POST" else ""
    mail = MailProofForm(request.POST if do == "mail" else None)
    letter = LetterForm(request.POST if do == "letter" else None, party=party, sites=proofs.sites)
    code = CodeForm(request.POST if do == "code" else None)
    forms: dict[str, Form] = {"mail": mail, "letter": letter, "code": code}
    form = forms.get(do)
    status = 200
    if do == "end" and claim and claim.state in (Claim.State.OPEN, Claim.State.GRANTED):
        end_claim(claim=claim, by=by)
        messages.success(request, _("C’est terminé : vous ne parlez pas pour cette organisation."))
        return redirect("observe:custodian", party.public_id)
    if form is not None:
        status = _tried(request, do, form, party, claim, by)
        if status == 302:
            return redirect("observe:custodian", party.public_id)
    context = {
        "party": party,
        "claim": claim,
        "is_late": bool(claim and claim.state == Claim.State.OPEN and claim.expires_at <= timezone.now()),
        "proofs": proofs,
        "pictures": pictures().filter(party=party),  # shown once she speaks for it
        "mail": mail,
        "letter": letter,
        "code": code,
        "State": Claim.State,
    }
    return render(request, "observe/custodian.html", context, status=status)


def _tried(
    request: HttpRequest,
    do: str,
    form: Form,
    party: Party,
    claim: Claim | None,
    by: User,
) -> int:
    """The status of the answer: 302 when the act is done."""
    if not form.is_valid():
        return 400
    data = form.cleaned_data
    # Counted like the attempts to sign in; key: the address that would receive the mails.
    action = "claim_code" if do == "code" else "claim"
    if not ratelimit.consume(request, action=action, key=data.get("address", party.public_id).lower()):
        form.add_error(None, _("Trop d’essais en une heure. Réessayez plus tard."))
        return 429
    try:
        if do == "mail":
            page = absolute(request, "observe:custodian", party.public_id)
            ask_by_mail(party=party, address=data["address"], page=page, by=by)
            messages.success(request, _("Le code part vers %(address)s.") % {"address": data["address"]})
        elif do == "letter":
            ask_by_letter(party=party, site=party.sites.get(pk=data["site"]), by=by)
            messages.success(request, _("Un gardien des données va envoyer la lettre."))
        elif claim is None:
            raise ClaimRefused(_("Aucun code n’est attendu ici : faites d’abord une demande."))
        else:
            return _answered(request, form, answer_claim(claim=claim, code=data["code"], by=by))
    except ClaimRefused as refusal:
        form.add_error(None, str(refusal))
        return 400
    return 302


def _answered(request: HttpRequest, form: Form, claim: Claim) -> int:
    if claim.state == Claim.State.GRANTED:
        messages.success(request, _("Vous parlez désormais pour cette organisation."))
        return 302
    if claim.state == Claim.State.EXPIRED:
        messages.error(request, _("Ce code ne compte plus. Faites une nouvelle demande."))
        return 302
    left = MOST_ATTEMPTS - claim.attempts
    form.add_error("code", _("Ce n’est pas ce code. Essais restants : %(left)d.") % {"left": left})
    return 400


def claims(request: HttpRequest) -> HttpResponse:
    """For stewards: ``portal/permissions.py`` says so."""
    refused = None
    if request.method == "POST":
        refused = EndForm(request.POST)
        if refused.is_valid():
            claim = find_claim(refused.cleaned_data["claim"])
            if claim is None:
                return not_shown(request)
            try:
                end_claim(claim=claim, by=cast(User, request.user), reason=refused.cleaned_data["reason"])
            except ClaimRefused as refusal:
                refused.add_error(None, str(refusal))
            else:
                messages.success(request, _("C’est terminé, et la personne en reçoit la raison."))
                return redirect("observe:claims")
    context = {
        "letters": letters_to_send()[:100],
        "page": Paginator(claims_granted(), ON_A_PAGE).get_page(request.GET.get("page")),
        "refused": refused,
    }
    return render(request, "observe/claims.html", context, status=400 if refused else 200)


def claim_letter(request: HttpRequest, key: int) -> HttpResponse:
    """For stewards. The code is made when the letter is asked for, and shown on this answer alone."""
    claim = find_claim(key)
    if claim is None or claim.state != Claim.State.OPEN or claim.method != Claim.Method.PAPER:
        return not_shown(request)
    by = cast(User, request.user)
    code, status = "", 200
    if request.method == "POST":
        try:
            if request.POST.get("do") == "sent":
                mark_letter_sent(claim=claim, by=by)
                messages.success(request, _("La lettre est notée comme envoyée."))
                return redirect("observe:claims")
            code = write_letter(claim=claim, by=by)
            claim.refresh_from_db()
        except ClaimRefused as refusal:
            messages.error(request, str(refusal))
            status = 400
    context = {
        "claim": claim,
        "code": code,
        "page": absolute(request, "observe:custodian", claim.its_party.public_id),
        "may_send": may(by, "send_letter", claim.its_party),
    }
    return render(request, "observe/claim_letter.html", context, status=status)
