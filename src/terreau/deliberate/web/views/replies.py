"""Replies: those that are due, those of a process, those that a decider owes; to write one, and to note a meeting."""

from typing import cast

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from terreau.commitments.queries.commitments import shown_party
from terreau.commitments.queries.reserve import reserve_on
from terreau.commons.models import User
from terreau.commons.web.addresses import absolute
from terreau.commons.web.form_errors import take_errors
from terreau.deliberate import actions
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.enums import ProposalState
from terreau.deliberate.models import Process, Proposal
from terreau.deliberate.queries.proposals import JUDGED, locked_among
from terreau.deliberate.queries.replies import (
    adopted_proposals,
    answered_in,
    count_late,
    due_on,
    owed_by,
    replies_due,
)
from terreau.deliberate.rules import may_decide, may_facilitate
from terreau.deliberate.web.asking import process_or_404, who_asks
from terreau.deliberate.web.locking import refuse_if_locked
from terreau.deliberate.web.proposal_forms import JudgeForm
from terreau.deliberate.web.refusals import refuse
from terreau.deliberate.web.reply_forms import EXISTING, ReplyForm

from .proposals import proposal_or_404

ON_A_PAGE = 50


def due(request: HttpRequest) -> HttpResponse:
    """Every reply that is owed on the site, the oldest debt first."""
    today = timezone.localdate()
    rows = replies_due()
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    locked = locked_among(who_asks(request), page)
    adopted = adopted_proposals().filter(process__is_demonstration=False).count()
    context = {
        "page": page,
        "lines": [(one, one.proposal.pk in locked) for one in due_on(today, page)],
        "late": count_late(rows, today),
        "adopted": adopted,
        "answered": adopted - page.paginator.count,
        "reserve": reserve_on(today),
    }
    return render(request, "deliberate/replies_due.html", context)


def process_replies(request: HttpRequest, slug: str) -> HttpResponse:
    """Of a process: what is due first, then what was answered."""
    process = process_or_404(request, slug)
    by, today = who_asks(request), timezone.localdate()
    owed = list(replies_due(process=process))
    replies = Paginator(answered_in(process), ON_A_PAGE).get_page(request.GET.get("page"))
    proposals = {one.pk: one for one in adopted_proposals().filter(pk__in=[r.proposal_id for r in replies])}
    locked = locked_among(by, [*owed, *proposals.values()])
    context = {
        "process": process,
        "lines": [(one, one.proposal.pk in locked) for one in due_on(today, owed)],
        "late": sum(1 for one in due_on(today, owed) if one.late),
        "page": replies,
        "given": [
            (reply, proposals[reply.proposal_id], reply.proposal_id in locked)
            for reply in replies
            if reply.proposal_id in proposals
        ],
        "reserve": reserve_on(today),
    }
    return render(request, "deliberate/replies.html", context)


def mine(request: HttpRequest) -> HttpResponse:
    """What a decider owes, each with its button: for a phone, in a train."""
    by = cast(User, request.user)
    page = Paginator(owed_by(by), ON_A_PAGE).get_page(request.GET.get("page"))
    locked = locked_among(by, page)
    lines = [(one, one.proposal.pk in locked) for one in due_on(timezone.localdate(), page)]
    hers = page.paginator.count - len(locked) if page.paginator.num_pages == 1 else page.paginator.count
    return render(request, "deliberate/my_replies.html", {"page": page, "lines": lines, "owed": hers})


def _decider_name(process: Process) -> str:
    party = shown_party(process.decider)
    return party.name if party else process.decider_name


def reply(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """``do``: search, or reply. After one, the page of what she still owes."""
    process = process_or_404(request, slug)
    found = proposal_or_404(request, process, token)
    by = cast(User, request.user)
    if (closed := refuse_if_locked(request, process, proposal=found)) is not None:
        return closed
    if not may_decide(by, process):
        words = _("Seuls les décideurs de la démarche répondent aux propositions adoptées.")
        return refuse(request, process, NotAllowed(words))
    if found.state != ProposalState.ADOPTED:
        words = _("Une réponse est due aux propositions adoptées, et à elles seules.")
        return refuse(request, process, NotAllowed(words))
    last = found.replies.filter(is_current=True).first()
    form = ReplyForm(request.POST or None, process=process, decider=_decider_name(process), last=last)
    if request.method != "POST":
        return _reply_page(request, process, found, form)
    is_right = form.is_valid()
    if request.POST.get("do") == "search":
        for name in [name for name in form.errors if name not in EXISTING]:
            del form.errors[name]  # whoever searched has not finished: nothing else is wrong yet
        return _reply_page(request, process, found, form)
    if not is_right:
        return _reply_page(request, process, found, form, status=400)
    if not ratelimit.consume(request, action="proposal_reply", user=by):
        form.add_error(None, _("Trop d’envois en une heure. Réessayez plus tard."))
        return _reply_page(request, process, found, form, status=429)
    page = absolute(request, "deliberate:proposal", process.slug, found.token)
    try:
        actions.reply_to_proposal(proposal=found, page=page, by=by, **form.said())
    except NotAllowed as refusal:
        return refuse(request, process, refusal)
    except ValidationError as error:
        take_errors(form, error)
        return _reply_page(request, process, found, form, status=400)
    return _replied(request, process, found)


def _replied(request: HttpRequest, process: Process, found: Proposal) -> HttpResponse:
    left = owed_by(cast(User, request.user)).count()
    done = _("Votre réponse à la proposition n° %(number)s est publiée.") % {"number": found.number}
    if not left:
        messages.success(request, done)
        return redirect("deliberate:proposal", process.slug, found.token)
    more = ngettext("Il en reste %(n)s.", "Il en reste %(n)s.", left) % {"n": left}
    messages.success(request, f"{done} {more}")
    return redirect("deliberate:my_replies")


def _reply_page(
    request: HttpRequest, process: Process, found: Proposal, form: ReplyForm, status: int = 200
) -> HttpResponse:
    context = {
        "process": process,
        "proposal": found,
        "form": form,
        "decider": _decider_name(process),
        "is_new": found.replies.exists(),
    }
    return render(request, "deliberate/reply_form.html", context, status=status)


def judge(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """A facilitator notes what a meeting decided."""
    process = process_or_404(request, slug)
    found = proposal_or_404(request, process, token)
    by = cast(User, request.user)
    if (closed := refuse_if_locked(request, process, proposal=found)) is not None:
        return closed
    if not may_facilitate(by, process):
        words = _("Seuls les animateurs de la démarche notent ce qu’une réunion a décidé.")
        return refuse(request, process, NotAllowed(words))
    is_correction = found.state in JUDGED
    form = JudgeForm(request.POST or None, process=process, is_correction=is_correction)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            given = form.cleaned_data
            try:
                row = actions.judge_proposal(
                    proposal=found,
                    is_adopted=given["is_adopted"] == "yes",
                    judged_on=given["judged_on"],
                    meeting=given["meeting"],
                    hands=form.hands(),
                    reason=given.get("reason", ""),
                    by=by,
                )
            except NotAllowed as refusal:
                return refuse(request, process, refusal)
            except ValidationError as error:
                take_errors(form, error)
            else:
                messages.success(request, _judged(row))
                return redirect("deliberate:proposal", process.slug, found.token)
    context = {"process": process, "proposal": found, "form": form, "is_correction": is_correction}
    return render(request, "deliberate/judge_form.html", context, status=status)


def _judged(row: Proposal) -> str:
    if row.state == ProposalState.ADOPTED:
        return _("C’est noté : la proposition est adoptée. Une réponse lui est due.")
    return _("C’est noté : la proposition n’est pas adoptée.")
