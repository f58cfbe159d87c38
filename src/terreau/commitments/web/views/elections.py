"""Elections and consultations: their list, the table of who answered what, a list, a point, the files, the reserve."""

import csv
from io import StringIO
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from terreau.commitments.enums import LEVELS_EXPLAINED, Level, Phase
from terreau.commitments.models import Candidacy, Election, Position
from terreau.commitments.queries.pledges import (
    all_elections,
    candidacies_of,
    find_candidacy,
    find_election,
    grid_of,
    is_bound,
    items_of,
    positions_of,
    versions_of,
)
from terreau.commitments.queries.reserve import RESERVE_RULES, reserve_on
from terreau.commitments.rules import is_keeper
from terreau.commitments.web.pledge_words import (
    answered_sentence,
    followed_sentence,
    phase_sentence,
    row_sentence,
    unanimous_sentences,
)
from terreau.commons.models import User

ON_A_PAGE = 25


def elections(request: HttpRequest) -> HttpResponse:
    page = Paginator(all_elections(), ON_A_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    lines = [
        (one, answered_sentence(one, one.answered, one.lists), phase_sentence(one, now))  # type: ignore[attr-defined]
        for one in page
    ]
    context = {"page": page, "lines": lines, "may_keep": keeps(request)}
    return render(request, "commitments/elections.html", context)


def election(request: HttpRequest, slug: str) -> HttpResponse:
    found = election_or_404(slug)
    grid = grid_of(found)
    context = {
        "election": found,
        "grid": grid,
        "rows": [(row, row_sentence(found, row)) for row in grid.rows],
        "answered": answered_sentence(found, grid.answered, len(grid.standing)),
        "unanimous": unanimous_sentences(found, grid),
        "followed": followed_sentence(grid),
        "levels": [(Level(level).label, said) for level, said in LEVELS_EXPLAINED.items()],
        **common(request, found),
    }
    return render(request, "commitments/election.html", context)


def election_item(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    found = election_or_404(slug)
    items = list(items_of(found))
    at = next((index for index, item in enumerate(items) if item.code == code), None)
    if at is None:
        raise Http404
    row = grid_of(found, items[at : at + 1]).rows[0]
    context = {
        "election": found,
        "row": row,
        "item": row.item,
        "sentence": row_sentence(found, row),
        "before": items[at - 1] if at else None,
        "after": items[at + 1] if at + 1 < len(items) else None,
        **common(request, found),
    }
    return render(request, "commitments/election_item.html", context)


def candidacy(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    found = election_or_404(slug)
    row = candidacy_or_404(found, token)
    context = {
        "candidacy": row,
        "keeper_erases": reverse("commitments:candidacy_enter", args=[slug, token]),
        **positions_context(row),
        **common(request, found),
    }
    return render(request, "commitments/candidacy.html", context)


def positions_context(row: Candidacy) -> dict[str, Any]:
    """Each point with its position in force and the former ones."""
    versions = versions_of(row)
    points = []
    for item in items_of(row.election):
        said = versions.get(item.pk, [])
        current = next((one for one in said if one.is_current), None)
        points.append((item, current, [one for one in said if not one.is_current]))
    answered = sum(1 for _item, current, _former in points if current)
    promises = [one for _item, one, _former in points if one and one.is_promise]
    return {
        "points": points,
        "answered": answered,
        "asked": len(points),
        "bound": is_bound(row),
        "waiting": sum(1 for one in promises if one.commitment_id is None) if is_bound(row) else 0,
    }


COLUMNS = (
    "election",
    "point",
    "titre_du_point",
    "liste",
    "nom_de_la_liste",
    "retiree_le",
    "elue_le",
    "reponse",
    "niveau",
    "mots",
    "au_plus_tard_le",
    "livrable",
    "version",
    "en_vigueur",
    "publiee_le",
    "source",
    "engagement",
)


def election_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version of every position; a list without an answer to a point has a line with an empty one."""
    found = election_or_404(slug)
    lists = candidacies_of(found)
    by_cell: dict[tuple[int, int], list[Position | None]] = {}
    for one in positions_of(found):
        by_cell.setdefault((one.item_id, one.candidacy_id), []).append(one)
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for item in items_of(found):
        for row in lists:
            listed = [
                found.slug,
                item.code,
                item.title,
                row.token,
                row.name,
                row.withdrawn_on,
                row.elected_on,
            ]
            for said in by_cell.get((item.pk, row.pk)) or [None]:
                writer.writerow([_cell(value) for value in (*listed, *_values(said))])
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="positions-{found.slug}.csv"'
    return response


def _values(said: Position | None) -> list[Any]:
    if said is None:
        return [""] * 10
    return [
        said.answer,
        said.level,
        said.words,
        said.due_on,
        said.deliverable,
        said.number,
        "oui" if said.is_current else "non",
        timezone.localtime(said.published_at).isoformat(timespec="seconds"),
        said.source,
        said.commitment.token if said.commitment else "",
    ]


def _cell(value: Any) -> Any:
    """A spreadsheet computes what starts like a formula: words are words."""
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if is_formula else value


def reserve(request: HttpRequest) -> HttpResponse:
    """What the site does during the legal period, and why."""
    today = timezone.localdate()
    context = {"rules": RESERVE_RULES, "now": reserve_on(today), "today": today}
    return render(request, "commitments/reserve.html", context)


def election_or_404(slug: str) -> Election:
    found = find_election(slug)
    if found is None:
        raise Http404
    return found


def candidacy_or_404(election: Election, token: str) -> Candidacy:
    found = find_candidacy(election, token)
    if found is None:
        raise Http404
    return found


def keeps(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and is_keeper(request.user)


def common(request: HttpRequest, election: Election) -> dict[str, Any]:
    """What every page of an election says."""
    now = timezone.now()
    phase = election.phase_at(now)
    return {
        "election": election,
        "phase": phase,
        "is_open": phase == Phase.OPEN,
        "is_after": phase == Phase.AFTER,
        "state": phase_sentence(election, now),
        "may_keep": keeps(request),
        "who": _("Organisme") if election.is_consultation else _("Liste"),
        "lists_title": _("Les organismes consultés") if election.is_consultation else _("Les listes"),
    }
