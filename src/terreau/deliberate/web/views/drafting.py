"""Opening a process in one page: from a preset to a draft, from a draft to what everybody reads."""

from typing import Any, cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.queries.listing import all_items
from terreau.commons.licences import LICENCES
from terreau.commons.models import User
from terreau.commons.web.form_errors import keep_only_errors_of_search, take_errors
from terreau.deliberate import actions
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import Preset
from terreau.deliberate.models import Process
from terreau.deliberate.presets import PRESETS
from terreau.deliberate.queries.processes import own_process_drafts
from terreau.deliberate.rules import may_facilitate
from terreau.deliberate.web.asking import process_or_404
from terreau.deliberate.web.process_forms import MandateForm, StepsForm, first_steps, steps_like
from terreau.deliberate.web.refusals import refuse


def start(request: HttpRequest) -> HttpResponse:
    """``sorte``: which preset; without it, the three to choose from and the drafts already begun."""
    by, preset = cast(User, request.user), request.GET.get("sorte", "")
    if preset not in Preset.values:
        context = {
            "presets": [(kind, PRESETS[kind]) for kind in Preset],
            "drafts": own_process_drafts(by)[:50],
        }
        return render(
            request, "deliberate/start.html", context, status=400 if request.method == "POST" else 200
        )
    steps = first_steps(preset, timezone.localdate())
    if request.method != "POST":
        return _page(
            request, MandateForm(preset=preset, named=by.name), StepsForm(initial=steps, prefix="steps")
        )
    return _written(
        request,
        MandateForm(request.POST),
        StepsForm(request.POST, initial=steps, prefix="steps"),
        preset=preset,
    )


def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """``do``: save, publish, search, discard."""
    found = process_or_404(request, slug)
    if not found.is_draft:
        messages.error(request, _("Cette démarche est publique : son mandat ne change plus."))
        return redirect("deliberate:process", found.slug)
    by = cast(User, request.user)
    if not may_facilitate(by, found):
        raise Http404
    if request.POST.get("do") == "discard":
        try:
            actions.discard_process_draft(process=found, by=by)
        except NotAllowed as refusal:
            return refuse(request, found, refusal)
        messages.success(request, _("Le brouillon est supprimé."))
        return redirect("deliberate:start")
    steps = steps_like(found)
    if request.method != "POST":
        return _page(request, MandateForm(like=found), StepsForm(initial=steps, prefix="steps"), found)
    return _written(
        request,
        MandateForm(request.POST, like=found),
        StepsForm(request.POST, initial=steps, prefix="steps"),
        found=found,
    )


def _written(
    request: HttpRequest, form: MandateForm, steps: Any, *, found: Process | None = None, preset: str = ""
) -> HttpResponse:
    by, do = cast(User, request.user), request.POST.get("do", "save")
    is_right = all([form.is_valid(), steps.is_valid()])
    if do == "search":
        keep_only_errors_of_search(form)
        return _page(request, form, steps, found)
    if not is_right:
        return _page(request, form, steps, found, status=400)
    if not ratelimit.consume(request, action="process_change", user=by):
        form.add_error(None, _("Trop d’enregistrements en une heure. Réessayez plus tard."))
        return _page(request, form, steps, found, status=429)
    try:
        with transaction.atomic():  # one that cannot be published stays as it was, its form filled
            saved = _saved(form, steps, found, preset, by)
            if do == "publish":
                actions.open_process(process=saved, own_interest=form.own_interest(), by=by)
    except NotAllowed as refusal:
        if found is None:
            form.add_error(None, str(refusal))
            return _page(request, form, steps, status=403)
        return refuse(request, found, refusal)
    except ValidationError as error:
        take_errors(form, error)
        return _page(request, form, steps, found, status=400)
    done = _("La démarche est publique.") if do == "publish" else _("Le brouillon est enregistré.")
    messages.success(request, done)
    return redirect("deliberate:process", saved.slug)


def _saved(form: MandateForm, steps: Any, found: Process | None, preset: str, by: User) -> Process:
    values: dict[str, Any] = {
        **form.mandate(),
        "steps": steps.terms(),
        "items": form.cleaned_data["items"],
        "by": by,
    }
    if found is not None:
        return actions.change_draft(process=found, **values)
    name = form.cleaned_data["facilitator_name"]
    return actions.start_process(
        preset=preset, facilitator_name=name, first_day=timezone.localdate(), **values
    )


def _page(
    request: HttpRequest, form: MandateForm, steps: Any, found: Process | None = None, status: int = 200
) -> HttpResponse:
    licence = found.licence if found else Process._meta.get_field("licence").default
    context = {
        "form": form,
        "steps": steps,
        "process": found,
        "licence": LICENCES.get(licence),
        "has_items": all_items().exists(),
    }
    return render(request, "deliberate/draft_form.html", context, status=status)
