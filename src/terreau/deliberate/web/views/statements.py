"""The list of statements, the page of one, one's own, and those that prepare the process."""

from typing import cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from terreau.commons.models import User
from terreau.commons.web.form_errors import take_errors
from terreau.deliberate.actions import add_seed_statements, add_statement, say_same_as
from terreau.deliberate.actions.statements import SPEAKING, AlreadySaid, may_seed_at, when_open
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.enums import Moderation, StepKind
from terreau.deliberate.models import Process, Statement
from terreau.deliberate.queries.statements import (
    find_statement,
    people_who_voted,
    shown_channels,
    shown_tallies,
)
from terreau.deliberate.rules import is_moderator, may_facilitate
from terreau.deliberate.web.asking import process_or_404, who_asks
from terreau.deliberate.web.statement_forms import SameForm, SeedsForm, StatementForm
from terreau.deliberate.web.views.results import standing_of_statement
from terreau.deliberate.web.voters import TooMany, voter_of

ON_A_PAGE = 50


@never_cache
def statements(request: HttpRequest, slug: str) -> HttpResponse:
    """Published ones; of a refused one the motive, not the words. Counts only where results are shown."""
    process = process_or_404(request, slug)
    now, by = timezone.now(), who_asks(request)
    rows = (
        process.statements.exclude(moderation=Moderation.WAITING).select_related("same_as").order_by("number")
    )
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    tallies = shown_tallies(process, now)
    context = {
        "process": process,
        "page": page,
        "lines": [(row, _tally(tallies, row)) for row in page],
        "is_hidden": tallies is None,
        "channels": shown_channels(process, now),
        "people": people_who_voted(process),
        "waiting": process.statements.filter(moderation=Moderation.WAITING).count(),
        "may_speak": process.step_open_at(now, *SPEAKING) is not None,
        "may_vote": process.step_open_at(now, StepKind.VOTE) is not None,
        "may_facilitate": may_facilitate(by, process),
        "may_seed": may_facilitate(by, process) and may_seed_at(process, now),
    }
    return render(request, "deliberate/statements.html", context)


def _tally(tallies: dict | None, row: Statement) -> object:
    return tallies.get(row.pk) if tallies else None


@never_cache
def statement(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """One statement. A moderator says here that it says what another one says."""
    process = process_or_404(request, slug)
    row, by = find_statement(process, token), who_asks(request)
    voter = voter_of(request, process)
    is_own = row is not None and voter.participant is not None and row.author_id == voter.participant.pk
    if row is None or (row.moderation == Moderation.WAITING and not is_own and not is_moderator(by)):
        raise Http404
    form, status = SameForm(request.POST or None, initial=_same(row)), 200
    if request.method == "POST":
        status = _said_same(request, row, form, by)
        if status == 200:
            return redirect("deliberate:statement", slug, token)
    context = standing_of_statement(request, process, row) | {
        "form": form if is_moderator(by) else None,
        "voter": voter,
        "is_own": is_own,
        "own": voter.participant.votes.filter(statement=row).first() if voter.participant else None,
        "may_vote": row.is_published and process.step_open_at(timezone.now(), StepKind.VOTE) is not None,
    }
    if row.moderation == Moderation.WAITING:  # its author and moderators are the only ones who came this far
        context["words"] = row.words
    return render(request, "deliberate/statement.html", context, status=status)


def _same(row: Statement) -> dict[str, object]:
    return {"other": row.same_as.number if row.same_as else None, "because": row.same_because}


def _said_same(request: HttpRequest, row: Statement, form: SameForm, by: User | None) -> int:
    if by is None or not is_moderator(by):
        return 403
    if not form.is_valid():
        return 400
    number = form.cleaned_data["other"]
    other = row.process.statements.filter(number=number).first() if number else None
    if number and other is None:
        form.add_error("other", _("Aucune affirmation n’a ce numéro."))
        return 400
    try:
        say_same_as(statement=row, other=other, because=form.cleaned_data["because"], by=by)
    except NotAllowed as error:
        form.add_error(None, str(error))
        return 403
    except ValidationError as error:
        take_errors(form, error)
        return 400
    messages.success(request, _("C’est noté, avec la raison."))
    return 200


@never_cache
def statement_new(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own. What is there already is shown, to be voted on."""
    process = process_or_404(request, slug)
    now, voter = timezone.now(), voter_of(request, process)
    if process.step_open_at(now, *SPEAKING) is None:
        context = {"process": process, "closed": when_open(process, now)}
        return render(request, "deliberate/statement_new.html", context, status=409 if request.POST else 200)
    form, existing, status = StatementForm(request.POST or None), None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                participant = voter.take_part()
                if not ratelimit.consume(request, action="statement", key=participant.token):
                    raise TooMany(
                        _("Trop d’affirmations en une heure. Donnez votre avis sur celles des autres.")
                    )
                row = add_statement(
                    process=process,
                    words=form.cleaned_data["words"],
                    author=participant,
                    by=who_asks(request),
                    channel=voter.channel,
                )
            except AlreadySaid as error:
                existing, status = error.statement, 409
                take_errors(form, error)
            except NotAllowed as error:
                form.add_error(None, str(error))
                status = 429 if isinstance(error, TooMany) else 403
            except ValidationError as error:
                take_errors(form, error)
            else:
                messages.success(request, _published(row))
                return voter.remembered(redirect("deliberate:statement", slug, row.token))
    context = {
        "process": process,
        "form": form,
        "voter": voter,
        "existing": existing if existing is not None and existing.is_published else None,
        "may_vote": process.step_open_at(now, StepKind.VOTE) is not None,
    }
    return voter.remembered(render(request, "deliberate/statement_new.html", context, status=status))


def _published(row: Statement) -> str:
    if row.is_published:
        return _("Votre affirmation est publiée : on y répond dès maintenant.")
    return _("Votre affirmation est reçue. Elle paraît dès qu’un modérateur l’a relue.")


def statement_seeds(request: HttpRequest, slug: str) -> HttpResponse:
    """For facilitators of the process, before people speak."""
    process, by = process_or_404(request, slug), cast(User, request.user)
    if not may_facilitate(by, process):
        return refused(
            request, process, _("Les affirmations de départ sont écrites par les animateurs de la démarche.")
        )
    form, status = SeedsForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                rows = add_seed_statements(
                    process=process, lines=form.cleaned_data["words"].splitlines(), by=by
                )
            except TooLate as error:
                form.add_error(None, str(error))
                status = 409
            except AlreadySaid as error:
                form.add_error("words", _("Déjà là : « %s ».") % error.statement.words)
            except ValidationError as error:
                take_errors(form, error)
            else:
                messages.success(request, _("Affirmations de départ écrites : %d.") % len(rows))
                return redirect("deliberate:statements", slug)
    context = {"process": process, "form": form, "may_seed": may_seed_at(process, timezone.now())}
    return render(request, "deliberate/statement_seeds.html", context, status=status)


def refused(request: HttpRequest, process: Process, why: str) -> HttpResponse:
    context = {"process": process, "why": why}
    return render(request, "deliberate/statement_refused.html", context, status=403)
