"""What those who facilitate or decide do on a public process: each with its form, each in the public history."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from terreau.commons.models import User
from terreau.commons.web.form_errors import take_errors
from terreau.deliberate import actions
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import TAKING_PART
from terreau.deliberate.models import Process, Step
from terreau.deliberate.rules import may_decide, may_facilitate
from terreau.deliberate.web.acting_forms import AttendanceForm, DeliberationForm, LastDayForm, ReasonForm
from terreau.deliberate.web.asking import process_or_404
from terreau.deliberate.web.refusals import refuse


@dataclass(frozen=True)
class Verb:
    """``intro``: what it does, before it is done."""

    title: Any
    intro: Any
    done: Any
    form: Any
    act: Callable[..., Any]


STEP_VERBS = {
    "clore": Verb(
        gettext_lazy("Clore avant la date"),
        gettext_lazy(
            "L’étape se ferme tout de suite : ce qui arrive après cet instant est refusé. La raison est publique, et "
            "l’acte entre dans le journal."
        ),
        gettext_lazy("L’étape est close."),
        ReasonForm,
        actions.close_step,
    ),
    "rouvrir": Verb(
        gettext_lazy("Rouvrir"),
        gettext_lazy(
            "L’étape s’ouvre de nouveau, de maintenant à la fin du jour donné. Les résultats cachés le redeviennent."
        ),
        gettext_lazy("L’étape est rouverte."),
        LastDayForm,
        actions.reopen_step,
    ),
    "prolonger": Verb(
        gettext_lazy("Prolonger"),
        gettext_lazy("L’étape finit plus tard. La raison est publique, et l’acte entre dans le journal."),
        gettext_lazy("L’étape est prolongée."),
        LastDayForm,
        actions.extend_step,
    ),
}
STOP = Verb(
    gettext_lazy("Arrêter la démarche"),
    gettext_lazy(
        "Pour de bon : plus personne ne prend part, et la démarche reste lisible avec la raison de son arrêt."
    ),
    gettext_lazy("La démarche est arrêtée."),
    ReasonForm,
    actions.stop_process,
)
DELIBERATION = Verb(
    gettext_lazy("Entrer le numéro de la délibération"),
    gettext_lazy(
        "Le résultat n’est plus seulement consultatif. Un numéro entré par erreur se remplace ; l’ancien reste lisible."
    ),
    gettext_lazy("Le numéro est entré."),
    DeliberationForm,
    actions.enter_deliberation,
)


def step(request: HttpRequest, slug: str, token: str, verb: str) -> HttpResponse:
    found = process_or_404(request, slug)
    row = _step(found, token)
    if verb not in STEP_VERBS:
        raise Http404
    if not may_facilitate(cast(User, request.user), found):
        return refuse(
            request, found, NotAllowed(_("Les étapes sont tenues par les animateurs de la démarche."))
        )
    return _act(request, found, _with_its_cost(STEP_VERBS[verb], found, row), {"step": row}, row)


def _with_its_cost(verb: Verb, process: Process, row: Step) -> Verb:
    """Reopened, a vote is no longer what it was: counts that everybody could read are hidden again, not forgotten."""
    hides_again = row.kind in TAKING_PART and process.hides_results and process.is_closed_at(timezone.now())
    if verb is not STEP_VERBS["rouvrir"] or not hides_again:
        return verb
    warning = _(
        "Attention : la démarche est close, et ses comptes ont pu être vus et copiés. Qui prendra part maintenant peut "
        "les connaître ; la page des résultats le dira. Les fichiers déjà publiés qui les contiennent sont retenus "
        "jusqu’à la nouvelle clôture, puis rendus à la même adresse. Si cela peut changer le vote, ouvrez plutôt une "
        "autre démarche."
    )
    return replace(verb, intro=f"{verb.intro} {warning}")


def stop(request: HttpRequest, slug: str) -> HttpResponse:
    found = process_or_404(request, slug)
    if not may_facilitate(cast(User, request.user), found):
        return refuse(request, found, NotAllowed(_("Une démarche est arrêtée par ses animateurs.")))
    return _act(request, found, STOP, {"process": found})


def deliberation(request: HttpRequest, slug: str) -> HttpResponse:
    found = process_or_404(request, slug)
    if not may_decide(cast(User, request.user), found):
        words = _("Le numéro de la délibération est entré par un décideur de cette démarche.")
        return refuse(request, found, NotAllowed(words))
    return _act(request, found, DELIBERATION, {"process": found})


def _step(found: Process, token: str) -> Step:
    row = found.steps.filter(token=token).first()
    if row is None:
        raise Http404
    return row


def _act(
    request: HttpRequest, found: Process, verb: Verb, target: dict[str, Any], row: Step | None = None
) -> HttpResponse:
    by = cast(User, request.user)
    form = verb.form(request.POST if request.method == "POST" else None)
    context = {"process": found, "verb": verb, "form": form, "step": row}
    if request.method != "POST":
        return render(request, "deliberate/change_form.html", context)
    status = 400
    if form.is_valid():
        if ratelimit.consume(request, action="process_change", user=by):
            try:
                verb.act(**target, **form.cleaned_data, by=by)
            except NotAllowed as no:
                return refuse(request, found, no)
            except ValidationError as error:
                take_errors(form, error)
            else:
                messages.success(request, str(verb.done))
                return redirect("deliberate:process", found.slug)
        else:
            form.add_error(None, _("Trop de changements en une heure. Réessayez plus tard."))
            status = 429
    return render(request, "deliberate/change_form.html", context, status=status)


def attendance(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """How many people of each college were at a meeting of this step."""
    found = process_or_404(request, slug)
    row, by = _step(found, token), cast(User, request.user)
    if not may_facilitate(by, found):
        words = _("Les présents sont comptés par les animateurs d’une démarche publique.")
        return refuse(request, found, NotAllowed(words))
    form = AttendanceForm(request.POST if request.method == "POST" else None, process=found, step=row)
    context = {"process": found, "form": form, "step": row}
    if request.method != "POST":
        return render(request, "deliberate/attendance_form.html", context)
    status = 400
    if form.is_valid():
        if ratelimit.consume(request, action="process_change", user=by):
            try:
                actions.count_attendance(step=row, numbers=form.numbers(), by=by)
            except NotAllowed as no:
                return refuse(request, found, no)
            messages.success(request, _("Les présents sont comptés."))
            return redirect("deliberate:process", found.slug)
        form.add_error(None, _("Trop de changements en une heure. Réessayez plus tard."))
        status = 429
    return render(request, "deliberate/attendance_form.html", context, status=status)
