"""Proposals: their list, the page of one, to write it, to support it, to withdraw it."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.queries.reserve import reserve_on
from terreau.commitments.rules import may_erase
from terreau.commons.web.form_errors import take_errors
from terreau.deliberate import actions
from terreau.deliberate.actions.proposals import SUPPORTING, WRITING
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import Moderation, ProposalState
from terreau.deliberate.models import Process, Proposal
from terreau.deliberate.queries.proposals import (
    college_label,
    counts_of,
    find_proposal,
    locked_among,
    proposals_of,
    supported_by,
    versions_of,
    waiting_proposals_of,
)
from terreau.deliberate.queries.replies import due_on, replies_of
from terreau.deliberate.rules import (
    are_results_hidden,
    may_decide,
    may_draw,
    may_facilitate,
    may_review,
    may_rewrite,
    may_take_words_back,
)
from terreau.deliberate.web.asking import participant_of, process_or_404, remember, secret_of, who_asks
from terreau.deliberate.web.locking import refuse_if_locked
from terreau.deliberate.web.proposal_forms import DrawForm, ProposalForm, ReasonForm
from terreau.deliberate.web.refusals import refuse
from terreau.deliberate.web.views.results import standings_to_draw_from

ON_A_PAGE = 50


def proposals(request: HttpRequest, slug: str) -> HttpResponse:
    process = process_or_404(request, slug)
    by, now = who_asks(request), timezone.now()
    page = Paginator(proposals_of(process), ON_A_PAGE).get_page(request.GET.get("page"))
    locked = locked_among(by, page)
    context = {
        "process": process,
        "page": page,
        "lines": [(one, one.pk in locked) for one in page],
        "own_waiting": waiting_proposals_of(participant_of(request, process)),
        "is_hidden": are_results_hidden(process, now),
        "may_write": process.step_open_at(now, *WRITING) is not None,
        "next_step": next_step(process, now),
        "may_draw": may_draw(by, process) and not process.is_draft,
    }
    return render(request, "deliberate/proposals.html", context)


def next_step(process: Process, now: Any) -> Any:
    """The next step in which one proposes."""
    return next((one for one in process.steps.all() if one.kind in WRITING and one.starts_at > now), None)


def proposal_or_404(request: HttpRequest, process: Process, token: str) -> Proposal:
    """Published, refused with its motive, or judged; what waits, to its author and to reviewers."""
    found = find_proposal(process, token)
    if found is None:
        raise Http404
    if found.moderation == Moderation.WAITING and found.state not in {
        ProposalState.ADOPTED,
        ProposalState.NOT_ADOPTED,
    }:
        me = participant_of(request, process)
        is_author = me is not None and found.author_id == me.pk
        if not is_author and not may_review(who_asks(request), found):
            raise Http404
    return found


def proposal(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """``do``: support, unsupport, withdraw, erase."""
    process = process_or_404(request, slug)
    found = proposal_or_404(request, process, token)
    if (closed := refuse_if_locked(request, process, proposal=found)) is not None:
        return closed
    form = ReasonForm()
    if request.method == "POST":
        if not ratelimit.consume(request, action="proposal"):
            return _page(request, process, found, form, problem=_too_many(), status=429)
        form = ReasonForm(request.POST)
        try:
            response = _acted(request, process, found, form)
        except NotAllowed as refusal:
            return refuse(request, process, refusal)
        if response is not None:
            return response
        return _page(request, process, found, form, status=400)
    return _page(request, process, found, form)


def _acted(request: HttpRequest, process: Process, found: Proposal, form: ReasonForm) -> HttpResponse | None:
    by, do = who_asks(request), request.POST.get("do", "")
    back = redirect("deliberate:proposal", process.slug, found.token)
    if do in {"support", "unsupport"}:
        secret = secret_of(request)
        participant = actions.take_part(process=process, by=by, secret=secret)
        act = actions.support_proposal if do == "support" else actions.withdraw_support
        act(proposal=found, participant=participant, by=by)
        messages.success(
            request, _("Votre soutien est compté.") if do == "support" else _("Votre soutien est retiré.")
        )
        return back if by else remember(back, secret)
    me = participant_of(request, process)
    if do == "erase":
        actions.erase_proposal_words(proposal=found, author=me, by=by)
        messages.success(request, _("Les mots sont effacés. Le numéro et les dates restent."))
        return back
    if do == "withdraw":
        if not form.is_valid():
            return None
        try:
            actions.withdraw_proposal(proposal=found, author=me, reason=form.cleaned_data["reason"], by=by)
        except ValidationError as error:
            take_errors(form, error)
            return None
        messages.success(request, _("La proposition est retirée, avec votre raison."))
        return back
    return back


def _page(
    request: HttpRequest,
    process: Process,
    found: Proposal,
    form: ReasonForm,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    by, me, now = who_asks(request), participant_of(request, process), timezone.now()
    is_mine = may_rewrite(by, me, found) and found.state == ProposalState.PROPOSED and not found.is_erased
    replies = list(replies_of(found))
    is_owed = found.state == ProposalState.ADOPTED and not replies
    due = due_on(timezone.localdate(), [found])[0] if is_owed and process.reply_by else None
    context = {
        "process": process,
        "proposal": found,
        "versions": list(versions_of(found)),
        "statements": found.statements.order_by("number"),
        "counts": counts_of(found),
        "colleges": [(one, college_label(one)) for one in counts_of(found)],
        "is_hidden": are_results_hidden(process, now),
        "is_supported": supported_by(me, found),
        "may_support": found.state == ProposalState.PROPOSED
        and found.is_published
        and process.step_open_at(now, *SUPPORTING) is not None,
        "is_author": me is not None and found.author_id == me.pk,
        "is_mine": is_mine,
        "may_rewrite": is_mine
        and (found.author_id is None or process.step_open_at(now, *WRITING) is not None),
        "may_erase": not found.is_erased and (may_erase(by) or may_take_words_back(by, me, found)),
        "may_judge": may_facilitate(by, process) and _can_be_judged(found) and not replies,
        "may_reply": found.state == ProposalState.ADOPTED and may_decide(by, process),
        "replies": replies,
        "due": due,
        "reserve": reserve_on(timezone.localdate()) if replies else None,
        "form": form,
        "problem": problem,
    }
    return render(request, "deliberate/proposal.html", context, status=status)


def _can_be_judged(found: Proposal) -> bool:
    return found.state in {ProposalState.ADOPTED, ProposalState.NOT_ADOPTED} or (
        found.state == ProposalState.PROPOSED and found.is_published
    )


def _too_many() -> str:
    return _("Trop d’envois en une heure depuis cette connexion. Réessayez plus tard.")


def proposal_new(request: HttpRequest, slug: str) -> HttpResponse:
    process = process_or_404(request, slug)
    by, me = who_asks(request), participant_of(request, process)
    asks = process if process.asks_college and not (me and me.college) else None
    form = ProposalForm(request.POST or None, asks_college=asks)
    if request.method != "POST":
        return _form(request, process, form, None)
    if not form.is_valid():
        return _form(request, process, form, None, status=400)
    if not ratelimit.consume(request, action="proposal"):
        form.add_error(None, _too_many())
        return _form(request, process, form, None, status=429)
    secret = secret_of(request)
    try:
        author = actions.take_part(
            process=process, by=by, secret=secret, college=form.cleaned_data.get("college", "")
        )
        row = actions.write_proposal(
            process=process,
            author=author,
            title=form.cleaned_data["title"],
            words=form.cleaned_data["words"],
            by=by,
        )
    except NotAllowed as refusal:
        return refuse(request, process, refusal)
    except ValidationError as error:
        take_errors(form, error)
        return _form(request, process, form, None, status=400)
    messages.success(request, _written(row))
    response = redirect("deliberate:proposal", process.slug, row.token)
    return response if by else remember(response, secret)


def _written(row: Proposal) -> str:
    if row.is_published:
        return _("Votre proposition est publiée.")
    return _(
        "Votre proposition est enregistrée. Une personne la relit avant qu’elle soit publique ; vous seul la lisez."
    )


def proposal_draw(request: HttpRequest, slug: str) -> HttpResponse:
    process = process_or_404(request, slug)
    by = who_asks(request)
    if by is None or not may_draw(by, process):
        words = _("Seuls les animateurs et les instructeurs tirent une proposition des affirmations.")
        return refuse(request, process, NotAllowed(words))
    standings = standings_to_draw_from(process, timezone.now())
    form = DrawForm(request.POST or None, process=process, standings=standings)
    if request.method != "POST":
        return _form(request, process, form, None)
    if not form.is_valid():
        return _form(request, process, form, None, status=400)
    try:
        row = actions.draw_proposal(process=process, by=by, **form.cleaned_data)
    except NotAllowed as refusal:
        return refuse(request, process, refusal)
    except ValidationError as error:
        take_errors(form, error)
        return _form(request, process, form, None, status=400)
    messages.success(request, _("La proposition est publiée, avec les affirmations dont elle est tirée."))
    return redirect("deliberate:proposal", process.slug, row.token)


def proposal_rewrite(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The next version, by its author."""
    process = process_or_404(request, slug)
    found = proposal_or_404(request, process, token)
    by, me = who_asks(request), participant_of(request, process)
    if (closed := refuse_if_locked(request, process, proposal=found)) is not None:
        return closed
    if not may_rewrite(by, me, found) or found.is_erased:
        words = _("Seul son auteur change ou retire une proposition : personne d’autre n’y touche.")
        return refuse(request, process, NotAllowed(words))
    form = ProposalForm(request.POST or None, like=found.versions.order_by("-number").first())
    if request.method != "POST":
        return _form(request, process, form, found)
    if not form.is_valid():
        return _form(request, process, form, found, status=400)
    if not ratelimit.consume(request, action="proposal"):
        form.add_error(None, _too_many())
        return _form(request, process, form, found, status=429)
    try:
        actions.rewrite_proposal(proposal=found, author=me, by=by, **form.cleaned_data)
    except NotAllowed as refusal:
        return refuse(request, process, refusal)
    except ValidationError as error:
        take_errors(form, error)
        return _form(request, process, form, found, status=400)
    messages.success(request, _("La nouvelle version est enregistrée. L’ancienne reste lisible."))
    return redirect("deliberate:proposal", process.slug, found.token)


def _form(
    request: HttpRequest, process: Process, form: ProposalForm, found: Proposal | None, status: int = 200
) -> HttpResponse:
    context = {
        "process": process,
        "form": form,
        "proposal": found,
        "is_drawn": isinstance(form, DrawForm),
        "step": process.step_open_at(timezone.now(), *WRITING),
        "next_step": next_step(process, timezone.now()),
    }
    return render(request, "deliberate/proposal_form.html", context, status=status)
