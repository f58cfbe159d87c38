"""Review of words: the queue of moderators, what was refused and why, and what may be done of some words."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from terreau.commons.web.form_errors import take_errors
from terreau.deliberate import actions
from terreau.deliberate.actions.rewriting import SAID, check_rewriting
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.models import Contribution, Process, Proposal
from terreau.deliberate.queries.moderation import (
    Row,
    find_words,
    paragraph_spoken_of,
    refused_words,
    said,
    waiting_in,
    waiting_words,
)
from terreau.deliberate.rules import is_moderator, may_judge_appeal, may_review
from terreau.deliberate.web.acting_forms import AnswerForm, AppealForm, MotiveForm
from terreau.deliberate.web.asking import participant_of, process_or_404, who_asks
from terreau.deliberate.web.locking import refuse_if_locked
from terreau.deliberate.web.refusals import refuse
from terreau.deliberate.web.rewrite_forms import rewrite_form

ON_A_PAGE = 25


def words_waiting(request: HttpRequest) -> HttpResponse:
    """Of every process, for moderators: ``portal/permissions.py`` says so."""
    page = Paginator(waiting_words(who_asks(request)), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "deliberate/words_waiting.html", {"page": page})


def refusals(request: HttpRequest, slug: str) -> HttpResponse:
    """Public: each refusal with its motive, and what its appeal became. Not the words, which nobody has published."""
    found = process_or_404(request, slug)
    page = Paginator(refused_words(found, who_asks(request)), ON_A_PAGE).get_page(request.GET.get("page"))
    me = participant_of(request, found)
    context = {
        "process": found,
        "page": page,
        "waiting": waiting_in(found),
        "me": me.pk if me else None,
        "may_review": is_moderator(who_asks(request)),
    }
    return render(request, "deliberate/refusals.html", context)


def words(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Of one person. ``do``: publish, refuse, appeal, uphold, overturn; each says who may."""
    found = process_or_404(request, slug)
    row = _words_or_404(found, token)
    if locked := _locked(request, found, row):
        return locked
    by, me = who_asks(request), participant_of(request, found)
    is_author = me is not None and row.author_id == me.pk
    if request.method != "POST":
        if not (is_author or is_moderator(by) or row.is_published):
            raise Http404
        return _page(request, found, row, is_author)
    try:
        return _done(request, found, row)
    except NotAllowed as no:
        return refuse(request, found, no)


def _words_or_404(found: Process, token: str) -> Row:
    row = find_words(found, token)
    if row is None or row.is_erased:
        raise Http404
    return row


def _locked(request: HttpRequest, found: Process, row: Row) -> HttpResponse | None:
    if isinstance(row, Proposal):
        return refuse_if_locked(request, found, proposal=row)
    return refuse_if_locked(request, found, text=row.text if isinstance(row, Contribution) else None)


def _done(request: HttpRequest, found: Process, row: Row) -> HttpResponse:
    by, do = who_asks(request), request.POST.get("do", "")
    if do == "appeal":
        return _appealed(request, found, row)
    if by is None or not is_moderator(by):
        raise NotAllowed(_("Ces mots sont relus par un modérateur qui ne les a pas écrits."))
    if do == "publish":
        actions.publish_words(row=row, by=by)
        return _moderated(request, _("Ces mots sont publics."))
    is_answer = do in {"uphold", "overturn"}
    form: Any = AnswerForm(request.POST) if is_answer else MotiveForm(request.POST)
    if form.is_valid():
        try:
            if is_answer:
                actions.answer_appeal(row=row, publishes=do == "overturn", by=by, **form.cleaned_data)
                return _moderated(request, _("Le recours est jugé ; son auteur le sait."))
            actions.refuse_words(row=row, by=by, **form.cleaned_data)
            return _moderated(
                request, _("Ces mots sont refusés ; leur motif est public et leur auteur le sait.")
            )
        except ValidationError as error:
            take_errors(form, error)
    return _page(
        request, found, row, False, **{"answer_form" if is_answer else "motive_form": form}, status=400
    )


def _moderated(request: HttpRequest, words_said: str) -> HttpResponse:
    messages.success(request, words_said)
    return redirect("deliberate:words_waiting")


def _appealed(request: HttpRequest, found: Process, row: Row) -> HttpResponse:
    me = participant_of(request, found)
    if me is None or row.author_id != me.pk:
        raise NotAllowed(_("Un recours est ouvert une fois, à l’auteur de ce qui a été refusé."))
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _page(request, found, row, True, appeal_form=form, status=400)
    if not ratelimit.consume(request, action="words_appeal"):
        form.add_error(None, _("Trop de recours en une heure. Réessayez plus tard."))
        return _page(request, found, row, True, appeal_form=form, status=429)
    actions.appeal_refusal(row=row, words=form.cleaned_data["appeal"], author=me, by=who_asks(request))
    messages.success(request, _("Votre recours est déposé : une seconde personne le juge."))
    return redirect("deliberate:words", found.slug, row.token)


def _page(
    request: HttpRequest, found: Process, row: Row, is_author: bool, status: int = 200, **forms: Any
) -> HttpResponse:
    by = who_asks(request)
    is_open_appeal = row.appealed_at is not None and row.appeal_answered_at is None
    context = {
        "process": found,
        "said": said(row),
        "paragraph": paragraph_spoken_of(row),
        "row": row,
        "is_author": is_author,
        "may_review": may_review(by, row) and not is_open_appeal,
        "may_judge": is_open_appeal and may_judge_appeal(by, row),
        "may_appeal": is_author and row.moderation == "refused" and row.appealed_at is None,
        "may_rewrite": is_author and not row.is_published and not row.appealed_at and bool(SAID[type(row)]),
        "motive_form": MotiveForm(),
        "answer_form": AnswerForm(),
        "appeal_form": AppealForm(),
        **forms,
    }
    return render(request, "deliberate/words.html", context, status=status)


def rewrite(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """By their author, before they are public. Anybody else is refused, and the attempt is in the log."""
    found = process_or_404(request, slug)
    row = _words_or_404(found, token)
    if locked := _locked(request, found, row):
        return locked
    by, me = who_asks(request), participant_of(request, found)
    try:
        check_rewriting(row, me)
        form = rewrite_form(row, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            if ratelimit.consume(request, action="words_rewrite"):
                actions.rewrite_words(row=row, author=me, by=by, **form.cleaned_data)
                messages.success(request, _("C’est corrigé ; ces mots attendent leur relecture."))
                return redirect("deliberate:words", found.slug, row.token)
            form.add_error(None, _("Trop de corrections en une heure. Réessayez plus tard."))
    except NotAllowed as no:
        return refuse(request, found, no)
    context = {"process": found, "row": row, "form": form}
    status = 400 if request.method == "POST" else 200
    return render(request, "deliberate/rewrite_form.html", context, status=status)
