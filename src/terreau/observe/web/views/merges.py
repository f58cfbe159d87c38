"""Records of one organisation: pairs to examine one by one, the merges made, and how to undo them."""

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from terreau.commons.enums import PRIVATE_FIELDS, Diffusion, Role
from terreau.commons.models import User
from terreau.commons.roles import roles_of
from terreau.observe.actions.merging import MergeRefused, answer_candidate, merge_parties, undo_merge
from terreau.observe.models import Candidate
from terreau.observe.nomenclatures import naf_label
from terreau.observe.queries.merges import Pair, next_pair, pairs_waiting
from terreau.observe.queries.merges import merges as merges_made
from terreau.observe.queries.parties import PartySheet
from terreau.observe.web.merge_forms import MergeForm, PairForm, UndoForm

_COMPARISONS = {
    "words side by side": gettext_lazy("les mots des deux noms, mis côte à côte"),
    "rarest word side by side": gettext_lazy("le plus rare des mots communs"),
    "words left of the closer name": gettext_lazy("les mots en trop dans un nom"),
    "words left of the other name": gettext_lazy("les mots en trop dans l’autre nom"),
    "activity": gettext_lazy("l’activité que disent les noms"),
    "kind": gettext_lazy("la sorte d’organisme que disent les noms"),
    "other names with these words at this place": gettext_lazy("les autres noms du lieu qui ont ces mots"),
    "beginning": gettext_lazy("le début des noms"),
    "acronym of beginnings": gettext_lazy("le sigle fait de débuts de mots"),
    "letters in the same order": gettext_lazy("les lettres qui se suivent"),
    "acronym": gettext_lazy("le sigle et les initiales"),
    "place": gettext_lazy("le lieu"),
    "letters, common words aside": gettext_lazy("les lettres, mots courants mis à part"),
    "words of the closer name that match nothing": gettext_lazy("les mots d’un nom qui ne répondent à rien"),
    "words of the other name that match nothing": gettext_lazy(
        "les mots de l’autre nom qui ne répondent à rien"
    ),
    "lists": gettext_lazy("les listes où les deux sont, ou ne sont jamais ensemble"),
}
_LITTLE, _MUCH = 0.5, 3.0  # bits


def review(request: HttpRequest) -> HttpResponse:
    """One pair at a time, the likeliest first. ``portal/permissions.py`` says who may."""
    form = PairForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _answered(request, form)
    after = request.GET.get("apres", "")
    pair = next_pair(int(after) if after.isdecimal() and len(after) < 18 else None)
    context = {
        "pair": pair,
        "rows": _side_by_side(pair) if pair else [],
        "reasons": _reasons(pair.candidate) if pair else [],
        "waiting": pairs_waiting(),
        "is_after": bool(after),
        "form": form,
    }
    return render(
        request, "observe/merge_review.html", context, status=400 if request.method == "POST" else 200
    )


def _answered(request: HttpRequest, form: PairForm) -> HttpResponse:
    data = form.cleaned_data
    candidate = get_object_or_404(Candidate, pk=data["candidate"])
    after = f"{reverse('observe:merge_review')}?apres={candidate.pk}"
    if data["answer"] == PairForm.SKIP:
        return redirect(after)
    is_same = data["answer"] == PairForm.SAME
    try:
        merge = answer_candidate(
            candidate=candidate, is_same=is_same, by=cast(User, request.user), reason=data["reason"].strip()
        )
    except MergeRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(after)
    if merge:
        undo = reverse("observe:merge_undo", args=[merge.pk])
        messages.success(
            request,
            format_html('{} <a href="{}">{}</a>', _("Les deux fiches sont réunies."), undo, _("Défaire")),
        )
    else:
        messages.success(request, _("Ces deux organisations restent séparées."))
    return redirect(after)


def _side_by_side(pair: Pair) -> list[tuple[str, list[str], bool]]:
    """Label, the two values, and whether they differ; what neither has is left out."""
    both = [_facts(sheet) for sheet in pair.sheets]
    rows = []
    for label in both[0]:
        values = [facts[label] for facts in both]
        if any(values):
            rows.append((label, values, all(values) and values[0] != values[1]))
    return rows


def _facts(sheet: PartySheet) -> dict[str, str]:
    party = sheet.party
    sites = [one.site for one in sheet.sites]
    hidden = PRIVATE_FIELDS if party.diffusion == Diffusion.PARTIAL else ()
    addresses = [] if "address" in hidden else [site.address for site in sites if site.address]
    names = [str(value.said) for name in ("name", "brand") for value in sheet.values.get(name, [])]
    return {
        _("noms"): " / ".join(dict.fromkeys([party.name, *names])),
        _("sigle"): party.acronym,
        _("communes"): " / ".join(dict.fromkeys(site.commune.name for site in sites if site.commune)),
        _("adresses"): " / ".join(dict.fromkeys(addresses)),
        _("SIREN"): party.siren or "",
        _("numéro RNA"): party.rna or "",
        _("statut"): str(party.get_nature_display()),
        _("activité"): naf_label(party.naf) or party.naf,
        _("site web"): party.website,
        _("sources"): " / ".join(source.title for source in sheet.sources),
    }


def _reasons(candidate: Candidate) -> list[tuple[Any, str]]:
    """What the comparison found, in words: for, against, or nothing."""
    said = []
    for one in candidate.explanation:
        bits = one["weight"] or 0.0
        if bits >= _MUCH:
            verdict = _("nettement pour la même")
        elif bits >= _LITTLE:
            verdict = _("un peu pour la même")
        elif bits > -_LITTLE:
            verdict = _("rien")
        else:
            verdict = _("plutôt pour deux")
        said.append((_COMPARISONS.get(one["comparison"], one["comparison"]), verdict))
    return said


def merges(request: HttpRequest) -> HttpResponse:
    page = Paginator(merges_made(), 50).get_page(request.GET.get("page"))
    context = {"page": page, "may_merge": Role.STEWARD in roles_of(request.user)}
    return render(request, "observe/merges.html", context)


def merge_new(request: HttpRequest) -> HttpResponse:
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            merge_parties(**form.cleaned_data, by=cast(User, request.user))
        except MergeRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Les deux fiches sont réunies."))
            return redirect("observe:merges")
    status = 400 if request.method == "POST" else 200
    return render(request, "observe/merge_form.html", {"form": form, "merge": None}, status=status)


def merge_undo(request: HttpRequest, key: int) -> HttpResponse:
    merge = get_object_or_404(merges_made(), pk=key)
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            again = undo_merge(merge=merge, reason=form.cleaned_data["reason"], by=cast(User, request.user))
        except MergeRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("La fusion est défaite : « %(name)s » a de nouveau sa fiche.") % {"name": again.name},
            )
            return redirect("observe:merges")
    status = 400 if request.method == "POST" else 200
    return render(request, "observe/merge_form.html", {"form": form, "merge": merge}, status=status)
