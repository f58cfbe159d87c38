"""One statement at a time, three buttons: « ask me five, then ask again ». One POST a vote, no script."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from terreau.commons.web.choosing import PlaceField
from terreau.deliberate.actions import cast_vote
from terreau.deliberate.actions.participating import digest_of_slug
from terreau.deliberate.actions.statements import SPEAKING, when_open
from terreau.deliberate.actions.voting import NoSuchStatement, cast_known_vote
from terreau.deliberate.actions.writing import NotAllowed, TooLate
from terreau.deliberate.asking_order import in_her_order
from terreau.deliberate.enums import Channel, StepKind
from terreau.deliberate.models import Statement, Vote
from terreau.deliberate.queries.statements import (
    asked_statements,
    own_unpublished,
    own_votes,
    shown_tallies,
)
from terreau.deliberate.web.asking import COOKIE, process_or_404, who_asks
from terreau.deliberate.web.pace import is_slow_enough
from terreau.deliberate.web.statement_forms import WhoForm
from terreau.deliberate.web.voters import TooMany, Voter, asking_or_404, voter_of, voter_of_sheet

ON_A_PAGE = 50
VALUES = {"1": 1, "0": 0, "-1": -1}


@never_cache
def vote(request: HttpRequest, slug: str) -> HttpResponse:
    if _is_plain_vote(request) and _counted(request, slug):
        return HttpResponseRedirect(_after(request, reverse("deliberate:vote", args=[slug]), slug))
    return _asked(request, voter_of(request, asking_or_404(request, slug)))


@never_cache
def sheet_vote(request: HttpRequest, slug: str, number: int, secret: str) -> HttpResponse:
    """The link of a paper sheet: whoever opens it votes as the participant of that sheet, once she answers."""
    response = _asked(request, voter_of_sheet(request, asking_or_404(request, slug), number, secret))
    response["X-Robots-Tag"] = "noindex"
    return response


def _is_plain_vote(request: HttpRequest) -> bool:
    return request.method == "POST" and "do" not in request.POST and request.POST.get("value") in VALUES


def _counted(request: HttpRequest, slug: str) -> bool:
    """Whether the vote of who took part before is written: what most of a hall does, in one statement."""
    by, secret = who_asks(request), request.COOKIES.get(COOKIE, "")
    digest = digest_of_slug(slug, secret) if secret and not by else ""
    if not (by or digest) or not _at_her_pace(request, f"user-{by.pk}" if by else digest):
        return False
    return cast_known_vote(
        slug=slug,
        secret_digest=digest,
        user=by,
        statement=request.POST.get("statement", ""),
        value=VALUES[request.POST["value"]],
        now=timezone.now(),
        channel=Channel.WEB,
    )


def _at_her_pace(request: HttpRequest, key: str) -> bool:
    """Asked once of a request, whichever way it goes."""
    held = getattr(request, "is_at_her_pace", None)
    if held is None:
        held = is_slow_enough("vote", key)
        request.is_at_her_pace = held  # type: ignore[attr-defined]
    return held


def _asked(request: HttpRequest, voter: Voter) -> HttpResponse:
    if request.POST.get("do") in {"who", "search"}:
        return _who_said(request, voter)
    if request.method == "POST":
        return _voted(request, voter)
    if "qui" in request.GET or _must_say_college(voter):
        return _who_page(request, voter, WhoForm(process=voter.process, initial=_known(voter)))
    return _next_page(request, voter)


def _must_say_college(voter: Voter) -> bool:
    return voter.process.asks_college and not (voter.participant and voter.participant.college)


def _voted(request: HttpRequest, voter: Voter) -> HttpResponse:
    """Written, then the next one. What could not be counted says why, and the next one is asked."""
    if _must_say_college(voter):
        return redirect(f"{voter.address}?qui=1")
    value = VALUES.get(request.POST.get("value", ""))
    statement = Statement.objects.filter(
        process=voter.process, token=request.POST.get("statement", "")
    ).first()
    try:
        if value is None:
            raise ValidationError(_("Choisissez : d’accord, pas d’accord, ou je passe."))
        if statement is None:
            raise NoSuchStatement(_("Cette affirmation n’est plus posée : votre avis n’a pas été compté."))
        participant = voter.take_part()
        own_key = f"user-{participant.user_id}" if participant.user_id else participant.secret_digest
        if not _at_her_pace(request, own_key):
            raise TooMany(_("C’est un peu vite : cet avis n’a pas été compté. Recommencez dans une minute."))
        cast_vote(
            process=voter.process,
            participant=participant,
            statement=statement,
            value=value,
            by=who_asks(request),
            now=timezone.now(),
            channel=voter.channel,
        )
    except (NotAllowed, ValidationError) as error:
        status = {TooLate: 409, NoSuchStatement: 409, TooMany: 429, ValidationError: 400}.get(
            type(error), 403
        )
        problem = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return voter.remembered(_next_page(request, voter, problem, status))
    return voter.remembered(HttpResponseRedirect(_after(request, voter.address, voter.process.slug)))


def _after(request: HttpRequest, address: str, slug: str) -> str:
    """Where she was: changing a vote comes back to it."""
    back, token = request.POST.get("back", ""), request.POST.get("statement", "")
    if back == "mine":
        page = _run(request.POST.get("page", "")) or 1
        return f"{reverse('deliberate:my_votes', args=[slug])}?page={page}#avis-{token}"
    if back == "statement":
        return reverse("deliberate:statement", args=[slug, token])
    return f"{address}?n={_run(request.POST.get('n', '')) + 1}"


def _run(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _next_page(request: HttpRequest, voter: Voter, problem: str = "", status: int = 200) -> HttpResponse:
    process, now = voter.process, timezone.now()
    step = process.step_open_at(now, StepKind.VOTE)
    run = _run(request.GET.get("n", ""))
    context: dict[str, Any] = {
        "process": process,
        "voter": voter,
        "problem": problem,
        "step": step,
        "may_speak": process.step_open_at(now, *SPEAKING) is not None,
        "run": run,
        "closed": "" if step else when_open(process, now, (StepKind.VOTE,)),
    }
    if step is not None:
        asked = asked_statements(process, voter.participant)
        left = [key for key, is_answered in asked if not is_answered]
        is_pause = (
            bool(run) and run % process.asks_at_a_time == 0 and "suite" not in request.GET and not problem
        )
        context |= {
            "total": len(asked),
            "left": len(left),
            "done": len(asked) - len(left),
            "is_pause": is_pause,
        }
        if left and not is_pause:
            tallies = shown_tallies(process, now)
            counts = (
                {key: (of.disagree, of.passed, of.agree) for key, of in tallies.items()} if tallies else None
            )
            token = voter.participant.token if voter.participant else get_random_string(10)
            context["statement"] = Statement.objects.get(pk=in_her_order(token, left, counts)[0])
    return _light(request, "deliberate/vote.html", context, status)


def _light(request: HttpRequest, template: str, context: dict[str, Any], status: int) -> HttpResponse:
    """Without what the header of the site asks for: on a phone, in a hall, there is one thing to do."""
    context |= {"csrf_token": get_token(request), "messages": messages.get_messages(request)}
    return HttpResponse(get_template(template).render(context), status=status)


def _known(voter: Voter) -> dict[str, Any]:
    return {"college": voter.participant.college} if voter.participant else {}


def _who_said(request: HttpRequest, voter: Voter) -> HttpResponse:
    form = WhoForm(request.POST, process=voter.process)
    is_right = form.is_valid()
    if request.POST.get("do") == "search":
        for name in list(form.errors):
            if not isinstance(form.fields.get(name), PlaceField):
                del form.errors[name]
        return _who_page(request, voter, form)
    if not is_right:
        return _who_page(request, voter, form, 400)
    try:
        voter.take_part(college=form.cleaned_data["college"], place=form.cleaned_data["place"].row)
    except NotAllowed as error:
        form.add_error(None, str(error))
        return _who_page(request, voter, form, 429 if isinstance(error, TooMany) else 403)
    messages.success(request, _("C’est noté. Cela sert à compter les avis par collège et par territoire."))
    return voter.remembered(redirect(voter.address))


def _who_page(request: HttpRequest, voter: Voter, form: WhoForm, status: int = 200) -> HttpResponse:
    if voter.participant and voter.participant.place and not form.is_bound:
        field: Any = form.fields["place"]
        field.start_with(voter.participant.place)
    context = {"process": voter.process, "voter": voter, "form": form}
    return render(request, "deliberate/vote_who.html", context, status=status)


@never_cache
def my_votes(request: HttpRequest, slug: str) -> HttpResponse:
    """What she said, to review and change."""
    process = process_or_404(request, slug)
    voter = voter_of(request, process)
    now = timezone.now()
    rows = own_votes(voter.participant) if voter.participant else Vote.objects.none()
    context = {
        "process": process,
        "voter": voter,
        "page": Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page")),
        "waiting": own_unpublished(voter.participant) if voter.participant else [],
        "step": process.step_open_at(now, StepKind.VOTE),
        "closed": when_open(process, now, (StepKind.VOTE,)),
    }
    return render(request, "deliberate/my_votes.html", context)
