"""The list of processes, and the page of one."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst

from terreau.commons.licences import LICENCES
from terreau.commons.queries.places import site_name
from terreau.deliberate.actions.statements import asks_opinions, may_seed_at
from terreau.deliberate.enums import POWERS_EXPLAINED, Power, Standing, State
from terreau.deliberate.queries.interests import interests_of, locking_interest
from terreau.deliberate.queries.presence import presence_of
from terreau.deliberate.queries.processes import (
    count_by_standing,
    decider_name,
    holders_of,
    listed,
    past_roles_of,
    story_of,
)
from terreau.deliberate.rule_sentences import rules_of, sentences
from terreau.deliberate.rules import is_moderator, may_decide, may_start, powers_of
from terreau.deliberate.web.asking import process_or_404, who_asks
from terreau.deliberate.web.presence_words import columns_of
from terreau.deliberate.web.process_words import line_sentence, timeline_of, told_story, where_now
from terreau.deliberate.web.ways_in import lacks_seeds, prepared, ways_in

ON_A_PAGE = 25
LONGEST = 200


def processes(request: HttpRequest) -> HttpResponse:
    now, words = timezone.now(), request.GET.get("q", "")[:LONGEST]
    standing = request.GET.get("etat", "")
    standing = standing if standing in Standing.values else ""
    page = Paginator(listed(now, words=words, standing=standing), ON_A_PAGE).get_page(request.GET.get("page"))
    counts = count_by_standing(now)
    by = who_asks(request)
    context = {
        "page": page,
        "lines": [(row, decider_name(row), line_sentence(row), Standing(row.standing).label) for row in page],
        "standings": [(one.value, capfirst(str(one.label)), counts[one.value]) for one in Standing],
        "total": sum(counts.values()),
        "standing": standing,
        "words": words,
        "may_start": may_start(by),
        "may_review": is_moderator(by),
    }
    return render(request, "deliberate/processes.html", context)


def process(request: HttpRequest, slug: str) -> HttpResponse:
    found = process_or_404(request, slug)
    now, by = timezone.now(), who_asks(request)
    story = story_of(found)
    powers, locking = powers_of(by, found), locking_interest(by, found)
    keeps = Power.FACILITATOR in powers
    context = {
        "process": found,
        "steps": timeline_of(found, now),
        "where_now": where_now(found, now),
        "ways_in": [] if locking else ways_in(found, now),
        "prepared": prepared(found) if found.is_draft else [],
        "lacks_seeds": found.is_draft and lacks_seeds(found),
        "is_closed": found.is_closed_at(now),
        "is_stopped": found.state == State.STOPPED,
        "decider": decider_name(found),
        "rules": sentences(rules_of(found)),
        "holders": holders_of(found),
        "past_roles": past_roles_of(found),
        "powers_explained": [(Power(power).label, said) for power, said in POWERS_EXPLAINED.items()],
        "interests": interests_of(found),
        "locking": locking,
        "presence": [] if found.is_draft else presence_of(found, now),
        "columns": columns_of(found),
        "story": told_story(found, story),
        "refusals": story.refusals,
        "items": found.items.select_related("programme").order_by("programme", "rank"),
        "may_facilitate": keeps,
        "may_seed": keeps and asks_opinions(found) and may_seed_at(found, now),
        "may_decide": may_decide(by, found),
        "has_role": bool(powers),
        "may_review": is_moderator(by),
        "licence": LICENCES.get(found.licence),
        "rights_holder": site_name(),
    }
    return render(request, "deliberate/process.html", context)
