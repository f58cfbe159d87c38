"""What came out of a conversation, and what became of each statement."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from terreau.deliberate import actions
from terreau.deliberate.actions.writing import NotAllowed
from terreau.deliberate.bridge import Opinion, opinion_of
from terreau.deliberate.models import OpinionResult, Process, Statement
from terreau.deliberate.queries.fates import fates_of, statements_by_number
from terreau.deliberate.queries.results import published_result
from terreau.deliberate.rules import are_results_hidden, may_facilitate
from terreau.deliberate.web import result_page as page_of
from terreau.deliberate.web import result_words as words
from terreau.deliberate.web.asking import participant_of, process_or_404, who_asks
from terreau.deliberate.web.result_files import FILES, write_file

ROWS = 50


def results(request: HttpRequest, slug: str) -> HttpResponse:
    process = process_or_404(request, slug)
    now = timezone.now()
    context = _standing(request, process, now)
    if context["is_hidden"]:
        return render(request, "deliberate/results.html", context)
    published, opinion = _opinion_now(process, now)
    context |= {
        "published": published,
        "opinion": opinion,
        "may_publish": context["is_closed"]
        and published is None
        and may_facilitate(who_asks(request), process),
    }
    if opinion is not None:
        context |= _said(request, process, opinion, is_closed=context["is_closed"])
    response = render(request, "deliberate/results.html", context)
    if context.get("is_personal"):
        add_never_cache_headers(response)  # "you are here" is for her alone
    return response


def _said(request: HttpRequest, process: Process, opinion: Opinion, *, is_closed: bool) -> dict[str, Any]:
    first = words.first_sentences(opinion, is_closed=is_closed)
    if not words.says_enough(opinion):
        return {"first": first, "says_enough": False}
    statements = statements_by_number(process)
    participant = participant_of(request, process)
    page = Paginator(sorted(opinion["counts"], key=int), ROWS).get_page(request.GET.get("page"))
    fates = fates_of(process, who_asks(request))
    return {
        "first": first,
        "says_enough": True,
        "uniting": page_of.uniting(opinion, process, statements),
        "who_all": words.all_circles(opinion, process),
        "groups_sentences": words.groups_sentences(opinion),
        "groups": page_of.groups_told(opinion, statements),
        "dividing": page_of.dividing(opinion, statements),
        "circles": page_of.circle_names(opinion),
        "page": page,
        "rows": page_of.rows_of(opinion, list(page), statements, fates),
        "picture": page_of.picture_of(opinion, participant),
        "own_place": page_of.place_in_words(opinion, participant),
        "is_personal": participant is not None,
        "took_part": page_of.took_part(opinion, process),
        "files": [(name, one.title) for name, one in FILES.items()],
        "method_address": settings.SOURCE_CODE,
    }


def _standing(request: HttpRequest, process: Process, now: dt.datetime) -> dict[str, Any]:
    """What every page of results says first. On a draft there is nothing to show, whatever its setting."""
    return {
        "process": process,
        "is_closed": process.is_closed_at(now),
        "is_hidden": process.is_draft or are_results_hidden(process, now),
        "hidden": words.hidden_until(process),
    }


def _opinion_now(process: Process, now: dt.datetime) -> tuple[OpinionResult | None, Opinion | None]:
    published = published_result(process) if process.is_closed_at(now) else None
    return published, opinion_of(process, published)


def _refuse(request: HttpRequest, process: Process, sentence: str) -> HttpResponse:
    context = {"process": process, "sentence": sentence}
    return render(request, "deliberate/results_refused.html", context, status=403)


@require_POST
def result_publish(request: HttpRequest, slug: str) -> HttpResponse:
    process = process_or_404(request, slug)
    try:
        actions.publish_results(process=process, by=who_asks(request))
    except NotAllowed as refusal:
        return _refuse(request, process, str(refusal))
    return redirect("deliberate:results", process.slug)


def result_file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The votes and the result as files: hidden as the page is, and for as long."""
    process = process_or_404(request, slug)
    if name not in FILES:
        raise Http404
    now = timezone.now()
    if _standing(request, process, now)["is_hidden"]:
        return _refuse(request, process, words.hidden_until(process))
    published, opinion = _opinion_now(process, now)
    if opinion is None:
        return _refuse(request, process, _("Le résultat est en cours de calcul : revenez dans une heure."))
    if not words.says_enough(opinion):
        return _refuse(request, process, " ".join(words.first_sentences(opinion, is_closed=True)))
    response = HttpResponse(
        write_file(name, process, opinion, published), content_type=FILES[name].media_type
    )
    response["Content-Disposition"] = f'attachment; filename="{process.slug}-{name}"'
    return response


def standings_to_draw_from(process: Process, now: dt.datetime) -> dict[str, str]:
    """By number, what people said of each statement; nothing while it is hidden, or says too little."""
    if process.is_draft or are_results_hidden(process, now):
        return {}
    opinion = _opinion_now(process, now)[1]
    return page_of.standings_of(opinion) if opinion is not None and words.says_enough(opinion) else {}


def standing_of_statement(request: HttpRequest, process: Process, row: Statement) -> dict[str, Any]:
    """What its page says of it: its counts by group and college where they may be shown, and what became of it."""
    now = timezone.now()
    context = _standing(request, process, now)
    fates = fates_of(process, who_asks(request))
    context |= {
        "statement": row,
        "words": words.shown_words(row),
        "fates": [(fate, words.fate_sentence(fate)) for fate in fates.get(row.pk, [])],
    }
    if not context["is_hidden"] and row.is_published:
        opinion = _opinion_now(process, now)[1]
        if opinion is not None and words.says_enough(opinion):
            context["row"] = page_of.row_of(opinion, str(row.number), row, fates)
    return context
