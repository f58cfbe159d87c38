"""Every verb about a public commitment, each with its form: one address a verb."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from terreau.commitments import actions
from terreau.commitments.actions.writing import NotAllowed
from terreau.commitments.models import Commitment
from terreau.commitments.queries import find_commitment
from terreau.commitments.queries.listing import all_items
from terreau.commitments.rules import may_see, may_write
from terreau.commitments.web.following_forms import (
    AbandonForm,
    ContextForm,
    KeepForm,
    OwnerForm,
    RenegotiateForm,
    StepForm,
    WithdrawForm,
)
from terreau.commons.models import User
from terreau.commons.web.form_errors import keep_only_errors_of_search, take_errors

from .commitments import who_asks
from .refusals import refuse


@dataclass(frozen=True)
class Verb:
    """``act``: takes the commitment and what the form gives. ``intro``: what it does, before it is done."""

    title: Any
    intro: Any
    button: Any
    done: Any
    form: Any
    act: Callable[..., Any]


def _withdraw(*, commitment: Commitment, **arguments: Any) -> None:
    actions.withdraw_fulfilment(**arguments)


VERBS = {
    "realisation": Verb(
        gettext_lazy("Noter une réalisation"),
        gettext_lazy("Un pas de fait, à sa date. Les quantités s’ajoutent et disent où en est la mesure."),
        gettext_lazy("Noter"),
        gettext_lazy("La réalisation est notée."),
        StepForm,
        actions.record_fulfilment,
    ),
    "retirer": Verb(
        gettext_lazy("Retirer une réalisation"),
        gettext_lazy("Notée par erreur, elle reste lisible, barrée, avec la raison, et ne compte plus."),
        gettext_lazy("Retirer"),
        gettext_lazy("La réalisation est retirée."),
        WithdrawForm,
        _withdraw,
    ),
    "tenu": Verb(
        gettext_lazy("Dire qu’il est tenu"),
        gettext_lazy("C’est fait : dites ce qui en est sorti, et où cela se voit."),
        gettext_lazy("Il est tenu"),
        gettext_lazy("L’engagement est tenu."),
        KeepForm,
        actions.keep,
    ),
    "renegocier": Verb(
        gettext_lazy("Renégocier"),
        gettext_lazy(
            "Les choses changent, et c’est normal : un nouvel engagement remplace celui-ci, qui y renvoie."
        ),
        gettext_lazy("Renégocier"),
        gettext_lazy("L’engagement est renégocié : voici celui qui le remplace."),
        RenegotiateForm,
        actions.renegotiate,
    ),
    "abandonner": Verb(
        gettext_lazy("Terminer sans l’avoir tenu"),
        gettext_lazy("Il ne se fera pas : la raison sera lue, et servira à d’autres."),
        gettext_lazy("Terminer avec cette raison"),
        gettext_lazy("L’engagement est terminé, avec sa raison."),
        AbandonForm,
        actions.abandon,
    ),
    "preciser": Verb(
        gettext_lazy("Préciser"),
        gettext_lazy(
            "Ce qui est autour de la promesse, sans la changer ; ce que disaient les champs reste lisible."
        ),
        gettext_lazy("Enregistrer"),
        gettext_lazy("L’engagement est précisé."),
        ContextForm,
        actions.change_context,
    ),
    "reprendre": Verb(
        gettext_lazy("Dire qui le reprend"),
        gettext_lazy("Quelqu’un d’autre porte cet engagement désormais."),
        gettext_lazy("Enregistrer"),
        gettext_lazy("L’engagement est repris."),
        OwnerForm,
        actions.name_owner,
    ),
}


def change(request: HttpRequest, token: str, verb: str) -> HttpResponse:
    found = find_commitment(token)
    if found is None or verb not in VERBS or not may_see(who_asks(request), found):
        raise Http404
    if found.is_draft:
        return redirect("commitments:draft", found.token)
    by, chosen = cast(User, request.user), VERBS[verb]
    if refusal := _refusal(found, by):
        return refuse(request, found, refusal)
    if request.method != "POST":
        form = chosen.form(commitment=found, initial={"step": request.GET.get("realisation", "")})
        return _page(request, found, verb, form)
    form = chosen.form(request.POST, commitment=found)
    is_right = form.is_valid()
    if request.POST.get("do") == "search":
        keep_only_errors_of_search(form)
        return _page(request, found, verb, form)
    if not is_right:
        return _page(request, found, verb, form, status=400)
    if not ratelimit.consume(request, action="commitment_change", user=by):
        form.add_error(None, _("Trop de changements en une heure. Réessayez plus tard."))
        return _page(request, found, verb, form, status=429)
    try:
        result = chosen.act(commitment=found, by=by, **form.arguments())
    except NotAllowed as no:
        return refuse(request, found, no)
    except ValidationError as error:
        take_errors(form, error)
        return _page(request, found, verb, form, status=400)
    messages.success(request, str(chosen.done))
    shown = result if isinstance(result, Commitment) else found
    return redirect("commitments:commitment", shown.token)


def _refusal(found: Commitment, by: User) -> NotAllowed | None:
    """What the verb would say, before a form is filled for nothing."""
    if not may_write(by, found):
        return NotAllowed(_("Seuls celui qui s’engage et les animateurs du registre changent un engagement."))
    if not found.is_open:
        return NotAllowed(_("Cet engagement n’est plus en cours : il ne change plus."))
    return None


def _page(request: HttpRequest, found: Commitment, name: str, form: Any, status: int = 200) -> HttpResponse:
    verb = VERBS[name]
    context = {
        "commitment": found,
        "verb": verb,
        "name": name,
        "form": form,
        "has_items": all_items().exists(),
        "step": found.fulfilments.filter(token=form["step"].value()).first()
        if "step" in form.fields
        else None,
    }
    template = "commitments/renegotiate_form.html" if name == "renegocier" else "commitments/change_form.html"
    return render(request, template, context, status=status)
