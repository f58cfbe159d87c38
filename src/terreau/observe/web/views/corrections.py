"""Correcting without an account; following one's correction; the stewards' answers and choices."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from terreau.commons.actions.workshops import count_in_workshop
from terreau.commons.enums import PRIVATE_FIELDS, Diffusion
from terreau.commons.models import Party, Place, Site, User
from terreau.commons.queries.workshops import IN_SESSION, find_open_workshop
from terreau.observe.actions.appeals import appeal_refusal, grant_appeal, reject_appeal
from terreau.observe.actions.choices import ChoiceRefused, choose_value, undo_choice
from terreau.observe.actions.correction_answers import BaseChanged
from terreau.observe.actions.correction_values import CorrectionRefused
from terreau.observe.actions.corrections import (
    accept_correction,
    propose_correction,
    propose_party,
    redo_correction,
    refuse_correction,
    undo_correction,
    withdraw_correction,
)
from terreau.observe.actions.erasing import erase_correction
from terreau.observe.models import Appeal, Correction
from terreau.observe.queries import corrections as read
from terreau.observe.queries.parties import find_party, read_sheet
from terreau.observe.rules import has_second_steward, may_judge_appeal, may_review
from terreau.observe.web.addresses import absolute
from terreau.observe.web.correction_forms import (
    AnswerForm,
    AppealForm,
    ChoiceForm,
    CorrectionForm,
    MissingPartyForm,
    correctable,
    label_of,
)

from .party import form_address, not_shown, show_value
from .refusals import Refusal, refusals_told

View = Callable[..., HttpResponse]
A_PAGE = 25


@dataclass(frozen=True)
class Line:
    """One value of a correction: what was shown when it was proposed, and what is proposed."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Item:
    """``may_judge``: whether whoever reads may judge the appeal that waits."""

    correction: Correction
    lines: list[Line]
    site: str
    appeal: Appeal | None = None
    may_judge: bool = False


class Panel:
    """What the page of a party or a place says of corrections; read only if the page asks."""

    def __init__(self, request: HttpRequest, party: Party | None, place: Place | None) -> None:
        self.request, self.party, self.place = request, party, place

    @cached_property
    def proposed(self) -> list[Item]:
        found = read.proposed_for(self.party) if self.party else read.proposed_at(cast(Place, self.place))
        return [_item(one) for one in found[:A_PAGE]]

    @cached_property
    def waiting(self) -> set[str]:
        """The addresses of the forms of the fields for which something is proposed."""
        proposed = [(item.correction, name) for item in self.proposed for name in item.correction.values]
        return {form_address(self.party, one.site, name) for one, name in proposed if self.party}

    @cached_property
    def accepted(self) -> list[Item]:
        found = read.accepted_for(self.party) if self.party else read.accepted_at(cast(Place, self.place))
        return [_item(one) for one in found[:A_PAGE]]

    @cached_property
    def refused(self) -> list[Refusal]:
        """The newest; their page has them all."""
        mine = {"party": self.party} if self.party else {"place": self.place}
        return refusals_told(read.refusals().filter(**mine)[:A_PAGE])

    @cached_property
    def population(self) -> int | None:
        """Of a place, as corrected: its figures stay those of the official source."""
        told = [item.correction.values.get("population") for item in self.accepted if self.place]
        return next((value for value in told if value is not None), None)

    @cached_property
    def may_choose(self) -> bool:
        return may_review(_member(self.request))

    @property
    def choosable(self) -> tuple[str, ...]:
        return read.PARTY_FIELDS

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        return [(name, label_of(name)) for name in correctable(self.party, None)]

    @cached_property
    def sites(self) -> list[tuple[Site, str, list[tuple[str, str]]]]:
        """Each site with its name and its fields."""
        if self.party is None:
            return []
        fields = [name for name in read.SITE_FIELDS if name in correctable(self.party, Site())]
        named = [(name, label_of(name)) for name in fields]
        sites = self.party.sites.select_related("commune")[:A_PAGE]
        return [(site, _site_name(self.party, site), named) for site in sites]


def offered(view: View) -> View:
    """The page may then say what is proposed: ``request.corrections`` is its Panel."""

    @wraps(view)
    def with_panel(request: HttpRequest, **parts: Any) -> HttpResponse:
        if "public_id" in parts:
            party, place = find_party(parts["public_id"]), None
        else:
            party, place = None, Place.objects.filter(zoning=parts["zoning_code"], code=parts["code"]).first()
        if party or place:
            request.corrections = Panel(request, party, place)  # type: ignore[attr-defined]
        return view(request, **parts)

    return with_panel


def correct_party(request: HttpRequest, public_id: str) -> HttpResponse:
    """``?champ=`` the field, ``?lieu=`` the key of one of its sites."""
    party = find_party(public_id)
    if party is None:
        return not_shown(request)
    site = _site(party, request.POST.get("lieu") or request.GET.get("lieu") or "")
    return _correct(request, party=party, site=site)


def correct_place(request: HttpRequest, zoning_code: str, code: str) -> HttpResponse:
    """Without ``?champ=``: an organisation that is missing there."""
    place = get_object_or_404(Place.objects.select_related("zoning"), zoning=zoning_code, code=code)
    if request.POST.get("champ") or request.GET.get("champ"):
        return _correct(request, place=place)
    if not place.communes_in_region:
        raise Http404
    initial = {"name": request.GET.get("nom", "")[:200]}  # looked for in the directory, and not found
    form = MissingPartyForm(request.POST or None, place=place, initial=initial)

    def propose(given: dict[str, Any]) -> tuple[Correction, str]:
        return propose_party(place=place, values=form.values(), **given)

    context = {"place": place, "form": form, "fields": [(one, label_of(one)) for one in read.PLACE_FIELDS]}
    return _answer_form(request, form, propose, "observe/correction_missing.html", context)


def _correct(
    request: HttpRequest, *, party: Party | None = None, site: Site | None = None, place: Place | None = None
) -> HttpResponse:
    allowed = correctable(party, site)
    field = request.POST.get("champ") or request.GET.get("champ") or ""
    context: dict[str, Any] = {
        "party": party,
        "site": site,
        "site_name": _site_name(party, site),
        "place": place,
        "field": field,
        "label": label_of(field),
        "fields": [(name, label_of(name)) for name in allowed if name != field],
    }
    if field not in allowed:
        context |= {"field": "", "is_unknown": bool(field)}
        return render(request, "observe/correction_form.html", context, status=400 if field else 200)
    now = read.values_shown(party=party, site=site, place=place)[field]
    initial = {"value": ("oui" if now else "non") if isinstance(now, bool) else now}
    form = CorrectionForm(request.POST or None, field=field, is_place=party is None, initial=initial)

    def propose(given: dict[str, Any]) -> tuple[Correction, str]:
        values = {field: form.cleaned_data["value"]}
        return propose_correction(party=party, site=site, place=place, values=values, **given)

    context |= {"form": form, "now": "" if now in (None, "") else _shown(field, now)}
    return _answer_form(request, form, propose, "observe/correction_form.html", context)


def _answer_form(
    request: HttpRequest,
    form: Any,
    propose: Callable[[dict[str, Any]], tuple[Correction, str]],
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """The form, with what was typed as long as something is wrong; then the author's link."""
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            if form.cleaned_data["fax"]:  # a robot: it is told what a person would be told
                return render(request, "observe/correction_sent.html", context)
            if not _may_send(request, form.cleaned_data["atelier"]):
                status = 429
                context["is_at_limit"] = True
                form.add_error(
                    None,
                    _(
                        "Trop de corrections en une heure depuis cette connexion. À un atelier ? Écrivez ci-dessous "
                        "le code affiché dans la salle. Sinon, réessayez plus tard."
                    ),
                )
            else:
                given = {name: form.cleaned_data[name] for name in ("evidence", "credit", "contact")}
                try:
                    correction, secret = propose({**given, "by": _member(request)})
                except CorrectionRefused as error:
                    form.add_error(None, str(error))
                else:
                    link = absolute(request, "observe:correction", correction.token, secret)
                    context |= {"item": _item(correction), "link": link, "contact": bool(given["contact"])}
                    return render(request, "observe/correction_sent.html", context)
    entered = request.session.get(IN_SESSION, "")
    context["workshop"] = find_open_workshop(entered) if entered else None
    return render(request, template, context, status=status)


def _may_send(request: HttpRequest, typed: str) -> bool:
    """Counted with the room of a workshop, else with the connection, as the attempts to sign in, across processes."""
    if count_in_workshop(code=typed or request.session.get(IN_SESSION, "")):
        return True
    return bool(ratelimit.consume(request, action="correction"))


@never_cache
def correction(request: HttpRequest, token: str, secret: str) -> HttpResponse:
    """The author's own page, by her private link: follow, withdraw, erase."""
    found = read.find_by_secret(token, secret)
    if found is None:
        raise Http404
    problem, appeal = "", AppealForm()
    if request.method == "POST":
        try:
            if request.POST.get("decision") == "appeal":
                appeal = AppealForm(request.POST)
                if appeal.is_valid():
                    appeal_refusal(correction=found, **appeal.cleaned_data, by=_member(request))
                    return redirect("observe:correction", token, secret)
                raise CorrectionRefused(_("Le recours n’est pas envoyé : lisez ci-dessous ce qui manque."))
            if request.POST.get("decision") == "erase":
                erase_correction(correction=found, by=_member(request))
                return render(request, "observe/correction_erased.html")
            if request.POST.get("decision") == "withdraw":
                withdraw_correction(correction=found, by=_member(request))
                return redirect("observe:correction", token, secret)
            problem = _("Choisissez : retirer ou effacer.")
        except CorrectionRefused as error:
            problem = str(error)
    context = {
        "item": _item(found),
        "problem": problem,
        "appeal_form": appeal,
        "appeal": getattr(found, "appeal", None),
        "has_second": found.state == Correction.State.REFUSED and has_second_steward(found),
    }
    return render(request, "observe/correction_author.html", context, status=400 if problem else 200)


def corrections(request: HttpRequest) -> HttpResponse:
    """For stewards: ``portal/permissions.py`` says so."""
    problem, to_confirm, typed = "", "", ""
    if request.method == "POST":
        form = AnswerForm(request.POST)
        if not form.is_valid():
            problem = " ".join(str(error) for errors in form.errors.values() for error in errors)
        else:
            found = get_object_or_404(read.corrections_to_review(), token=form.cleaned_data["correction"])
            typed = form.cleaned_data["reason"]
            try:
                _decide(found, form.cleaned_data, cast(User, request.user))
            except BaseChanged as error:
                problem, to_confirm = str(error), found.token
            except CorrectionRefused as error:
                problem = str(error)
            else:
                messages.success(request, _("La réponse est enregistrée."))
                return redirect("observe:corrections")
    page = Paginator(read.corrections_to_review(), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "items": [_item(one, cast(User, request.user)) for one in page.object_list],
        "problem": problem,
        "to_confirm": to_confirm,
        "typed": typed,
    }
    return render(request, "observe/correction_list.html", context, status=400 if problem else 200)


def choose(request: HttpRequest, public_id: str) -> HttpResponse:
    """A steward keeps one of several values, or lets the order of trust decide again."""
    party = find_party(public_id)
    if party is None:
        return not_shown(request)
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("observe:party", public_id)
    given = form.cleaned_data
    common = {"party": party, "field": given["field"], "reason": given["reason"]}
    try:
        if given["decision"] == "undo":
            undo_choice(**common, by=cast(User, request.user))
        else:
            values = read_sheet(party).values.get(given["field"], [])
            said = next((one.said for one in values if str(one.said) == given["value"]), None)
            choose_value(**common, value=said, by=cast(User, request.user))
    except ChoiceRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Le choix est enregistré."))
    return redirect("observe:party", public_id)


def _decide(found: Correction, given: dict[str, Any], by: User) -> None:
    reason = given["reason"]
    match given["decision"]:
        case "accept":
            accept_correction(correction=found, reason=reason, is_confirmed=given["confirmed"], by=by)
        case "refuse":
            refuse_correction(correction=found, reason=reason, by=by)
        case "undo":
            undo_correction(correction=found, reason=reason, by=by)
        case "redo":
            redo_correction(correction=found, reason=reason, by=by)
        case "erase":
            erase_correction(correction=found, by=by)
        case "grant":
            grant_appeal(correction=found, reason=reason, is_confirmed=given["confirmed"], by=by)
        case "reject":
            reject_appeal(correction=found, reason=reason, by=by)


def _member(request: HttpRequest) -> User | None:
    return request.user if request.user.is_authenticated else None


def _site(party: Party, key: str) -> Site | None:
    if not key:
        return None
    if not key.isascii() or not key.isdigit() or len(key) > 18:
        raise Http404
    return get_object_or_404(party.sites.select_related("commune"), pk=int(key))


def _site_name(party: Party | None, site: Site | None) -> str:
    """Never the address of a party whose diffusion the official register limits."""
    if site is None or party is None:
        return ""
    street = site.address if party.diffusion == Diffusion.OPEN else ""
    known = [site.name or street, site.commune.name if site.commune else ""]
    return ", ".join(part for part in known if part) or _("lieu sans adresse")


def _shown(name: str, value: Any) -> str:
    return "" if value is None else show_value(name, value)


def _item(correction: Correction, reader: User | None = None) -> Item:
    party, before = correction.party, correction.values_before
    hidden = PRIVATE_FIELDS if party and party.diffusion == Diffusion.PARTIAL else ()
    lines = [
        Line(label_of(name), _shown(name, before.get(name)), _shown(name, value))
        for name, value in correction.values.items()
        if name not in hidden
    ]
    appeal = getattr(correction, "appeal", None)
    may_judge = appeal is not None and appeal.is_granted is None and may_judge_appeal(reader, correction)
    return Item(correction, lines, _site_name(party, correction.site), appeal, may_judge)
